#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Build each fuzzer with clang and run it, as many at once as there are processors: run.sh SECONDS [FOLDER]
# An input that breaks one is kept in FOLDER (by default the working directory), and the result is not 0.
set -e
seconds=${1:?give the number of seconds for each fuzzer}
keep=$(cd "${2:-.}" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
pids=
end() {
	# shellcheck disable=SC2086 # several
	[ -z "$pids" ] || kill $pids 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

FUZZERS='fuzz_history fuzz_hosts fuzz_interfaces fuzz_master fuzz_readers fuzz_requests fuzz_sources fuzz_totals'
CFLAGS="-std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -fsanitize=address,undefined -fno-sanitize-recover=all
	-I$top -I$top/include -include $work/texts.h -DTCX_MIB_ROOT=1,3,6,1,4,1,8072,9999,9999,1213 $(pkg-config --cflags libmnl)"
LIBS="$(pkg-config --libs libmnl) -lnetsnmpagent -lnetsnmp -lm -pthread"

# What all of them are linked with.
print_sources() {
	find "$top/agent" -name '*.c' ! -path "$top/agent/main.c"
	for name in converse counters health_rows history hosts limits lookup peer probe scalars verdict; do
		echo "$top/client/$name.c"
	done
	printf '%s\n' "$top/tests/fuzz/agent_main.c" "$top/tests/unit/fixture.c" "$top/tests/unit/reading.c"
}

# print_command SOURCE: objects are named after their sources, and have folders of those.
print_command() {
	object=$work/objects${1#"$top"}.o
	mkdir -p "${object%/*}"
	echo "${CLANG:-clang} $CFLAGS -fsanitize=fuzzer-no-link -c $1 -o $object" | tr '\n' ' '
	echo
}

build() {
	printf '#define TCX_VERSION "fuzzed"\n#define TCX_MIB_DIR "/"\n' >"$work/texts.h"
	print_sources | while read -r source; do print_command "$source"; done | xargs -P "$(nproc)" -I LINE sh -c LINE
	for fuzzer in $FUZZERS; do
		# shellcheck disable=SC2046,SC2086 # several words
		${CLANG:-clang} $CFLAGS -fsanitize=fuzzer "$top/tests/fuzz/$fuzzer.c" \
			$(find "$work/objects" -name '*.o') $LIBS -o "$work/$fuzzer"
	done
}

start() {
	mkdir "$work/corpus-$1"
	longest=65536
	[ "$1" != fuzz_master ] || longest=16384
	TMPDIR=$work "$work/$1" -max_total_time="$seconds" -max_len="$longest" -timeout=20 -print_final_stats=1 \
		-verbosity=0 -artifact_prefix="$keep/$1-" "$work/corpus-$1" "$work/seeds/$1" >"$work/$1.log" 2>&1 &
	pids="$pids $!"
}

# finish FUZZER...: what those that were started say.
finish() {
	for pid in $pids; do
		wait "$pid" || status=1
	done
	pids=
	for fuzzer; do
		echo "$fuzzer, for $seconds s:"
		cat "$work/$fuzzer.log"
	done
}

sh "$top/tests/fuzz/seeds.sh" "$work/seeds"
build
status=0
# shellcheck disable=SC2086 # several words
set -- $FUZZERS
while [ $# -gt 0 ]; do
	batch=
	for _ in $(seq "$(nproc)"); do
		[ $# -gt 0 ] || break
		start "$1"
		batch="$batch $1"
		shift
	done
	# shellcheck disable=SC2086 # several words
	finish $batch
done
exit $status
