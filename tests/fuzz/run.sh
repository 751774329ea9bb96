#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Build each fuzzer with clang and run it: run.sh SECONDS [FOLDER]
# An input that breaks one is kept in FOLDER (by default the working directory), and the result is not 0.
set -e
seconds=${1:?give the number of seconds for each fuzzer}
keep=$(cd "${2:-.}" && pwd)
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
fuzzer_pid=
end() {
	[ -z "$fuzzer_pid" ] || kill "$fuzzer_pid" 2>/dev/null || :
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' HUP INT TERM

mnl=$(pkg-config --cflags --libs libmnl)
sh "$top/tests/fuzz/seeds.sh" "$work/seeds"
for fuzzer in fuzz_history fuzz_hosts fuzz_interfaces fuzz_readers fuzz_requests fuzz_sources fuzz_totals; do
	echo "building $fuzzer"
	# shellcheck disable=SC2046,SC2086 # several words
	${CLANG:-clang} -std=c11 -D_GNU_SOURCE -O1 -g -Wall -Wextra -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -I"$top" -I"$top/include" \
		-DTCX_MIB_ROOT=1,3,6,1,4,1,8072,9999,9999,1213 \
		$(find "$top"/agent/base "$top"/agent/catalogue "$top"/agent/sample "$top"/agent/kernel -name "*.c") "$top/tests/unit/fixture.c" "$top/tests/unit/reading.c" \
		"$top/agent/session/pdu.c" \
		"$top/client/converse.c" "$top/client/counters.c" "$top/client/health_rows.c" "$top/client/history.c" "$top/client/hosts.c" \
		"$top/client/limits.c" "$top/client/lookup.c" "$top/client/peer.c" "$top/client/probe.c" "$top/client/scalars.c" "$top/client/verdict.c" \
		"$top/tests/fuzz/$fuzzer.c" $mnl -lnetsnmpagent -lnetsnmp -lm -pthread -o "$work/$fuzzer"
	mkdir "$work/corpus-$fuzzer"
	echo "running $fuzzer for $seconds s"
	TMPDIR=$work "$work/$fuzzer" -max_total_time="$seconds" -max_len=65536 -timeout=20 -print_final_stats=1 \
		-verbosity=0 -artifact_prefix="$keep/$fuzzer-" "$work/corpus-$fuzzer" "$work/seeds/$fuzzer" &
	fuzzer_pid=$!
	wait "$fuzzer_pid"
	fuzzer_pid=
done
