#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Build each fuzzer with clang and run it, as many at once as there are processors, or $FUZZ_JOBS: run.sh SECONDS
# [FINDINGS [CORPUS]]. An input that breaks one is kept in the folder FINDINGS (by default the working directory), and
# the result is not 0. What is learned is kept in CORPUS/NAME, and used the next time; by default it is not. With names
# in $FUZZERS only those.
set -e
seconds=${1:?give the number of seconds for each fuzzer}
findings=$(cd "${2:-.}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
corpus=$work/corpus
[ -z "$3" ] || corpus=$(cd "$3" && pwd)
jobs=${FUZZ_JOBS:-$(nproc)}
. "$here/names.sh"
pids=
end() {
	# shellcheck disable=SC2086 # several
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

CFLAGS="-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all
	-I$top -I$top/include -include $work/texts.h -DTCX_MIB_ROOT=1,3,6,1,4,1,8072,9999,9999,1213 $(pkg-config --cflags libmnl)"
LIBS="$(pkg-config --libs libmnl) -lnetsnmpagent -lnetsnmp -lm -pthread"

# What all of them are linked with.
print_sources() {
	find "$top/agent" -name '*.c' ! -path "$top/agent/main.c"
	for name in converse counters health health_rows history hosts limits lookup losses namespaces output paragraph peer \
		probe query scalars selection sockets types verdict walk; do
		echo "$top/client/$name.c"
	done
	printf '%s\n' "$top/tests/unit/fixture.c" "$top/tests/unit/reading.c"
}

# print_command SOURCE: objects are named after their sources, and have folders of those.
print_command() {
	object=$work/objects${1#"$top"}.o
	mkdir -p "${object%/*}"
	echo "${CLANG:-clang} $CFLAGS -fsanitize=fuzzer-no-link -c $1 -o $object" | tr '\n' ' '
	echo
}

# print_own NAME: what a fuzzer is made of, as the Makefile has it.
print_own() {
	sed -n "s/^%C%_fuzz_$1_SOURCES = //p" "$here/Makemodule.am" | tr ' ' '\n' | grep '\.c$' | grep -v 'replay\.c$' |
		sed "s|%D%|$here|"
}

build() {
	printf '#define TCX_VERSION "fuzzed"\n#define TCX_MIB_DIR "/"\n' >"$work/texts.h"
	print_sources | while read -r source; do print_command "$source"; done | xargs -P "$jobs" -I LINE sh -c LINE
	for name; do
		# shellcheck disable=SC2046,SC2086 # several words
		echo ${CLANG:-clang} $CFLAGS -fsanitize=fuzzer $(print_own "$name") \
			$(find "$work/objects" -name '*.o') $LIBS -o "$work/$name"
	done | xargs -P "$jobs" -I LINE sh -c LINE
}

start() {
	longest=65536
	[ "$1" != master ] || longest=16384
	mkdir -p "$corpus/$1"
	TMPDIR=$work "$work/$1" -max_total_time="$seconds" -max_len="$longest" -timeout=20 -print_final_stats=1 \
		-artifact_prefix="$findings/$1-" "$corpus/$1" "$work/seeds/$1" >"$work/$1.log" 2>&1 &
	pids="$pids $!"
}

# finish FUZZER...: those that were started. One that found something says so before all others.
finish() {
	for pid in $pids; do
		name=$1
		shift
		wait "$pid" && continue
		status=1
		echo "$name has found something:"
		grep -v '^#' "$work/$name.log" || :
	done
	pids=
}

print_row() {
	awk -v name="$1" '
		/^#/ { for (i = 2; i < NF; i++) if ($i == "cov:") edges = $(i + 1) }
		/^stat::number_of_executed_units/ { runs = $2 }
		/^stat::new_units_added/ { learned = $2 }
		END { printf "%-16s %12s %8s %8s\n", name, runs, edges, learned }' "$work/$1.log"
}

sh "$here/seeds.sh" "$work/seeds"
status=0
# shellcheck disable=SC2046 # several words
set -- $(print_fuzzers "$here")
build "$@"
all=$*
while [ $# -gt 0 ]; do
	batch=
	for _ in $(seq "$jobs"); do
		[ $# -gt 0 ] || break
		start "$1"
		batch="$batch $1"
		shift
	done
	# shellcheck disable=SC2086 # several words
	finish $batch
done
printf '%-16s %12s %8s %8s\n' "in $seconds s" executions edges learned
for name in $all; do print_row "$name"; done
exit $status
