#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A file, a counter and a table are added by rows, and by the code that reads them: in a copy of the tree,
# where nothing else is touched. Then the MIB, the manual, rows.json, tcpextd and its doctor have them.

. "$(dirname "$0")/lib.sh"

copy=$tmp/copy
CC=${CC:-cc}
CPPFLAGS=${CPPFLAGS:-"-D_GNU_SOURCE -I$top -I$top/include -DTCX_MIB_ROOT=1,3 -DTCX_VERSION=\"0\" -DTCX_MIB_DIR=\"/\""}
LIBS=${LIBS:-"-lmnl $(net-snmp-config --agent-libs)"}

mkdir "$copy"
cp -R "$top/agent" "$top/include" "$top/mibs" "$top/man" "$copy"

# add FILE: the rows of standard input become the last ones of their file.
add() {
    rows=$(cat) $AWK '/^#undef/ && !done { print ENVIRON["rows"] "\n"; done = 1 } { print }' \
        "$top/mibs/$1" >"$copy/mibs/$1"
}

# next ROW FILE: the number that the next row of this kind takes.
next() {
    echo $(($(grep -c "^$1(" "$top/mibs/$2") + 1))
}
source=$(next SOURCE sources.def)

add sources.def <<END
SOURCE($source, MADE, "net/made", pairs, "", host, more, "things that are made", "this kernel makes nothing")
END
add counters.def <<'END'
SECTION(Mill, 200, mill, MADE, "Mills")
COUNTER(Mill, 1, Turns, counter, turns, "7.4", "",
        "Turns made. Growth is ordinary load.")
END
add tables.def <<END
SURVEY(MADE, "what is made")
KERNEL_TABLE($(next KERNEL_TABLE tables.def), MADE_ROWS, MADE, made_rows, "made rows")

TABLE(madeTable, tcpext, linuxTcpExtObjects, 201, KERNEL, MADE_ROWS, 203, "Made rows")
ABOUT(madeTable, madeEntry, "",
      "Rows that are made.\n\n"
      "They are two.",
      "One of them.")
INDEX(madeTable, 1, madeNumber, hidden, NUMBER, 4, Unsigned32, "(1..255)",
      "Its number.")
COLUMN(madeTable, 2, madeName, SnmpAdminString, "", "",
       "Its name.")
COLUMN(madeTable, 3, madeSize, Gauge32, "", "octets",
       "Its size.")
COLUMN(madeTable, 4, madeLetter, INTEGER, "a(97) f(102) s(115)", "",
       "The first letter of its name.")
END
cp "$top/tests/mib/made.c" "$copy/agent/mib/made.c"

# --- Nothing else was touched ----------------------------------------------------------------------

diff -rq "$top/agent" "$copy/agent" >"$tmp/touched" || :
diff -rq "$top/include" "$copy/include" >>"$tmp/touched" || :
diff -rq "$top/mibs" "$copy/mibs" >>"$tmp/touched" || :
sed "s|$top/||g; s|$copy/||g" "$tmp/touched" >"$tmp/said"
cat >"$tmp/expected" <<'END'
Only in agent/mib: made.c
Files mibs/counters.def and mibs/counters.def differ
Files mibs/sources.def and mibs/sources.def differ
Files mibs/tables.def and mibs/tables.def differ
END
diff "$tmp/expected" "$tmp/said" || fail "other files are touched"

# --- What is made of the rows ------------------------------------------------------------------------

# has FILE WORDS: fail unless a line of the file is just this.
has() {
    grep -qxF -- "$2" "$1" || fail "${1#"$copy/"} has no line \"$2\""
}

mibs=$copy/mibs
generate mib LINUX-TCPEXT-MIB >"$mibs/LINUX-TCPEXT-MIB.txt"
generate mib LINUX-TCPEXT-CAPS-MIB >"$mibs/LINUX-TCPEXT-CAPS-MIB.txt"
generate manual >"$copy/man/tcpextd-counters.7"
generate json >"$mibs/rows.json"

list_oids "$mibs/LINUX-TCPEXT-MIB.txt" | sort >"$tmp/oids"
sort "$top/tests/mib/oids.txt" | comm -13 - "$tmp/oids" >"$tmp/new"
cat >"$tmp/expected" <<'END'
1.200 mill OBJECT-IDENTIFIER
1.200.1 millTurns Counter64
1.201 madeTable SEQUENCE OF MadeEntry
1.201.1 madeEntry MadeEntry
1.201.1.1 madeNumber Unsigned32 (1..255)
1.201.1.2 madeName SnmpAdminString
1.201.1.3 madeSize Gauge32
1.201.1.4 madeLetter INTEGER {a(97),f(102),s(115)}
2.2.202 millGroup OBJECT-GROUP
2.2.203 madeGroup OBJECT-GROUP
END
diff "$tmp/expected" "$tmp/new" || fail "the MIB has other objects"
has "$mibs/LINUX-TCPEXT-MIB.txt" "            \"/proc/net/made, MillTurns\""
has "$mibs/LINUX-TCPEXT-CAPS-MIB.txt" "        millGroup,"
has "$copy/man/tcpextd-counters.7" ".SS madeTable: Made rows"
has "$copy/man/tcpextd-counters.7" "\\fBmadeLetter\\fP"
has "$copy/man/tcpextd-counters.7" "\\fBmillTurns\\fP"
has "$copy/man/tcpextd-counters.7" "It is not there where this kernel makes nothing."
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$copy/man/tcpextd-counters.7" || fail "mandoc complains of the manual"
fi

