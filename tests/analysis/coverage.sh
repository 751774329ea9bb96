#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# coverage.sh FOLDER: what tests reach of agent/ and client/, by a build in FOLDER that counts. TESTS are those of the
# Makefile that are run. summary.py says what is too little.
#
# What ends by SIGKILL leaves no counts: so agents get a moment (GRACE) to end by themselves. The agent leaves them as another
# user: so files for them are there before, which everybody may write. An empty one is no counts. Who has no descriptor left
# cannot write them, and does not say so.

set -eu
. "$(dirname "$0")/lib.sh"
need gcovr gcovr
unset MAKEFLAGS MFLAGS MAKELEVEL
mkdir -p "$1"
folder=$(cd "$1" && pwd)

make_folder() {
    [ -f "$folder/config.status" ] || (cd "$folder" &&
        "$top/configure" CC="${CC:-gcc}" CFLAGS='-O0 -g --coverage -fprofile-update=atomic' >configure.out)
    make -C "$folder" -j"$(nproc)" check TESTS= >"$folder/make.out" 2>&1
}

make_counts() {
    find "$folder" -name '*.gcno' | sed 's/gcno$/gcda/' | while read -r counts; do
        rm -f "$counts"
        (umask 0 && : >"$counts")
    done
}

make_folder
make_counts
failed=0
GCOV_ERROR_FILE=/dev/null GRACE=5 make -k -C "$folder" -j$(($(nproc) + 1)) check "TESTS=$TESTS" || failed=1
find "$folder" -name '*.gcda' -empty -delete
cd "$folder" # where it leaves what it is ended at
gcovr --root "$top" --filter "$top/agent/" --filter "$top/client/" --exclude-unreachable-branches --json coverage.json .
python3 -B "$top/tests/analysis/summary.py" coverage.json "$top/tests/analysis/UNCOVERED" || failed=1
[ "$failed" -eq 0 ] || echo 'coverage: a test has failed, or too little is reached'
exit $failed
