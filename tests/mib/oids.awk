# SPDX-License-Identifier: BSD-2-Clause
# oids.awk - list what a MIB module defines: one line each of OID, descriptor, syntax
#
#   awk -f oids.awk LINUX-TCPEXT-MIB.txt > oids.txt
#
# OIDs are relative to the module's root, linuxTcpExtMIB. The syntax of what is no
# object is the name of its macro. Reads the layout that mibs/mib.awk writes.

BEGIN {
    oid["linuxTcpExtMIB"] = ""
}

# Prose may look like anything; a string that does not end in its line goes on.
{ quotes = gsub(/"/, "\"") }
in_string { if (quotes % 2) in_string = 0; next }
quotes % 2 { in_string = 1; next }

$2 == "OBJECT-TYPE" || $2 ~ /^(OBJECT-GROUP|NOTIFICATION-TYPE|NOTIFICATION-GROUP|MODULE-COMPLIANCE|MODULE-IDENTITY)$/ {
    name = $1
    syntax = $2
}
$2 == "OBJECT" && $3 == "IDENTIFIER" {
    name = $1
    syntax = "OBJECT-IDENTIFIER"
}
$1 == "SYNTAX" && syntax == "OBJECT-TYPE" {
    syntax = $0
    sub(/^ *SYNTAX */, "", syntax)
    in_enumeration = syntax ~ /\{$/
    next
}
# The labels of an enumeration belong to its syntax.
in_enumeration {
    gsub(/ /, "")
    syntax = syntax $0
    in_enumeration = !/\}/
    next
}
match($0, /::= \{ [A-Za-z0-9]+ [0-9]+ \}$/) && name != "" {
    split(substr($0, RSTART), word, / /)
    if (word[3] in oid && name != "linuxTcpExtMIB") {
        oid[name] = oid[word[3]] (oid[word[3]] == "" ? "" : ".") word[4]
        print oid[name], name, syntax
    }
    name = ""
}