python3 -B - "$mibs/rows.json" <<'END' || fail "rows.json lacks some"
import json, sys
rows = json.load(open(sys.argv[1]))
source = rows["sources"][-1]
assert (source["path"], source["per"], source["absent"]) == ("net/made", "host", "this kernel makes nothing"), source
counter = [row for row in rows["counters"] if row["name"] == "MillTurns"][0]
assert (counter["oid"], counter["file"], counter["since"], counter["until"]) == ("1.200.1", "net/made", "7.4", None), counter
assert rows["kernel_tables"][-1] == {"index": len(rows["kernel_tables"]), "id": "MADE_ROWS", "title": "made rows", "survey": "what is made"}
table = [row for row in rows["tables"] if row["object"] == "madeTable"][0]
assert table["oid"] == "1.201" and table["text"] == "Rows that are made.\n\nThey are two.", table
columns = [(row["object"], row["oid"], row["readable"], row["kind"]) for row in table["columns"]]
assert columns == [("madeNumber", "1.201.1.1", False, "integer"), ("madeName", "1.201.1.2", True, "text"),
                   ("madeSize", "1.201.1.3", True, "gauge"), ("madeLetter", "1.201.1.4", True, "integer")], columns
assert table["columns"][3]["values"] == {"a": 97, "f": 102, "s": 115}
END

# --- The agent -----------------------------------------------------------------------------------------

# Here the time to compile matters, not what a compiler makes of it.
compile() {
    # shellcheck disable=SC2086 # several words
    $CC -I"$copy" -I"$copy/include" $CPPFLAGS -UTCX_VERSION -DTCX_VERSION='"0"' -UTCX_MIB_DIR -DTCX_MIB_DIR='"/"' \
        -std=c11 -O0 -c "$1" -o "$2"
}

# compile_some REMAINDER: every other one.
compile_some() {
    find "$copy/agent" "$top/tests/mib" -name '*.c' | sort | grep -v "$top/tests/mib/made.c" |
        $AWK -v remainder="$1" 'NR % 2 == remainder { print NR, $0 }' |
        while read -r number source; do
            compile "$source" "$tmp/objects/$number-$(basename "$source" .c).o" || exit 1
        done
}

# link PROGRAM MAIN
link() {
    # shellcheck disable=SC2086 # several words
    $CC -o "$tmp/$1" "$tmp/objects/"*"-$2.o" "$tmp/all.a" $LIBS -lpthread || fail "it does not link"
}

mkdir "$tmp/objects"
compile_some 0 &
compile_some 1 || fail "it does not compile"
wait $! || fail "it does not compile"
ar rc "$tmp/all.a" "$tmp/objects/"*.o
link tcpextd main
link show show_made

mkdir -p "$tmp/proc/net"
echo 'Ip: Forwarding InReceives' >"$tmp/proc/net/snmp"
echo 'Ip: 1 42' >>"$tmp/proc/net/snmp"
printf 'MillTurns\t7\nMillStops\t8\n' >"$tmp/proc/net/made"
echo "procRoot $tmp/proc" >"$tmp/tcpextd.conf"

# agent OPTION...
agent() {
    MIBDIRS=$tmp "$tmp/tcpextd" -C -c "$tmp/tcpextd.conf" "$@" 2>&1 || :
}

agent --print all >"$tmp/said"
grep -q '^MillTurns  *7 ' "$tmp/said" || fail "tcpextd --print has no MillTurns"

agent --doctor -x "$tmp/none" >"$tmp/said"
grep -qF "$tmp/proc/net/made is there" "$tmp/said" || fail "the doctor does not see net/made"
grep -qw MillStops "$tmp/said" || fail "the doctor does not name MillStops"
grep -qw MillTurns "$tmp/said" && fail "the doctor does not know MillTurns"

"$tmp/show" "$tmp/proc" | grep -E "^(1\.14\.1\.[23]\.$source|200|201)[. ]" >"$tmp/said" || :
cat >"$tmp/expected" <<END
1.14.1.2.$source things that are made
1.14.1.3.$source net/made
200.1.0 7
201.1.2.7 first
201.1.2.9 second
201.1.3.9 1
201.1.4.7 102
201.1.4.9 115
END
diff "$tmp/expected" "$tmp/said" || fail "the objects have other values"

rm "$tmp/proc/net/made"
agent --doctor -x "$tmp/none" >"$tmp/said"
grep -qF "$tmp/proc/net/made is not there: this kernel makes nothing" "$tmp/said" ||
    fail "the doctor does not say why net/made is not there"
"$tmp/show" "$tmp/proc" | grep '^200\.' && fail "a counter of an absent file has a value"
echo "rows and their code were enough"
