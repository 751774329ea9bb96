#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The version is that of configure.ac wherever it is said.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/lib/release.sh"

found=$(other_versions)
if [ -n "$found" ]; then
    echo "FAIL: $found"
    exit 1
fi
echo "$(version), $(say_version | wc -l) times"
