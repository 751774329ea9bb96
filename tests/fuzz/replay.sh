#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Run the fuzzers, built with replay.c, over their corpora and seeds from the fixtures.
set -e
here=$(cd "$(dirname "$0")" && pwd)
. "$here/names.sh"
seeds=$(mktemp -d)
trap 'rm -rf "$seeds"' EXIT
trap 'exit 1' HUP INT TERM
sh "$here/seeds.sh" "$seeds"
for name in $(print_fuzzers "$here"); do
	echo "$name:"
	TMPDIR=$seeds "${top_builddir:-.}/tests/fuzz/fuzz_$name" "$seeds/$name"/*
done
