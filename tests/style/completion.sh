#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Completion of bash for snmpnstat offers what the program has, where it belongs.

set -eu
export LC_ALL=C
top=$(cd "${top_srcdir:-$(dirname "$0")/../..}" && pwd)
client=${SNMPNSTAT:-$top/snmpnstat}
wrong=0

if ! command -v bash >/dev/null || ! [ -x "$client" ]; then
    echo 'needs bash, and snmpnstat'
    exit 77
fi

# complete WORD...: what is offered for the last word, on a line.
complete() {
    # shellcheck disable=SC2016 # bash expands it
    bash -c '. "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _snmpnstat "$1"; echo "${COMPREPLY[*]}"' \
        bash "$top/etc/bash-completion/snmpnstat" "$client" "$@"
}

# offers WANTED WORD...
offers() {
    wanted=$1
    shift
    found=$(complete "$@")
    if [ "$found" != "$wanted" ]; then
        echo "FAIL: $*: offered is '$found', not '$wanted'"
        wrong=1
    fi
}

offers '--zeros' --z
offers '--explain' host --ex
offers '--namespaces' host --na
offers 'TcpExtListenOverflows TcpExtListenDrops' host TcpExtListen
offers 'TcpExtListenDrops' -v2c -c public -a SHA host TcpInSegs TcpExtListenD
offers 'TcpExtListenDrops' --explain TcpExtListenD
offers '' -c TcpExtListenD
offers 'TcpExtListenDrops' -a host TcpExtListenD
offers 'TcpExtListenDrops' --watch 10.0.0.1 TcpExtListenD
offers 'TcpExtListenDrops' --watch 0.5 10.0.0.1 TcpExtListenD
offers "$top/README" -f "$top/READM"
offers '--health' -f HOSTS --hea
offers '' -v 2c -u user host NoSuch
case $(complete '-') in
*-a*--ignore*-h*) ;;
*) echo "FAIL: '-' offers $(complete '-')" && wrong=1 ;;
esac
echo 'tried: completion'
exit $wrong
