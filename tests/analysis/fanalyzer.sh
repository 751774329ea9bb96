#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gcc -fanalyzer finds nothing in agent/ and client/. What it is told to pass over in a file is in fanalyzer.txt, with the
# reasons. Each version of it finds other things: 12 is that of Debian 12.

set -eu
. "$(dirname "$0")/lib.sh"
need gcc-12 gcc-12

look() {
    # shellcheck disable=SC2086 # several words
    each gcc-12 -std=c11 $flags -O1 -fanalyzer -Werror -c -o /dev/null
}

# Each file on a line, behind the options that it has in the list.
print_asked() {
    print_sources | awk 'NR == FNR { if (!/^#/) options[$1] = options[$1] $2 " "; next } { print options[$1] $1 }' \
        tests/analysis/fanalyzer.txt -
}

plant "$tmp/bad.c"
if echo "$tmp/bad.c" | look 2>/dev/null; then
    echo 'FAIL: gcc -fanalyzer lets a planted fault pass'
    exit 1
fi
cd "$top"
print_asked | look
echo "gcc -fanalyzer finds nothing in $(print_sources | wc -l) files"
