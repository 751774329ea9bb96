#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# clang-tidy finds nothing in agent/ and client/. Which of its checks hold is in clang_tidy.yaml, and what it is told to
# pass over in a file in clang_tidy.txt, with the reasons. Each version of it has other checks: 14 is that of Debian 12.

set -eu
. "$(dirname "$0")/lib.sh"
need clang-tidy-14 clang-tidy-14

# Each line has a file and the checks that it is spared. fault.c has what clang_tidy.h stands for. What the program found
# in headers of the system it counts on the other channel, and does not show.
look() {
    # shellcheck disable=SC2016 # a script
    FLAGS="-std=c11 $flags" LISTS="$top/tests/analysis" each sh -c '
        [ "$1" = agent/base/fault.c ] || FLAGS="$FLAGS -include $LISTS/clang_tidy.h"
        clang-tidy-14 --quiet --config-file="$LISTS/clang_tidy.yaml" --checks="$2" "$1" -- $FLAGS 2>/dev/null' look
}

# Each file on a line, with the checks that it is spared.
print_asked() {
    print_sources | awk '
        NR == FNR { if (!/^#/ && NF) spared[$1] = spared[$1] " " $2; next }
        { gsub(/ -/, ",-", spared[$1]); sub(/^,/, " ", spared[$1]); print $1 spared[$1] }
        ' tests/analysis/clang_tidy.txt -
}

plant "$tmp/bad.c"
if echo "$tmp/bad.c" | look >/dev/null; then
    echo 'FAIL: clang-tidy lets a planted fault pass'
    exit 1
fi
cd "$top"
print_asked | look
echo "clang-tidy finds nothing in $(print_sources | wc -l) files"
