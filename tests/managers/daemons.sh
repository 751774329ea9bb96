#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# daemons.sh COMMAND...: runs it with snmpd, snmptrapd and the base MIBs, as ./check does, where they can be had.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/lib/steps.sh"
. "$top/tests/lib/debian.sh"

for daemon in snmpd snmptrapd; do
    ! (need_daemon $daemon) || need_daemon $daemon
done
! (need_base_mibs) || need_base_mibs
[ -z "${base_mibs-}" ] || export SMIPATH="$base_mibs"
keep_state_here
exec "$@"
