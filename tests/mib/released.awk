# SPDX-License-Identifier: BSD-2-Clause
# released.awk - hold a MIB module against the one that was released last; print what must not be
#
#   awk -f released.awk RELEASED NEW
#
# Of what was released only descriptions and references may change, and that takes a REVISION. What is new is in a
# group. Reads the layout that mibs/mib.awk writes.

BEGIN {
    kinds = "^(OBJECT-TYPE|OBJECT-GROUP|NOTIFICATION-TYPE|NOTIFICATION-GROUP|MODULE-COMPLIANCE|AGENT-CAPABILITIES)$"
}

FNR == 1 { old = FILENAME == ARGV[1]; definition = ""; in_prose = 0 }
{ lines[old] = FNR }
old { text[FNR] = $0 }
!old && text[FNR] != $0 { is_changed = 1 }

# What describes is no part of a definition; what is between these two, and in other quotes, is.
in_prose { in_prose = !/"$/; note_revision($0); next }
/^ *(DESCRIPTION|REFERENCE)$/ { in_prose = 1; note_revision($0); next }
/^--/ || /^$/ || $0 == "END" { next }

$2 == "MODULE-IDENTITY" { in_identity = 1; definition = ""; next }
in_identity {
    note_identity()
    next
}
$2 ~ kinds || $3 == "TEXTUAL-CONVENTION" || $2 " " $3 == "OBJECT IDENTIFIER" { begin($1, $2) }
$3 == "SEQUENCE" { definition = "" }
$1 == "MAX-ACCESS" { hidden[definition] = $2 == "not-accessible" }
definition != "" {
    line = $0
    gsub(/ +/, " ", line)
    said[old, definition] = said[old, definition] line
    if (kind[definition] ~ /-GROUP$/ && /^        [a-z]/) {
        member = $1
        sub(/,$/, "", member)
        grouped[old, member] = 1
    }
}

function begin(name, kind_) {
    definition = name
    names[name] = 1
    kind[name] = kind_
}

function note_identity() {
    if ($1 == "LAST-UPDATED")
        updated[old] = $2
    else if ($1 == "REVISION") {
        if (newest[old] == "")
            newest[old] = $2
        in_revision[old] = 1
        note_revision($0)
    } else if ($1 == "::=")
        in_identity = in_revision[old] = 0
}

# From the first REVISION on.
function note_revision(line) {
    if (in_identity && in_revision[old])
        revisions[old] = revisions[old] line "\n"
}

function is_grouped(name) {
    return kind[name] !~ /^(OBJECT|NOTIFICATION)-TYPE$/ || hidden[name] || (0, name) in grouped
}

function check_definition(name) {
    if (!((0, name) in said))
        print name ": it was released, and is gone"
    else if (!((1, name) in said)) {
        if (!is_grouped(name))
            print name ": it is new, and in no group"
    } else if (said[0, name] != said[1, name])
        print name ": it was released, and is another" (kind[name] ~ /-GROUP$/ ? "; what is new takes a new group" : "")
}

function check_revisions(    tail) {
    tail = substr(revisions[0], length(revisions[0]) - length(revisions[1]) + 1)
    if (newest[0] != updated[0])
        print "LAST-UPDATED is " updated[0] ", the first REVISION " newest[0]
    if (tail != revisions[1])
        print "a REVISION that was released is changed or gone"
    if (updated[0] <= updated[1] || revisions[0] == revisions[1])
        print "it is not as it was released on " updated[1] ", and has no REVISION later than that"
}

END {
    if (!is_changed && lines[0] == lines[1])
        exit
    for (name in names)
        check_definition(name)
    check_revisions()
}
