#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The manual pages are sound, and they speak of every option and every directive that there is.

set -eu
export LC_ALL=C
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
agent=${TCPEXTD:-$top/tcpextd}
client=${SNMPNSTAT:-$top/snmpnstat}

if ! command -v mandoc >/dev/null || ! [ -x "$agent" ] || ! [ -x "$client" ]; then
    echo 'needs mandoc, the agent and snmpnstat'
    exit 77
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
wrong=0

complain() {
    echo "FAIL: $*"
    wrong=1
}

# lint PAGE: prints what is wrong with it.
lint() {
    mandoc -T lint -W warning "$1" 2>&1 || :
}

# lacks PAGE WORD: true when the page, as people read it, does not have the word.
lacks() {
    ! mandoc -T ascii "$1" | sed "s/.$(printf '\b')//g" | grep -qF -e "$2"
}

printf '.TH A 1\n.SH\n.BB x\n' >"$tmp/bad.1"
[ -n "$(lint "$tmp/bad.1")" ] || complain "mandoc lets pass what is no page"
lacks "$tmp/bad.1" --print || complain "a page without an option seems to have it"

for page in snmpnstat.1 tcpextd.8 tcpextd.conf.5 tcpextd-counters.7 tcpextd-managers.7 tcpextd-reliability.7 tcpextd-symptoms.7 \
    tcpextd-tables.7; do
    said=$(lint "$top/man/$page")
    [ -z "$said" ] || complain "$page: $said"
done

# As HTML: each page is in the index, and each link leads to a page, and to a place on it that is there.

# print_dead FOLDER: links that lead nowhere.
print_dead() {
    ${AWK:-awk} '
        FNR == 1 { file = FILENAME; sub(/.*\//, "", file); there[file] = 1 }
        {
            line = $0
            while (match(line, /(id|href)="[^"]*"/)) {
                word = substr(line, RSTART, RLENGTH - 1)
                line = substr(line, RSTART + RLENGTH)
                if (sub(/^id="/, "", word))
                    there[file "#" word] = 1
                else if (sub(/^href="/, "", word))
                    links[(word ~ /^#/ ? file word : word) " of " file]
            }
        }
        END {
            for (link in links) {
                split(link, part, " ")
                if (!(part[1] in there))
                    print link
            }
        }' "$1"/*
}

sh "$top/man/html.sh" "$tmp/html" "$top"/man/*.[1578]
for page in "$top"/man/*.[1578]; do
    grep -q "href=\"${page##*/}.html\"" "$tmp/html/index.html" || complain "the index has no link to ${page##*/}"
done
dead=$(print_dead "$tmp/html")
[ -z "$dead" ] || complain "a link leads nowhere: $dead"
for target in tcpextd-symptoms.7.html index.html; do
    grep -q "href=\"$target\"" "$tmp/html/tcpextd-counters.7.html" || complain "tcpextd-counters(7) has no link to $target"
done
for target in '#A_flood_of_SYNs' 'tcpextd-counters.7.html#tcpExtListenDrops' tcpextd.conf.5.html; do
    grep -q "href=\"$target\"" "$tmp/html/tcpextd-symptoms.7.html" || complain "tcpextd-symptoms(7) has no link to $target"
done
echo '<a href="tcpextd.8.html#nowhere">' >>"$tmp/html/tcpextd.8.html"
[ "$(print_dead "$tmp/html")" = 'tcpextd.8.html#nowhere of tcpextd.8.html' ] || complain "a link that leads nowhere is let pass"

# check_options PROGRAM PAGE: puts the options that -h prints behind the others.
check_options() {
    own=$("$1" -h | sed -n -E 's/^  (-[a-zA-Z]|--[a-z-]+)[ ,].*/\1/p; s/^  -[a-zA-Z], (--[a-z-]+) .*/\1/p')
    for option in $own; do
        ! lacks "$top/man/$2" "$option" || complain "$2 does not have $option"
    done
    options="$options $own"
}

options=
check_options "$agent" tcpextd.8
check_options "$client" snmpnstat.1

# Directives: what -H says of each is in the manual and in the example, in the same paragraph.

# WORD VALUE, of those of ours: a tab, then "MIN to MAX" and the default, each empty where there is none.
directives() {
    "$agent" -H 2>&1 | sed '/^  In agentx.conf/,$d' |
        sed -n -E 's/^    ([a-zA-Z]+) +((SECONDS|NUMBER|DIRECTORY|ADDRESS|GROUP|PATTERN)[.]*) (.*)/\1 \2 \4/p' |
        awk '{
            bounds = by_default = ""
            if (match($0, /[(][0-9.]+ to [0-9]+/)) bounds = substr($0, RSTART + 1, RLENGTH - 1)
            if (match($0, /[^ (]+ unless set[)]$/)) by_default = substr($0, RSTART, RLENGTH - 12)
            print $1 "|" $2 "|" bounds "|" by_default
        }'
}

# paragraph WORD VALUE: what tcpextd.conf(5) says of it, on one line.
paragraph() {
    awk -v word="$1" -v value="$2" '
        /^\.BI / {
            this = tolower($2) == tolower(word) && substr($3 $4, 2, length(value)) == value
            next
        }
        /^\.(SH|PP)/ { this = 0 }
        this && !/^\.(br|TP|TQ|RS|RE|IP)/ { sub(/^\.[BI]R? /, ""); printf "%s ", $0 }' "$conf_page"
}

# example WORD: its line in tcpextd.conf, and the comment above that, on one line.
example() {
    awk -v RS= -v word="$1" 'tolower($0) ~ "\n#" tolower(word) " " { gsub(/\n#? ?/, " "); print }' \
        "$top/etc/tcpextd.conf"
}

# check_directive WORD VALUE BOUNDS DEFAULT
check_directive() {
    manual=$(paragraph "$1" "$2")
    sample=$(example "$1")
    [ -n "$manual" ] || complain "tcpextd.conf(5) does not have $1 $2"
    [ -n "$sample" ] || complain "etc/tcpextd.conf does not have $1"
    case $manual in *"$3"*) ;; *) complain "tcpextd.conf(5) does not have '$3' for $1" ;; esac
    case $sample in *"$3"*) ;; *) complain "etc/tcpextd.conf does not have '$3' for $1" ;; esac
    [ -n "$4" ] || return 0
    case $manual in *"The default is $4"*) ;; *) complain "tcpextd.conf(5) does not say that $4 is the default of $1" ;; esac
    grep -qix "#$1 $4" "$top/etc/tcpextd.conf" || complain "etc/tcpextd.conf does not have '#$1 $4'"
}

conf_page=$top/man/tcpextd.conf.5
[ -z "$(paragraph maxAge NUMBER)$(paragraph noSuch SECONDS)" ] ||
    complain "the manual seems to have what it has not"
said=$(check_directive maxAge SECONDS '0.1 to 86401' 99)
[ "$(echo "$said" | wc -l)" -eq 4 ] || complain "wrong bounds and defaults are let pass: $said"

directives >"$tmp/directives"
while IFS='|' read -r word value bounds by_default; do
    check_directive "$word" "$value" "$bounds" "$by_default"
done <"$tmp/directives"
# shellcheck disable=SC2046,SC2086 # several words
set -- $options $(cut -d'|' -f1 "$tmp/directives")
[ $# -ge 54 ] || complain "only $# options and directives were found"
echo "looked for $# options and directives"
exit $wrong
