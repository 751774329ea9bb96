#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The agent and snmpnstat are built with what hardens them. The binary decides, not what configure
# says that it did: whatever the compiler can do on this machine they must have.
#
# shellcheck disable=SC2317 # the looks are called by name

set -eu
export LC_ALL=C
agent=${TCPEXTD:?give the agent}
client=${SNMPNSTAT:?give snmpnstat}
CC=${CC:-cc}
CFLAGS=${CFLAGS:-}

skip() {
    echo "$*"
    exit 77
}

command -v readelf >/dev/null || skip 'needs readelf (Debian: binutils)'
command -v objdump >/dev/null || skip 'needs objdump (Debian: binutils)'
{ [ -x "$agent" ] && [ -x "$client" ]; } || skip 'needs the agent and snmpnstat'
[ -n "$(printf %s "${HARDENING-x}" | tr -d ' ')" ] ||
    skip 'this build is of --disable-hardening or --enable-sanitizers'

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
wrong=0

# --- Looks: each is true when a binary has the thing ---------------------------------------------

has_pie() {
    readelf -hW "$1" | grep -q 'Type: *DYN'
}

has_relro() {
    readelf -lW "$1" | grep -q GNU_RELRO
}

has_now() {
    readelf -dW "$1" | grep -Eq 'BIND_NOW|FLAGS_1.*NOW'
}

has_protector() {
    readelf -sW "$1" | grep -q __stack_chk_fail
}

has_fortify() {
    readelf -sW "$1" | grep -Eq '__[a-z]+_chk'
}

# Of the code itself, since the note of the program is that of its weakest part.
has_cf_protection() {
    objdump -d --no-show-raw-insn "$1" | grep -A1 '<main>:' | grep -q endbr
}

# --- What this machine can do, on a program that has use for all of it ---------------------------

cat >"$tmp/probe.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv)
{
	char text[16];
	memset(text, argc, sizeof(text));
	snprintf(text, (size_t)argc, "%s", argv[0]);
	return puts(text);
}
END

# probe OPTION...: builds it.
probe() {
    # shellcheck disable=SC2086 # several words
    $CC $CFLAGS "$@" -o "$tmp/probe" "$tmp/probe.c" 2>/dev/null
}

# hold LOOK WHAT: whether both programs have it.
hold() {
    for program in "$agent" "$client"; do
        if "has_$1" "$program"; then
            echo "${program##*/} has: $2"
        else
            echo "FAIL: ${program##*/} lacks $2"
            wrong=1
        fi
    done
}

# expect LOOK WHAT OPTION...: where the options make the probe so, the programs are so; and without
# them, or with their contraries, the look must be able to fail.
expect() {
    look=$1
    what=$2
    shift 2
    if ! probe "$@" || ! "has_$look" "$tmp/probe"; then
        echo "not here: $what"
    else
        hold "$look" "$what"
    fi
}

probe -fno-pie -no-pie -fno-stack-protector -U_FORTIFY_SOURCE -Wl,-z,norelro -Wl,-z,lazy ||
    skip "needs a compiler that builds: $CC $CFLAGS"
for look in pie relro now protector fortify; do
    if "has_$look" "$tmp/probe"; then
        echo "FAIL: the look for $look sees it where it is not"
        wrong=1
    fi
done

expect pie 'a position of its own at each start (PIE)' -fPIE -pie
expect relro 'relocations that are read-only (RELRO)' -Wl,-z,relro
expect now 'all of them, for symbols are bound at the start (BIND_NOW)' -Wl,-z,now
expect protector 'the stack protector' -fstack-protector-strong
expect fortify 'calls that know the size of what they write to (_FORTIFY_SOURCE)' \
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
expect cf_protection 'marked targets of jumps (-fcf-protection)' -fcf-protection
exit $wrong
