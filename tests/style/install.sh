#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make install leaves an edited tcpextd.conf alone, make uninstall too, and otherwise nothing stays. All that is
# made for managers is installed. The unit has the user that configure was told, and its tmpfiles file opens
# snmpd's folder.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:?give the source tree}" && pwd)
build=$(cd "${top_builddir:?give the build folder}" && pwd)
make=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL DESTDIR

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
. "$top/tests/lib/is_so.sh"

# run TARGET: in the build folder, below a folder of ours.
run() {
    "$make" -C "$build" "$1" DESTDIR="$tmp/root" >"$tmp/said" 2>&1 ||
        { cat "$tmp/said" && exit 1; }
}

print_files() {
    find "$tmp/root" ! -type d
}

# --- tcpextd.conf --------------------------------------------------------------------------------

run install
conf=$(print_files | grep '/snmp/tcpextd\.conf$')
is_so 'the first install has tcpextd.conf' cmp "$top/etc/tcpextd.conf" "$conf"
run install
is_so 'a second one changes nothing' cmp "$top/etc/tcpextd.conf" "$conf"
is_so 'and puts nothing beside it' test ! -e "$conf.new"
echo 'refreshInterval 5' >"$conf"
run install
is_so 'an edited file is kept' grep -qx 'refreshInterval 5' "$conf"
is_so 'the new one is beside it' cmp "$top/etc/tcpextd.conf" "$conf.new"
is_so 'install says so' grep -qF "kept $conf" "$tmp/said"
run uninstall
is_so 'uninstall keeps the edited file, and nothing else' [ "$(print_files)" = "$conf" ]
rm "$conf"
ln -s nowhere "$conf"
run install
is_so 'a link is kept' test -h "$conf"
rm "$conf"
run install

# --- The files for managers ----------------------------------------------------------------------

if command -v python3 >/dev/null; then
    python3 -B "$top/etc/generate/make.py" "$top/mibs/rows.json" "$tmp/made"
    share=$(print_files | sed -n 's|/collectd/tcpextd\.conf$||p')
    is_so 'what is made for managers is installed, and what helps with it' diff -r -x add-host -x namespaces "$tmp/made" "$share"
    is_so 'the host of Zabbix can be added' test -x "$share/zabbix/add-host"
    is_so 'targets of Prometheus can be made' test -x "$share/prometheus/namespaces"
    is_so 'the traphandle can be executed' test -x "$share/snmptrapd/line"
fi

run uninstall
is_so 'nothing stays of a file as it was installed' [ -z "$(print_files)" ]

# --- The unit ------------------------------------------------------------------------------------

unit=$build/etc/tcpextd.service
is_so 'the unit bounds the memory' grep -q '^MemoryMax=' "$unit"
is_so 'the unit is filled in' is_not grep -Eq '@[a-z]+@' "$unit"
if [ -f "$top/config.status" ]; then
    echo 'not tried: --with-user, for the source tree itself is configured'
else
    mkdir "$tmp/build"
    root=
    ! command -v python3 >/dev/null || root=1.3.6.1.4.1.99999.1
    (cd "$tmp/build" && "$top/configure" CC="${CC:-cc}" --with-systemdsystemunitdir=/units --prefix=/usr \
        --with-user=snmp --with-group=agents ${root:+--with-mib-root=$root} >"$tmp/said" 2>&1) ||
        { tail "$tmp/said" && exit 1; }
    "$make" -C "$tmp/build" install-data DESTDIR="$tmp/root" >"$tmp/said" 2>&1 ||
        { cat "$tmp/said" && exit 1; }
    if [ -n "$root" ]; then
        is_so "managers are told of the MIB's place" grep -rqF "$root.1.2" "$tmp/root/usr/share/tcpextd/collectd"
        is_so 'and of no other' is_not grep -rqE '8072\\?\.9999' "$tmp/root/usr/share/tcpextd"
    fi
    is_so 'the unit has the user' grep -qx 'User=snmp' "$tmp/root/units/tcpextd.service"
    is_so 'and the group' grep -qx 'Group=agents' "$tmp/root/units/tcpextd.service"
    is_so 'the tmpfiles file comes with it' test -f "$tmp/root/usr/lib/tmpfiles.d/tcpextd.conf"
fi

# Each point that is still counted against it has its reason in the unit.
if ! systemd-analyze security --offline=yes --threshold=15 "$unit" >"$tmp/said" 2>&1 && ! grep -q 'Overall exposure' "$tmp/said"; then
    echo 'not tried: systemd-analyze, which is not here, or does not know --offline'
else
    is_so 'the exposure of the unit is at most 1.5' \
        systemd-analyze security --offline=yes --threshold=15 "$unit" >/dev/null 2>&1
    sed -n 's/^- \([^ ]*\) .*/\1/p' "$tmp/said" | sed 's/.*~//; s/[=/].*//' >"$tmp/points"
    is_so 'systemd-analyze counts something against it' [ -s "$tmp/points" ]
    while read -r point; do
        is_so "the unit says why: $point" grep -q "^#   $point " "$unit"
    done <"$tmp/points"
fi

# --- The folder of snmpd's socket ----------------------------------------------------------------

if ! command -v systemd-tmpfiles >/dev/null; then
    echo 'not tried: systemd-tmpfiles, which is not here'
elif [ "$(id -u)" -ne 0 ]; then
    echo 'not tried: systemd-tmpfiles, which needs root'
else
    mkdir -p "$tmp/root/var/agentx" "$tmp/root/usr/lib/tmpfiles.d"
    cp "$top/etc/tmpfiles.d/tcpextd.conf" "$tmp/root/usr/lib/tmpfiles.d"
    chmod 700 "$tmp/root/var/agentx"
    systemd-tmpfiles --root="$tmp/root" --create tcpextd.conf
    is_so 'a folder for root alone is opened' \
        [ "$(stat -c '%a %u' "$tmp/root/var/agentx")" = '755 0' ]
fi
exit $wrong
