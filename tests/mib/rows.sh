#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A file, counters, a value of health and a table are added by rows, and the table by the code that reads it:
# in a copy of the tree, where nothing else is touched. Then the MIB, the manual, rows.json, the files for managers,
# tcpextd and its doctor have them.

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
health=$(next HEALTH health.def)

# arc_of NODE: the number of a node or table below linuxTcpExtObjects.
arc_of() {
    sed -n "s/^[A-Z]*($1, tcpext, linuxTcpExtObjects, \([0-9]*\),.*/\1/p" "$top/mibs/tables.def"
}
node=$(arc_of health)
table=$(arc_of healthTable)

add sources.def <<END
SOURCE($source, MADE, "net/made", pairs, "", host, more, "things that are made", "this kernel makes nothing")
END
add counters.def <<'END'
SECTION(Mill, 200, mill, MADE, "Mills")
COUNTER(Mill, 1, Turns, counter, turns, "7.4", "",
        "Turns made. Growth is ordinary load.")
COUNTER(Mill, 2, Wheels, gauge, wheels, "7.4", "",
        "Wheels that there are.")
COUNTER(Mill, 3, Idle, gauge, wheels, "7.4", "",
        "Wheels that stand.")
END
add health.def <<END
HEALTH($health, healthWheels, NOW, percent, 2,
       "The share of wheels that turn.",
       "Oil those that do not.")
TERM(healthWheels, NUMERATOR, PLUS, MillWheels)
TERM(healthWheels, NUMERATOR, MINUS_IF, MillIdle)
TERM(healthWheels, DENOMINATOR, PLUS, MillWheels)
THRESHOLD(healthWheels, "wheels", "percent < 50 for 60 severity info",
          "Half of them stand.")
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
Files mibs/health.def and mibs/health.def differ
Files mibs/sources.def and mibs/sources.def differ
Files mibs/tables.def and mibs/tables.def differ
END
diff "$tmp/expected" "$tmp/said" || fail "other files are touched"

# --- What is made of the rows ------------------------------------------------------------------------

# As if nothing had been released; released.sh has what comes after a release.
rm -rf "$copy/mibs/released"

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
cat >"$tmp/expected" <<END
1.200 mill OBJECT-IDENTIFIER
1.200.1 millTurns Counter64
1.200.2 millWheels Gauge32
1.200.3 millIdle Gauge32
1.201 madeTable SEQUENCE OF MadeEntry
1.201.1 madeEntry MadeEntry
1.201.1.1 madeNumber Unsigned32 (1..255)
1.201.1.2 madeName SnmpAdminString
1.201.1.3 madeSize Gauge32
1.201.1.4 madeLetter INTEGER {a(97),f(102),s(115)}
1.$node.$health healthWheels HundredthsOfPercent
2.2.202 millGroup OBJECT-GROUP
2.2.203 madeGroup OBJECT-GROUP
END
diff "$tmp/expected" "$tmp/new" || fail "the MIB has other objects"
has "$mibs/LINUX-TCPEXT-MIB.txt" "            \"/proc/net/made, MillTurns\""
has "$mibs/LINUX-TCPEXT-CAPS-MIB.txt" "        millGroup,"
grep -qF "Formula: (MillWheels - MillIdle) / MillWheels" "$mibs/LINUX-TCPEXT-MIB.txt" || fail "the MIB has no formula"
has "$copy/man/tcpextd-counters.7" "\\fBhealthWheels\\fP"
has "$copy/man/tcpextd-counters.7" "Oil those that do not."
has "$copy/man/tcpextd-counters.7" ".SS madeTable: Made rows"
has "$copy/man/tcpextd-counters.7" "\\fBmadeLetter\\fP"
has "$copy/man/tcpextd-counters.7" "\\fBmillTurns\\fP"
has "$copy/man/tcpextd-counters.7" "It is not there where this kernel makes nothing."
if command -v mandoc >/dev/null; then
    mandoc -T lint -W warning "$copy/man/tcpextd-counters.7" || fail "mandoc complains of the manual"
fi

python3 -B "$top/etc/generate/make.py" "$mibs/rows.json" "$copy/etc"
for new in millTurns healthWheels; do
    grep -qw $new "$copy/etc/grafana/host.json" || fail "the dashboard of a host has no $new"
done

python3 -B - "$mibs/rows.json" <<'END' || fail "rows.json lacks some"
import json, sys
rows = json.load(open(sys.argv[1]))
source = rows["sources"][-1]
assert (source["path"], source["per"], source["absent"]) == ("net/made", "host", "this kernel makes nothing"), source
counter = [row for row in rows["counters"] if row["name"] == "MillTurns"][0]
assert (counter["oid"], counter["file"], counter["since"], counter["until"]) == ("1.200.1", "net/made", "7.4", None), counter
health = rows["health"][-1]
assert (health["object"], health["numerator"], health["denominator"]) == ("healthWheels", ["+MillWheels", "?-MillIdle"], ["+MillWheels"]), health
assert health["thresholds"] == [{"name": "wheels", "words": "percent < 50 for 60 severity info", "reason": "Half of them stand."}], health
assert rows["kernel_tables"][-1] == {"index": len(rows["kernel_tables"]), "id": "MADE_ROWS", "title": "made rows", "survey": "what is made"}
table = [row for row in rows["tables"] if row["object"] == "madeTable"][0]
assert table["oid"] == "1.201" and table["text"] == "Rows that are made.\n\nThey are two.", table
columns = [(row["object"], row["oid"], row["readable"], row["kind"]) for row in table["columns"]]
assert columns == [("madeNumber", "1.201.1.1", False, "integer"), ("madeName", "1.201.1.2", True, "text"),
                   ("madeSize", "1.201.1.3", True, "gauge"), ("madeLetter", "1.201.1.4", True, "integer")], columns
