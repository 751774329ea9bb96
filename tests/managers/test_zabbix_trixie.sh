#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# test_zabbix.py with Zabbix 7.0, which Debian 13 has: of what is committed, in a chroot.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)

skip() {
    echo "skipped: $*"
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip 'needs root, for a chroot'
for tool in debootstrap git unshare; do
    command -v "$tool" >/dev/null || skip "needs $tool"
done
git -C "$top" rev-parse HEAD >/dev/null 2>&1 || skip 'needs the repository, to clone it'

packages=$(sed -n 's/^ZABBIX_PACKAGES = //p' "$top/tests/managers/Makemodule.am")
# shellcheck disable=SC2016,SC2086 # for the shell in there; several words
"$top/tests/chroots/run" --shell trixie sh -c '
    sh tests/managers/packages.sh "$@" && ./check tests/managers/test_zabbix.py; status=$?
    cat build/check/tests/managers/test_zabbix.log
    exit "$status"' sh $packages
