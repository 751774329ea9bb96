# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# For the tests beside it: where the tree is, a folder that goes with the test, and what a compiler is told.

export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
build=$(cd "${top_builddir:-$top}" && pwd)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# Texts lose their quotes on the way through make's environment, so these two are given anew.
flags="-D_GNU_SOURCE -I$top -I$top/include -I$build -DTCX_VERSION=\"0\" -DTCX_MIB_DIR=\"/\" -DTCX_MIB_ROOT=1,3"

need() {
    command -v "$1" >/dev/null || {
        echo "needs $1 (Debian: $2)"
        exit 77
    }
}

# Each file of ours on a line.
print_sources() {
    (cd "$top" && find agent client -name '*.c' | sort)
}

# each COMMAND...: runs it for each line, which is its last arguments, side by side. Ends with 0 if all of them do.
each() {
    xargs -P "$(nproc)" -L 1 "$@"
}

# A file with faults that have to be seen: what is freed is used, and an index is too far.
plant() {
    cat >"$1" <<'END'
#include <stdlib.h>
#include <string.h>

int first(int fill);

int first(int fill)
{
	int found[4];
	int *items = malloc(sizeof(*items));

	if (items == NULL)
		return 0;
	memset(found, fill, sizeof(found));
	free(items);
	return found[4] + *items;
}
END
}
