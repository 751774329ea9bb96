#!/bin/sh
# The committed MIBs and the manual page are what the rows say.

. "$(dirname "$0")/lib.sh"

# same COMMITTED NEW
same() {
    diff -u "$1" "$2" >"$tmp/diff" && return
    sed -n '1,40p' "$tmp/diff" >&2
    fail "${1#"$top/"} is not what its rows give; run \"make update-generated\" and commit the result"
}

for module in LINUX-TCPEXT-MIB LINUX-TCPEXT-CAPS-MIB; do
    generate_mib $module $default_root >"$tmp/$module.txt"
    same "$mibs/$module.txt" "$tmp/$module.txt"
done

generate_manual >"$tmp/tcpextd-counters.7"
same "$top/man/tcpextd-counters.7" "$tmp/tcpextd-counters.7"
