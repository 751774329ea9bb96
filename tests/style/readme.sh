#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The packages that README names for a build by hand are those that ./demo and ./check install.

set -eu
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
. "$top/tests/lib/steps.sh"
. "$top/tests/lib/debian.sh"

told=$(sed -n 's/^ *apt-get install \(gcc .*\)/\1/p' "$top/README")
if [ "$told" != "$BUILD_PACKAGES" ]; then
    echo "FAIL: README says:     apt-get install $told"
    echo "      ./demo installs: $BUILD_PACKAGES"
    exit 1
fi
echo "README: $told"
