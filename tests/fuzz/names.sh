# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# print_fuzzers FOLDER: the names of all fuzzers whose sources are there, or of those in $FUZZERS.
print_fuzzers() {
	for source in "$1"/fuzz_*.c; do
		name=${source##*/fuzz_}
		name=${name%.c}
		case " ${FUZZERS:-$name} " in *" $name "*) echo "$name" ;; esac
	done
}
