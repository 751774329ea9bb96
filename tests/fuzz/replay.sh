#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run the fuzzers, built with replay.c, over seeds from the fixtures.
set -e
here=$(cd "$(dirname "$0")" && pwd)
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
trap 'exit 1' HUP INT TERM
sh "$here/seeds.sh" "$seeds"
for fuzzer in fuzz_history fuzz_hosts fuzz_interfaces fuzz_master fuzz_readers fuzz_requests fuzz_sources fuzz_totals; do
	echo "$fuzzer:"
	TMPDIR=$seeds "${top_builddir:-.}/tests/fuzz/$fuzzer" "$seeds/$fuzzer"/*
done
