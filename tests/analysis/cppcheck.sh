#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cppcheck finds nothing in agent/ and client/. What it is told to pass over is in cppcheck.txt, with the reasons.

set -eu
. "$(dirname "$0")/lib.sh"
need cppcheck cppcheck

look() {
    # shellcheck disable=SC2086 # several words
    cppcheck -q -j "$(nproc)" --std=c11 --enable=warning,performance,portability,style --error-exitcode=1 \
        --suppressions-list="$top/tests/analysis/cppcheck.txt" $flags "$@"
}

plant "$tmp/bad.c"
if look "$tmp/bad.c" 2>/dev/null; then
    echo 'FAIL: cppcheck lets a planted fault pass'
    exit 1
fi
cd "$top"
look agent client
echo "cppcheck finds nothing in $(print_sources | wc -l) files"
