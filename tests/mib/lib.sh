# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of this folder share; read by them with the dot command.
#
# Sets top, the source tree; AWK; and tmp, a directory that goes with the test.

set -eu
LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/../.." && pwd)
mibs=$top/mibs
AWK=${AWK:-awk}
export AWK
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# The net-snmp tools make folders for certificates, and say so where the output is to be empty.
export SNMP_PERSISTENT_DIR="$tmp/persist"
mkdir -p "$tmp/persist/cert_indexes"

default_root=1.3.6.1.4.1.8072.9999.9999.1213

fail() {
    echo "FAIL: $*" >&2
    exit 1
}

skip() {
    echo "SKIP: $*"
    exit 77
}

# generate PROGRAM ...: print what mibs/generate.sh makes of the rows as they are now.
generate() {
    "$mibs/generate.sh" "$@"
}

# list_oids MIB: print OID below the root, descriptor, syntax of all it defines.
list_oids() {
    $AWK -f "$top/tests/mib/oids.awk" "$1"
}

# Those that ours import from.
# shellcheck disable=SC2034 # for who reads this
base_modules="SNMPv2-SMI SNMPv2-TC SNMPv2-CONF SNMP-FRAMEWORK-MIB INET-ADDRESS-MIB NET-SNMP-MIB"

# Where systems and people keep base MIBs.
base_directories() {
    echo "${SMIPATH:-}:${MIBDIRS:-}" | tr ':' '\n' | sed 's/^+//'
    printf '%s\n' /usr/share/snmp/mibs /usr/local/share/snmp/mibs \
        /usr/share/snmp/mibs/ietf /usr/share/snmp/mibs/iana \
        /var/lib/mibs/ietf /var/lib/mibs/iana \
        /usr/share/mibs/ietf /usr/share/mibs/iana \
        /usr/lib/erlang/lib/snmp-*/mibs /usr/lib/erlang/lib/snmp-*/mibs/v1
}

# collect_base: of the folders in standard input, tmp/base, which has each base module once, under its name, and none of ours.
collect_base() {
    mkdir "$tmp/base"
    while read -r directory; do
        for file in "$(cd "${directory:-/none}" 2>/dev/null && pwd)"/*; do
            module=${file##*/}
            module=${module%.*}
            case $module in
            LINUX-TCPEXT-*) ;;
            *) test -e "$tmp/base/$module" || test ! -f "$file" || ln -s "$file" "$tmp/base/$module" ;;
            esac
        done
    done
}
