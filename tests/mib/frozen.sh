#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No object that was ever published changes its OID, its name or its syntax.
#
# oids.txt is the frozen list. After a release with new objects:
#
#   awk -f tests/mib/oids.awk mibs/LINUX-TCPEXT-MIB.txt > tests/mib/oids.txt

. "$(dirname "$0")/lib.sh"

frozen=$top/tests/mib/oids.txt

# compare LIST: succeed if it keeps to the frozen one, else say where it does not.
compare() {
    $AWK -f "$top/tests/mib/frozen.awk" "$frozen" "$1" >"$tmp/complaints"
    test ! -s "$tmp/complaints"
}

# must_object SCRIPT REASON: the guard itself is tested, with lists spoilt on purpose.
must_object() {
    sed "$1" "$tmp/oids" >"$tmp/spoilt"
    cmp -s "$tmp/oids" "$tmp/spoilt" && fail "the edit \"$1\" changes nothing"
    compare "$tmp/spoilt" && fail "nobody minds $2"
    return 0
}

generate mib LINUX-TCPEXT-MIB $default_root >"$tmp/mib.txt"
list_oids "$tmp/mib.txt" >"$tmp/oids"

if ! compare "$tmp/oids"; then
    cat "$tmp/complaints" >&2
    fail "OIDs are frozen; a new row goes last in its group, with the next number"
fi

must_object '/ tcpExtListenDrops /d' "an object that is gone"
must_object 's/ tcpExtListenDrops / tcpExtListenDropped /' "a new name"
must_object '/ tcpExtListenDrops /s/Counter64/Gauge32/' "another syntax"
must_object '/^1\.9\.1 /s/^/1.9.99 ipExtNew Counter64\
/' "a hole in the numbers"
must_object 's/^1\.9\.2 .*/1.9.2 ipExtNew Counter64/' "a number that is given away"
