#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# packages.sh PACKAGE...: installs managers for the tests beside it, where that can be done. A test says itself what it lacks.
#
# They are installed, not only unpacked as snmpd is: their libraries and modules are looked for where packages have them.
# But none of them starts, now or with the system. Nagios is unpacked: it would bring a mail server.

set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
. "$top/tests/lib/steps.sh"
. "$top/tests/lib/debian.sh"

policy=/usr/sbin/policy-rc.d # whoever installs a package asks it whether a daemon may start
before=

list_installed() {
    dpkg-query -W -f '${Package}\n' | sort
}

forbid_starts() {
    [ ! -e "$policy" ] || mv "$policy" "$policy.kept"
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
}

# Of what was not there before. Who has no systemctl now has nothing that would start them later.
disable_new() {
    have systemctl || return 0
    list_installed | comm -13 "$before" - | xargs -r dpkg -L |
        sed -nE 's#^(/usr)?/lib/systemd/system/([^/@]+\.(service|socket|timer))$#\2#p' |
        xargs -r systemctl --no-reload disable
}

allow_starts() {
    rm -f "$policy"
    [ ! -e "$policy.kept" ] || mv "$policy.kept" "$policy"
    disable_new >"$work/logs/managers-disable.log" 2>&1 || :
    rm -f "$before"
}

print_known() {
    for package; do
        ! apt-cache show "$package" >/dev/null 2>&1 || printf '%s ' "$package"
    done
}

install_known() {
    apt update
    # shellcheck disable=SC2046 # several words
    apt install --no-install-recommends $(print_known "$@")
}

if ! have dpkg-query || ! have apt-get; then
    say "No apt-get here: taking what there is of $*"
    exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
    say "Not installing $*: only root can run tests with them"
    exit 0
fi
have nagios4 || (borrow nagios4-core '' Nagios) || say 'Tests with Nagios are skipped'
missing=$(print_missing "$@")
[ -n "$missing" ] || exit 0
say "Missing packages: $missing"
mkdir -p "$work/logs"
before=$(mktemp)
list_installed >"$before"
trap allow_starts EXIT
trap 'exit 1' HUP INT TERM PIPE
forbid_starts
# shellcheck disable=SC2086 # several words
(step managers-install 'Installing them (apt-get install)' install_known $missing) ||
    say 'Tests of what is missing are skipped'
