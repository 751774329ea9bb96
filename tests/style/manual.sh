#!/bin/sh
# The manual pages are sound, and they speak of every option and every directive that there is.

set -eu
export LC_ALL=C
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
agent=${TCPEXTD:-$top/tcpextd}

if ! command -v mandoc >/dev/null || ! [ -x "$agent" ]; then
    echo 'needs mandoc, and the agent'
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

for page in tcpextd.8 tcpextd.conf.5 tcpextd-counters.7; do
    said=$(lint "$top/man/$page")
    [ -z "$said" ] || complain "$page: $said"
done

options=$("$agent" -h | sed -n -E 's/^  (-[a-zA-Z]|--[a-z]+)[ ,].*/\1/p')
for option in $options; do
    ! lacks "$top/man/tcpextd.8" "$option" || complain "tcpextd(8) does not have $option"
done

words=$(sed -n -E 's/^	\{"([a-zA-Z]+)", .*/\1/p' "$top/agent/config/config.c")
for word in $words; do
    ! lacks "$top/man/tcpextd.conf.5" "$word" || complain "tcpextd.conf(5) does not have $word"
    grep -q "^#*$word " "$top/etc/tcpextd.conf" || complain "etc/tcpextd.conf does not have $word"
done
# shellcheck disable=SC2086 # several words
set -- $options $words
[ $# -ge 20 ] || complain "only $# options and directives were found in the sources"
echo "looked for $# options and directives"
exit $wrong
