#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Print what is made of the rows:
#
#   generate.sh mib MODULE [ROOT]    a MIB module; ROOT is the OID of linuxTcpExtMIB
#   generate.sh manual               tcpextd-counters(7)
#   generate.sh json                 rows.json
#
# AWK names the awk.

set -eu
here=$(dirname "$0")
program=$1
root=${3:-}
case $program in
mib) set -- "$here/templates/$2.txt.in" ;;
manual) set -- "$here/templates/manual.txt.in" ;;
*) set -- ;;
esac
# shellcheck disable=SC2086 # "busybox awk" is two words
LC_ALL=C exec ${AWK:-awk} -v root="$root" -v released="$here/released" -f "$here/rows.awk" -f "$here/$program.awk" \
    "$here/sources.def" "$here/counters.def" "$here/mib2.def" "$here/tables.def" "$here/health.def" "$@"
