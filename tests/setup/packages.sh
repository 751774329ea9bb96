#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What becomes of a system that the packages are on. Run by `run --packages' in the system that it has booted:
#
#   before      notes what is there, before they are installed
#   after       when README's lines have set them up: the agent has its own user, and no file of snmpd's has changed.
#               Purge leaves nothing but the administrator's own file. An upgrade, and a removal, keep the
#               configuration. lintian is content with them and with their source, and autopkgtest passes.

set -eu
export LC_ALL=C
debs=/root
. "$(dirname "$0")/../lib/is_so.sh"

apt() {
    apt-get -q -y -o Dpkg::Options::=--force-confold "$@" >/root/said 2>&1 </dev/null || { cat /root/said && exit 1; }
}

# Every name but those of /usr/local, and what is in the files of /etc. Copies of the users' files of before a change end in '-'.
print_state() {
    find / -xdev \( -path /root -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /usr/local \) -prune -o -print | sort
    find /etc -type f ! -name '*-' ! -name ld.so.cache -exec md5sum {} + | sort
}

# leaves_nothing: compares with what was there, without the lines for snmpd, which are the administrator's.
leaves_nothing() {
    rm -rf /etc/snmp/snmpd.conf*
    cp -Rp /root/snmpd.conf* /etc/snmp
    print_state | diff /root/state.before - >/root/said || { cat /root/said && return 1; }
}

# build_older: packages of the tree that is in /root/older, with today's debian/ and a lower version.
build_older() {
    rm -rf /root/older/tcpextd/debian
    cp -R /root/debian /root/older/tcpextd
    cd /root/older/tcpextd
    sed -i '1s/(.*)/(0.9-1)/' debian/changelog
    DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -b -us -uc
}

# lower_version: with no such tree, the agent's package is the older one, too.
lower_version() {
    mkdir /root/older
    dpkg-deb -R "$debs"/tcpextd_*.deb /root/older/tcpextd
    sed -i 's/^Version: .*/Version: 0.9-1/' /root/older/tcpextd/DEBIAN/control
    dpkg-deb -b /root/older/tcpextd /root/older/tcpextd_0.9-1.deb
}

make_older() {
    if [ -d /root/older ]; then (build_older); else lower_version; fi >/root/said 2>&1 || { tail -n 40 /root/said && exit 1; }
}

version() {
    dpkg-query -W -f '${Version}' tcpextd
}

agent_user() {
    pid=$(systemctl show -p MainPID --value tcpextd)
    [ "$pid" -gt 0 ] && ps -o user= -p "$pid" | tr -d ' '
}

snmpd_unchanged() {
    [ -z "$(dpkg -V snmpd libsnmp-base)" ]
}

# serves OBJECT VALUE: what snmpd has of the agent, once that is connected.
serves() {
    tries=0
    until snmpget -Oqv -v2c -c public localhost ".1.3.6.1.4.1.8072.9999.9999.1213.$1" 2>&1 | grep -qx "$2"; do
        tries=$((tries + 1))
        [ "$tries" -lt 60 ] || return 1
        sleep 0.5
    done
}

# doctor_names: what is missing before the set-up, each line of the example.
doctor_names() {
    tcpextd --doctor >/root/said || :
    grep -E '^(agentXPerms|view) ' "$1" | while read -r line; do
        grep -qF "$line" /root/said || { echo "the doctor does not say: $line" && cat /root/said && return 1; }
    done
}

look_at_first_installation() {
    is_so 'the agent has a user of its own' [ "$(agent_user)" = tcpextd ]
    is_so "which is in snmpd's group" sh -c 'id -nG tcpextd | grep -qw Debian-snmp'
    apt purge tcpextd tcpextd-mibs snmpnstat
    is_so 'purge leaves nothing' leaves_nothing
    systemctl restart snmpd
}

look_at_upgrade() {
    make_older
    apt install /root/older/tcpextd_*.deb "$debs"/tcpextd-mibs_*.deb "$debs"/snmpnstat_*.deb
    is_so 'the older one is there' [ "$(version)" = 0.9-1 ]
    is_so 'no file of snmpd has changed' snmpd_unchanged
    is_so 'before the set-up the doctor names each line' doctor_names /usr/share/doc/tcpextd/examples/tcpextd.conf
    echo 'refreshInterval 5' >>/etc/snmp/tcpextd.conf
    apt install "$debs"/tcpextd_*.deb
    is_so 'it is upgraded' [ "$(version)" != 0.9-1 ]
    debian/tests/serve
    is_so 'with the configuration that was edited' serves "$interval" 5000
}

look_at_removal() {
    apt remove tcpextd
    is_so 'no agent is left by a removal' is_not agent_user
    is_so 'snmpd serves on without it' sh -c 'snmpget -v2c -c public localhost .1.3.6.1.2.1.6.5.0 | grep -q Counter32'
    is_so 'a removal keeps the configuration' grep -qx 'refreshInterval 5' /etc/snmp/tcpextd.conf
    apt install "$debs"/tcpextd_*.deb
    is_so 'which the next installation has' serves "$interval" 5000
    apt purge tcpextd tcpextd-mibs snmpnstat
    is_so 'and purge takes it away, and all else' leaves_nothing
}

# make_source: the source packages, of what `make dist' has made and of debian/.
make_source() {
    make dist
    mkdir /root/source
    mv tcpextd-*.tar.xz /root/source
    cd /root/source
    tar xf tcpextd-*.tar.xz
    for tarball in tcpextd-*.tar.xz; do
        folder=${tarball%.tar.xz}
        mv "$tarball" "tcpextd_${folder#tcpextd-}.orig.tar.xz"
    done
    cp -R /root/debian "$folder"
    cd "$folder"
    dpkg-buildpackage -S -us -uc
}

look_with_lintian() {
    apt install --no-install-recommends lintian
    is_so 'there is a source package' make_source
    is_so 'lintian is content with the packages' lintian --allow-root --fail-on error,warning "$debs"/*.changes
    is_so 'and with their source' lintian --allow-root --fail-on error,warning /root/source/*.changes
}

# It is in a container, whatever autopkgtest can tell of that.
look_with_autopkgtest() {
    apt install --no-install-recommends autopkgtest
    is_so 'autopkgtest passes' autopkgtest --ignore-restrictions=isolation-container "$debs"/*.deb /root/source/tcpextd_*.dsc -- null
}

case $1 in
before)
    apt install --no-install-recommends adduser # on which ours depend; sid's base has it no more, and purge leaves it
    cp -Rp /etc/snmp/snmpd.conf* /root
    print_state >/root/state.before
    ;;
after)
    interval=1.1.4.0 # snapshotInterval
    look_at_first_installation
    look_at_upgrade
    look_at_removal
    look_with_lintian
    look_with_autopkgtest
    exit $wrong
    ;;
esac
