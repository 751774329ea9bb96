#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each command that README and the manuals show is whole, and a test runs it: tests/setup/run by itself, others as
# tests/lib/commands.txt says. Experiments of the lab are looked for by tests/lab/test_symptoms.py.

set -eu
export LC_ALL=C
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
AWK=${AWK:-awk}
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
wrong=0

complain() {
    echo "FAIL: $*"
    wrong=1
}

# print_shown FOLDER: the commands of README and the pages there.
print_shown() {
    $AWK -f "$top/tests/lib/commands.awk" "$1/README" "$1"/man/*.[1578]
}

# Kind and command of each line of the list, with a tab between; what is behind two blanks is a reason.
print_listed() {
    sed -n 's/^\(here\|stays\) /\1	/p; s/^\(by [^ ]*\) /\1	/p; s/^\(not\) \(.*[^ ]\)   *[^ ].*/\1	\2/p' "$top/tests/lib/commands.txt"
}

# What some test runs, or what is in the list with a reason.
print_run() {
    print_listed | cut -f2
    sh "$top/tests/setup/run" --list bullseye
    sh "$top/tests/setup/run" --packages --list bookworm
}

# print_wrong FOLDER: the commands that are. A word of capitals stands for something that the reader has to know.
print_wrong() {
    print_shown "$1" | $AWK -F '\t' '
        FILENAME != "-" { run[$0] = 1; next }
        { place = $1 ":" $3 ": " $4 }
        $4 ~ /\.\.\.|(^| )[A-Z][A-Z]+( |$)|<[^>]*>/ { print "is not whole: " place }
        $4 ~ /^tests\/lab\/lab (run|host)( [a-z0-9-]+)+$/ { next }
        !($4 in run) { print "no test runs it: " place }' "$tmp/run" -
}

# print_hidden FOLDER: lines of displays that are no commands, nor tables, and begin with a program as those do.
print_hidden() {
    print_shown "$1" | cut -f4 | $AWK '
        FILENAME == "-" { if ($1 !~ /=/) programs[$1] = 1; next }
        /^\.fi/ { on = 0 }
        on && $1 in programs && !/\t/ { print FILENAME ":" FNR ": " $0 }
        /^\.nf/ { on = 1 }' - "$1"/man/*.[1578]
}

# plant LINE: a copy of the manuals in which one has it as a command.
plant() {
    rm -rf "$tmp/planted"
    mkdir -p "$tmp/planted/man"
    cp "$top/README" "$tmp/planted"
    cp "$top"/man/*.[1578] "$tmp/planted/man"
    printf '%s\n' "$@" >>"$tmp/planted/man/tcpextd.8"
}

print_run >"$tmp/run"
plant .EX 'snmpwalk ... localhost' .EE
print_wrong "$tmp/planted" | grep -qF 'is not whole: tcpextd.8' || complain 'a command that is not whole is let pass'
plant .EX 'snmpwalk \-v2c \-c public HOST tcpExt' .EE
print_wrong "$tmp/planted" | grep -qF 'is not whole: tcpextd.8' || complain 'a command for any host is let pass'
plant '.BR "ss \-tlnp" ,'
print_wrong "$tmp/planted" | grep -qF 'no test runs it: tcpextd.8' || complain 'a command in the text that nobody runs is let pass'
plant .nf 'snmpget localhost tcpExtListenDrops.0' .fi
print_hidden "$tmp/planted" | grep -qF 'snmpget localhost' || complain 'a command that is not shown as one is let pass'

print_shown "$top" >"$tmp/shown"
print_wrong "$top" >"$tmp/wrong"
print_hidden "$top" | sed 's/^/is no display of commands (.EX): /' >>"$tmp/wrong"
print_listed | while IFS='	' read -r kind command; do
    cut -f4 "$tmp/shown" | grep -qxF -e "$command" || echo "is listed, and nobody shows it: $command"
    test=${kind#by }
    [ "$test" = "$kind" ] || grep -qF -e "$(basename "${command%% *}")" "$top/$test" || echo "$test does not run $command"
done >>"$tmp/wrong"
while read -r line; do
    complain "$line"
done <"$tmp/wrong"
count=$(wc -l <"$tmp/shown")
[ "$count" -ge 90 ] || complain "only $count commands were found"
echo "looked at $count commands"
exit $wrong
