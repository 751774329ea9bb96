#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ./check and .ci/run end with whoever reads them, and what they have started ends with them. They refuse words
# that they do not know.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL
tmp=$(mktemp -d)
trap 'kill "$(cat "$tmp/tree/sleeper")" 2>/dev/null || :; rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
. "$top/tests/lib/is_so.sh"

if ! command -v bash >/dev/null; then
    echo 'needs bash'
    exit 77
fi

# A tree that is built, needs no package, and has tests that go on for ever.
make_tree() {
    mkdir -p "$tmp/tree/.ci" "$tmp/tree/tests/lib"
    cp "$top/check" "$tmp/tree"
    cp "$top/.ci/run" "$tmp/tree/.ci"
    cp "$top/tests/lib/steps.sh" "$top/tests/lib/tests.sh" "$top/tests/lib/release.sh" "$tmp/tree/tests/lib"
    : >"$tmp/tree/config.status"
    cat >"$tmp/tree/tests/lib/debian.sh" <<'DEBIAN'
BUILD_PACKAGES=none
base_mibs=none
need_packages() { :; }
need_daemon() { :; }
need_base_mibs() { :; }
keep_state_here() { :; }
DEBIAN
    cat >"$tmp/tree/Makefile" <<'MAKEFILE'
all:
.PHONY: check
check:
ifneq ($(origin TESTS), command line)
	@sleep 600 & echo $$! >sleeper; while echo 'PASS: tests/one'; do sleep 0.1; done
endif
MAKEFILE
}

# What is dead is a zombie until init takes it.
sleeps() {
    read -r _ _ state _ <"/proc/$(cat "$tmp/tree/sleeper")/stat" && [ "$state" != Z ]
} 2>/dev/null

sleeper_ends() {
    tries=0
    while sleeps; do
        tries=$((tries + 1))
        [ "$tries" -lt 100 ] || return 1
        sleep 0.1
    done
}

# ends COMMAND: while the tests go on, the reader goes away.
ends() {
    rm -f "$tmp/tree/sleeper"
    "$1" 2>"$tmp/said" | sed '/PASS: tests.one/q' >"$tmp/shown"
    grep -q 'PASS: tests.one' "$tmp/shown" || { cat "$tmp/shown" "$tmp/said" && return 1; }
    sleeper_ends
}

# refuses COMMAND: a word that it does not know, before it does anything.
refuses() {
    ! "$1" --no-such-word >"$tmp/shown" 2>"$tmp/said" && [ ! -s "$tmp/shown" ] && grep -q -e --no-such-word "$tmp/said"
}

make_tree
for program in check .ci/run; do
    is_so "$program refuses what it does not know" refuses "$tmp/tree/$program"
    is_so "$program ends with its reader, and its tests with it" ends "$tmp/tree/$program"
done
exit $wrong
