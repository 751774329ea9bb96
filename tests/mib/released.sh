#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What was released stays as it is: objects, groups, statements of conformance (RFC 2578, 10; RFC 2580, 7). What is new
# takes groups of its own, and any change a REVISION. mibs/released has the MIBs of the last release.
#
#   released.sh [FOLDER]    against the MIBs in that folder
#
# released.awk looks at all of that; smidiff, of other authors, at objects and groups.

. "$(dirname "$0")/lib.sh"

own=LINUX-TCPEXT-MIB
caps=LINUX-TCPEXT-CAPS-MIB
released=${1:-$mibs/released}

# --- What must not be: nothing is printed when all is well -------------------------------------------

# smidiff ends with 0 whatever it finds. From level 5 on it tells of what is allowed.
smidiff_finds() {
    SMIPATH=$2:$tmp/base smidiff -l 4 "$1/$own.txt" "$2/$own.txt" 2>/dev/null
}

# What an agent says that it implements ends with all groups.
unclaimed_groups() {
    $AWK '
        FNR == 1 { in_list = 0 }
        $2 == "AGENT-CAPABILITIES" { split("", claimed) }
        $1 == "}" { in_list = 0 }
        in_list { sub(/,$/, "", $1); claimed[$1] = 1 }
        $1 == "INCLUDES" { in_list = 1 }
        $2 ~ /^(OBJECT|NOTIFICATION)-GROUP$/ { group[$1] = 1 }
        END { for (name in group) if (!(name in claimed)) print name ": no AGENT-CAPABILITIES has it; it takes a new one" }
    ' "$1/$own.txt" "$1/$caps.txt"
}

# The agent names the last one in sysORTable.
newest_capabilities() {
    sub_id=$($AWK '/::= \{ linuxTcpExtCapsMIB [0-9]+ \}/ { last = $4 } END { print last }' "$1/$caps.txt")
    grep -q "SYSORID(TCX_MIB_ROOT, 3, $sub_id)" "$top/agent/mib/modules.c" ||
        echo "agent/mib/modules.c does not name AGENT-CAPABILITIES $sub_id, the last one"
}

# complaints OLD NEW: two folders.
complaints() {
    for module in $own $caps; do
        $AWK -f "$top/tests/mib/released.awk" "$1/$module.txt" "$2/$module.txt" | sed "s/^/$module: /"
    done
    unclaimed_groups "$2"
    [ -n "$without_smidiff" ] || smidiff_finds "$1" "$2"
}

# --- Trying that: what is to be found, in texts of another day ----------------------------------------

revise='s/^    LAST-UPDATED .*/    LAST-UPDATED "203001010000Z"/
/^    REVISION/{
x
s/^$/x/
x
i\
    REVISION    "203001010000Z"\
    DESCRIPTION\
            "Another."
}'

