#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# No text dates a behaviour of the kernel by a release: stable kernels and those of distributions carry
# the change back, so "before 6.9" is wrong for many that run. Texts say "older kernels". Which mainline
# release is the first with a counter is in the rows' fields, not in their texts.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
wrong=0

# What the rows say: their texts are on lines of their own.
dated_rows() {
    grep -nE '^ +".*(^|[^0-9.])[2-9]\.[0-9]{1,2}([^0-9]|$)' "$1" || :
}

dated_manual() {
    grep -nE '(^|[^0-9.])[2-9]\.[0-9]{1,2}([^0-9]|$)' "$1" || :
}

# A story may say that a counter is new in a release.
dated_story() {
    grep -niE '(since|before|until|from) linux [0-9]|linux [0-9.]+ (on|and later|removed)' "$1" || :
}

# expect RULE TEXT: the rule finds that.
expect() {
    printf '%s\n' "$2" >"$tmp/text"
    [ -n "$("$1" "$tmp/text")" ] || {
        echo "FAIL: $1 lets this pass: $2"
        wrong=1
    }
}

# look RULE FILE...: complains of what the rule finds.
look() {
    rule=$1
    shift
    for file; do
        found=$("$rule" "$file")
        [ -z "$found" ] && continue
        echo "FAIL: ${file#"$top/"} dates a behaviour by a release: say 'older kernels' or 'newer kernels'"
        printf '%s\n' "$found"
        wrong=1
    done
}

expect dated_rows '        "Kernels before 6.9 count each.")'
expect dated_rows '        "ordinary load; since 2.6.35 each segment"'
expect dated_manual 'Before 5.18 the kernel counts later.'
expect dated_story '    As in the document. since Linux 3.15, as every'
look dated_rows "$top/mibs/counters.def"
look dated_manual "$top/man/tcpextd-symptoms.7"
look dated_story "$top"/tests/lab/*.py "$top"/tests/lab/experiments/*.py
[ "$wrong" -ne 0 ] || echo 'no text dates a behaviour'
exit $wrong
