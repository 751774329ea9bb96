# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What ./demo, ./check and .ci/run need on a Debian that has nothing. Read after steps.sh.
#
# Tools and libraries are installed with apt-get. snmpd, snmptrapd and the base MIBs are not: their
# packages are only unpacked, below build/borrowed. Installing snmpd would start it, make a user and
# write to /etc, and installing erlang-snmp would bring all of Erlang for a few text files.

borrowed=$work/borrowed

BUILD_PACKAGES='gcc libc6-dev make autoconf automake libtool pkg-config libsnmp-dev libmnl-dev'

# Superusers' programs are not on everybody's path.
PATH=$PATH:/usr/sbin:/sbin
export PATH

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

print_missing() {
    for package; do
        is_installed "$package" || printf '%s ' "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    else
        sudo -n "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null
}

apt() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"
}

# need_packages PACKAGE...: installs those that are missing.
need_packages() {
    if ! have dpkg-query || ! have apt-get; then
        say "No apt-get here: taking for granted what Debian has in these packages: $*"
        return
    fi
    missing=$(print_missing "$@")
    [ -n "$missing" ] || return 0
    can_be_root ||
        fail "as root run 'apt-get install ${missing% }' first: this needs it, and sudo would ask"
    say "Missing packages: $missing"
    step apt-update 'Asking what there is (apt-get update)' apt update
    # shellcheck disable=SC2086 # several words
    step apt-install 'Installing them (apt-get install)' \
        apt install --no-install-recommends $missing
}

# A package's own version is asked for where a library of the same source is installed already.
download() {
    version=$(dpkg-query -W -f '${Version}' "$2" 2>/dev/null) || version=
    apt-get -q download "$1${version:+=$version}" || apt-get -q download "$1"
}

unpack() {
    rm -rf "${borrowed:?}/$1"* &&
        mkdir -p "$borrowed" &&
        cd "$borrowed" &&
        { download "$1" "$2" || { apt update && download "$1" "$2"; }; } &&
        dpkg -x "$1"_*.deb "$1.new" &&
        mv "$1.new" "$1" &&
        rm -f "$1"_*.deb
}

# borrow PACKAGE SIBLING WHAT: unpacks a package, without installing it.
borrow() {
    have apt-get || fail "$3 is missing: install it (Debian has it in the package $1)"
    [ -d "$borrowed/$1" ] ||
        step "borrow-$1" "Fetching $3 (the package $1, unpacked, not installed)" unpack "$1" "$2"
}

# need_daemon NAME: puts snmpd or snmptrapd on the path.
need_daemon() {
    have "$1" && return
    borrow "$1" libsnmp40 "$1"
    PATH=$borrowed/$1/usr/sbin:$PATH
    have "$1" || fail "the package $1 holds no $1"
}

# Sets base_mibs: where SNMPv2-SMI, RFC1213-MIB and their kin are, for MIBDIRS and SMIPATH.
need_base_mibs() {
    set -- /usr/lib/erlang/lib/snmp-*/mibs
    if [ ! -f "$1/RFC1213-MIB.mib" ]; then
        borrow erlang-snmp '' 'the base MIBs'
        set -- "$borrowed"/erlang-snmp/usr/lib/erlang/lib/snmp-*/mibs
    fi
    [ -f "$1/RFC1213-MIB.mib" ] || fail "the package erlang-snmp holds no RFC1213-MIB"
    base_mibs=$1:$1/v1:/usr/share/snmp/mibs
}

# The tools of net-snmp keep some state, by default in /var/lib/snmp. They say so when they make the
# folder, which a test may take for a complaint.
keep_state_here() {
    mkdir -p "$work/persist/cert_indexes"
    export SNMP_PERSISTENT_DIR="$work/persist"
}