# plant MODULE SCRIPT: new/ becomes what was released but for that.
plant() {
    cp "$tmp/old"/*.txt "$tmp/new"
    sed "$2" "$tmp/old/$1.txt" >"$tmp/new/$1.txt"
    cmp -s "$tmp/old/$1.txt" "$tmp/new/$1.txt" && fail "the edit \"$2\" changes nothing"
    return 0
}

# must_find MODULE SCRIPT WORDS...: with a REVISION, and each of the words is in what is found.
must_find() {
    plant "$1" "$2
$revise"
    found=$(complaints "$tmp/old" "$tmp/new")
    edit=$2
    shift 2
    for words; do
        case $found in
        *"$words"*) ;;
        *) fail "nobody minds \"$edit\": no \"$words\" in: $found" ;;
        esac
    done
}

# smidiff says "words", where it is there.
smidiff_says() {
    [ -n "$without_smidiff" ] || printf '%s' "$1"
}

try_rules() {
    plant $own "$revise"
    [ -z "$(complaints "$tmp/old" "$tmp/new")" ] || fail "a REVISION alone is refused: $(complaints "$tmp/old" "$tmp/new")"

    must_find $own '/^tcpExtListenDrops OBJECT-TYPE/,/::=/d' 'tcpExtListenDrops: it was released, and is gone' \
        "$(smidiff_says "\`tcpExtListenDrops' has been deleted")"
    must_find $own '/^tcpExtListenDrops OBJECT-TYPE/,/::=/s/Counter64/Gauge32/' 'tcpExtListenDrops: it was released, and is another' \
        "$(smidiff_says "\`tcpExtListenDrops' changed")"
    must_find $own '/^tcpExtListenDrops OBJECT-TYPE/,/::=/s/current/deprecated/' 'tcpExtListenDrops: it was released, and is another'
    must_find $own 's/{ tcpExt 24 }/{ tcpExt 999 }/' 'tcpExtListenDrops: it was released, and is another'
    must_find $own 's/^KernelNumber ::=/&/;/^KernelNumber/,/^$/s/SYNTAX *Counter64/SYNTAX      Gauge32/' 'KernelNumber: it was released, and is another'
    must_find $own '/^testNotification/,/::=/s/ *notifiedText.*/        notifiedCrossed/' 'testNotification: it was released, and is another'
    must_find $own '/^tcpExtGroup OBJECT-GROUP/,/::=/s/^ *tcpExtListenDrops,/&\
        ipExtInOctets,/' 'tcpExtGroup: it was released, and is another' "$(smidiff_says "added to group \`tcpExtGroup'")"
    must_find $own '/^ *tcpExtListenDrops,$/d' 'tcpExtGroup: it was released, and is another' \
        "$(smidiff_says "removed from group \`tcpExtGroup'")"
    must_find $own '/^tlsGroup OBJECT-GROUP/,/::=/d' 'tlsGroup: it was released, and is gone'
    must_find $own '/^linuxTcpExtCompliance MODULE/,/::=/s/^ *tcpStateGroup,//' 'linuxTcpExtCompliance: it was released, and is another'
    must_find $own '/^tcpExtListenDrops OBJECT-TYPE/i\
tcpExtNew OBJECT-TYPE\
    SYNTAX      Counter64\
    MAX-ACCESS  read-only\
    STATUS      current\
    DESCRIPTION\
            "New."\
    ::= { tcpExt 999 }\
' 'tcpExtNew: it is new, and in no group'
    must_find $own '/^tlsGroup OBJECT-GROUP/i\
newGroup OBJECT-GROUP\
    OBJECTS {\
        tcpExtListenDrops\
    }\
    STATUS      current\
    DESCRIPTION\
            "New."\
    ::= { linuxTcpExtGroups 999 }\
' 'newGroup: no AGENT-CAPABILITIES has it'
    must_find $own '/^    REVISION/,/^    ::=/s/first version/1st version/' 'a REVISION that was released is changed'
    must_find $caps 's/^        tlsGroup,//' 'linuxTcpExtAgentV1: it was released, and is another'

    plant $own '/^tcpExtListenDrops OBJECT-TYPE/,/::=/s/^            "/&Really: /'
    found=$(complaints "$tmp/old" "$tmp/new")
    [ "$found" = "$own: it is not as it was released on $date, and has no REVISION later than that" ] ||
        fail "a text that changes without a REVISION: $found"
    plant $own 's/^    LAST-UPDATED .*/    LAST-UPDATED "203001010000Z"/'
    complaints "$tmp/old" "$tmp/new" | grep -q 'LAST-UPDATED is "203001010000Z", the first REVISION' ||
        fail "nobody minds a LAST-UPDATED without REVISION"
}

# --- Rows that come after a release --------------------------------------------------------------------

# add FILE: the rows of standard input become the last ones of their file.
add() {
    rows=$(cat) $AWK '/^#undef/ && !done { print ENVIRON["rows"] "\n"; done = 1 } { print }' "$mibs/$1" >"$later/$1"
}

# make_later: the MIBs in later/, as its rows have them.
make_later() {
    for module in $own $caps; do
        "$later/generate.sh" mib $module >"$later/$module.txt"
    done
}

# The rows that one adds are enough for the MIB: its new groups come by themselves. The kernel has dropped a counter, too.
try_generator() {
    later=$tmp/later
    cp -R "$mibs" "$later"
    cp "$tmp/old"/*.txt "$later/released"
    make_later
    cmp "$tmp/old/$own.txt" "$later/$own.txt" && cmp "$tmp/old/$caps.txt" "$later/$caps.txt" ||
        fail "a MIB that was just released is another"
    sub_id=$(($($AWK -F '[(, ]+' '/^COUNTER\(TcpExt,/ && $3 > n { n = $3 } END { print n }' "$mibs/counters.def") + 1))
    add counters.def <<END
COUNTER(TcpExt, $sub_id, MadeUp, counter, segments, "7.4", "",
        "Segments that are made up.")
SECTION(Mill, 200, mill, SNMP, "Mills")
COUNTER(Mill, 1, Turns, counter, turns, "7.4", "",
        "Turns made.")
END
    sed '/^COUNTER(Tls, 1, /s/""/"7.3"/' "$later/counters.def" >"$tmp/dropped"
    cmp -s "$tmp/dropped" "$later/counters.def" && fail "no counter is dropped"
    mv "$tmp/dropped" "$later/counters.def"
    sed "$revise" "$mibs/templates/$own.txt.in" >"$later/templates/$own.txt.in"
    make_later
    cat >"$tmp/expected" <<END
1.200 mill OBJECT-IDENTIFIER
1.200.1 millTurns Counter64
1.8.$sub_id tcpExtMadeUp Counter64
2.1.3 linuxTcpExtCompliance2 MODULE-COMPLIANCE
2.2.1008 tcpExtGroup2 OBJECT-GROUP
2.2.202 millGroup OBJECT-GROUP
END
    list_oids "$tmp/old/$own.txt" | sort >"$tmp/oids"
    list_oids "$later/$own.txt" | sort | comm -13 "$tmp/oids" - | sort >"$tmp/added"
    diff "$tmp/expected" "$tmp/added" || fail "rows give other objects and groups"
    cat >"$tmp/expected" <<END
millGroup: no AGENT-CAPABILITIES has it; it takes a new one
tcpExtGroup2: no AGENT-CAPABILITIES has it; it takes a new one
END
    complaints "$tmp/old" "$later" | sort | diff "$tmp/expected" - || fail "rows do not give what a release may have"

    $AWK '/^END/ { printf "linuxTcpExtAgentV2 AGENT-CAPABILITIES\n    PRODUCT-RELEASE \"later\"\n    STATUS      current\n"
                   printf "    DESCRIPTION\n            \"Later.\"\n    SUPPORTS    LINUX-TCPEXT-MIB\n    INCLUDES {\n"
                   print "@includes linuxTcpExtAgentV2@\n    }\n    ::= { linuxTcpExtCapsMIB 2 }\n" }
         { print }' "$mibs/templates/$caps.txt.in" | sed "$revise" >"$later/templates/$caps.txt.in"
    make_later
    [ -z "$(complaints "$tmp/old" "$later")" ] || fail "new capabilities are refused: $(complaints "$tmp/old" "$later")"
    newest_capabilities "$later" | grep -q 'AGENT-CAPABILITIES 2' || fail "nobody minds that the agent names older capabilities"
    [ -n "$without_smidiff" ] || lint "$later"
}

# lint FOLDER: the date is of another day, and that of the generated file.
lint() {
    for module in $own $caps; do
        SMIPATH=$1:$tmp/base smilint -l 6 -i date-in-future "$1/$module.txt" >"$tmp/said" 2>&1
        test ! -s "$tmp/said" || fail "smilint complains: $(head -n 5 "$tmp/said")"
    done
}

# --- All of it -----------------------------------------------------------------------------------------

mkdir "$tmp/old" "$tmp/new"
base_directories | collect_base
without_smidiff=
command -v smidiff >/dev/null && command -v smilint >/dev/null || without_smidiff="smidiff is not installed (smitools)"
for module in $base_modules; do
    test -f "$tmp/base/$module" || without_smidiff="no $module in the usual places: install erlang-snmp, and libsnmp-base"
done

for module in $own $caps; do
    generate mib $module >"$tmp/old/$module.txt"
done
date=$($AWK '$1 == "LAST-UPDATED" { print $2 }' "$tmp/old/$own.txt")
try_rules
try_generator

{
    newest_capabilities "$tmp/old"
    unclaimed_groups "$tmp/old"
    [ ! -f "$released/$own.txt" ] || complaints "$released" "$tmp/old"
} >"$tmp/complaints"
if [ -s "$tmp/complaints" ]; then
    cat "$tmp/complaints"
    fail "what was released stays as it is; HACKING says how to add"
fi
test -z "$without_smidiff" || skip "without smidiff: $without_smidiff"
[ -f "$released/$own.txt" ] && echo "all that was released is there" || echo "nothing was released yet"
