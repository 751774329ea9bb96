#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The C files are formatted as .clang-format says. Releases of clang-format differ in their ways, so
# only the one that the file was made for counts.

set -eu
top=${top_srcdir:-$(cd "$(dirname "$0")/../.." && pwd)}
RELEASE=14

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

skip() {
    echo "$*"
    exit 77
}

is_right_release() {
    "$1" --version 2>/dev/null | grep -q "version $RELEASE\."
}

find_formatter() {
    for formatter in "clang-format-$RELEASE" clang-format; do
        is_right_release "$formatter" && return
    done
    skip "needs clang-format, release $RELEASE (Debian: clang-format-$RELEASE)"
}

check_format() {
    "$formatter" --dry-run -Werror --style=file "$@"
}

find_formatter

# The check can fail.
cp "$top/.clang-format" "$tmp"
printf 'int f( int a ) { return a ; }\n' >"$tmp/bad.c"
if check_format "$tmp/bad.c" 2>/dev/null; then
    echo "FAIL: clang-format lets pass what is not formatted"
    exit 1
fi

# shellcheck disable=SC2046 # file names of ours
set -- $(find "$top/agent" "$top/client" "$top/include" "$top/tests" -name '*.[ch]')
check_format "$@"
echo "formatted: $# files"