assert table["columns"][3]["values"] == {"a": 97, "f": 102, "s": 115}
END

# --- What is made of them for managers -----------------------------------------------------------------

etc=$tmp/etc
python3 -B "$top/etc/generate/make.py" "$mibs/rows.json" "$etc" || fail "etc/generate fails"

# Whoever walks nstatTable has each counter, and healthTable each value of health.
nstat=$default_root.1.2.1.2
healths=$default_root.1.$table.1.3

# FILE WORD...: what it must have of the made rows. Some files have none.
cat >"$tmp/reached" <<END
collectd/tcpextd.conf $nstat $healths madeSize
grafana/fleet.json healthWheels
grafana/host.json millTurns millWheels millIdle healthWheels
icinga2/tcpextd.conf healthWheels
librenms/tcpextd.yaml nstatRate32 healthWheels madeSize
mrtg/tcpextd.cfg HOST_millTurns HOST_millWheels HOST_millIdle HOST_healthWheels
nagios/tcpextd.cfg healthWheels
prometheus/generator.yml millTurns millWheels millIdle healthWheels madeTable madeName
prometheus/node.rules.yml
prometheus/prometheus.yml
prometheus/rules.yml healthWheels
prometheus/rules_test.yml healthWheels
prometheus/snmp-0.22.yml millTurns millWheels millIdle healthWheels madeSize madeName
prometheus/snmp.yml millTurns millWheels millIdle healthWheels madeSize madeName
snmptrapd/line
snmptrapd/snmptrapd.conf
telegraf/tcpextd.conf $nstat $healths madeSize
zabbix/tcpextd.yaml $nstat healthWheels TCPEXTD.WHEELS.LIMIT
END
(cd "$etc" && find . -type f ! -path './cacti/*') | sed 's|^\./||' | sort >"$tmp/files"
cut -d ' ' -f 1 "$tmp/reached" | diff - "$tmp/files" || fail "say here what these files have of the rows"
cat >>"$tmp/reached" <<END
cacti/tcpextd_health.xml $healths
cacti/tcpextd_made.xml madeSize madeName
cacti/tcpextd_nstat.xml $nstat
END
while read -r file words; do
    for word in $words; do
        grep -qwF -- "$word" "$etc/$file" || fail "$file has no $word"
    done
done <"$tmp/reached"

# --- Rows that cannot be -------------------------------------------------------------------------------

# must_object SCRIPT WORDS: health.def, spoilt so, is refused in these words.
must_object() {
    sed "$1" "$top/mibs/health.def" >"$tmp/spoilt/health.def"
    "$tmp/spoilt/generate.sh" json >/dev/null 2>"$tmp/said" && fail "nobody minds $1"
    grep -qF "$2" "$tmp/said" || fail "$1: $(cat "$tmp/said")"
}

cp -R "$top/mibs" "$tmp/spoilt"
must_object 's/PLUS, TcpOutSegs)/PLUS, TcpOutSeg)/' "no counter is called TcpOutSeg"
must_object 's/PLUS, NfConntrackCount)/PLUS, NfConntrackDrop)/' "a counter over NOW"
must_object 's/^TERM(healthListenDrops, N/TERM(healthListenDrop, N/' "no HEALTH row of that name is before it"
must_object '/^TERM(healthListenDrops, NUMERATOR/d' "healthListenDrops has no formula"
must_object '/^HEALTH(10,/s/percent, 10,/percent, 0,/' "healthListenDrops has the minimum 0 and the divisor"
must_object '/^LIMIT(healthOrphansUse/d' "healthOrphansUse has the minimum 1 and the divisor"
must_object 's/limitTcpOrphans)/limitTcpOrphan)/' "unknown object limitTcpOrphan"
must_object 's/"listen-drops"/"retransmissions"/' "the name belongs to healthRetransData"

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
printf 'MillTurns\t7\nMillWheels\t8\nMillIdle\t2\nMillStops\t8\n' >"$tmp/proc/net/made"
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

"$tmp/show" "$tmp/proc" | grep -E "^(1\.14\.1\.[23]\.$source|2\.1\.2\.9\.77\.105\.108\.108\.84|$node.$health|$table.1.[234].$health|200|201)[. ]" >"$tmp/said" || :
cat >"$tmp/expected" <<END
1.14.1.2.$source things that are made
1.14.1.3.$source net/made
2.1.2.9.77.105.108.108.84.117.114.110.115 7
$node.$health.0 7500
$table.1.2.$health healthWheels
$table.1.3.$health 7500
$table.1.4.$health hundredths of a percent
200.1.0 7
200.2.0 8
200.3.0 2
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
