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

# generate_mib MODULE ROOT: print the module as the rows have it now.
generate_mib() {
    $AWK -v root="$2" -f "$mibs/rows.awk" -f "$mibs/mib.awk" \
        "$mibs/counters.def" "$mibs/snapshot.def" "$mibs/templates/$1.txt.in"
}

generate_manual() {
    $AWK -f "$mibs/rows.awk" -f "$mibs/manual.awk" \
        "$mibs/mib2.def" "$mibs/counters.def" "$mibs/snapshot.def" "$mibs/templates/manual.txt.in"
}

# list_oids MIB: print OID below the root, descriptor, syntax of all it defines.
list_oids() {
    $AWK -f "$top/tests/mib/oids.awk" "$1"
}
