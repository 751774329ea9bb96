#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The committed MIBs, the manual page, rows.json and the files for managers are what the rows say.

. "$(dirname "$0")/lib.sh"

# same COMMITTED NEW
same() {
    diff -u "$1" "$2" >"$tmp/diff" && return
    sed -n '1,40p' "$tmp/diff" >&2
    fail "${1#"$top/"} is not what its rows give; run \"make update-generated\" and commit the result"
}

for module in LINUX-TCPEXT-MIB LINUX-TCPEXT-CAPS-MIB; do
    generate mib $module $default_root >"$tmp/$module.txt"
    same "$mibs/$module.txt" "$tmp/$module.txt"
done

generate manual >"$tmp/tcpextd-counters.7"
same "$top/man/tcpextd-counters.7" "$tmp/tcpextd-counters.7"

generate json >"$tmp/rows.json"
same "$mibs/rows.json" "$tmp/rows.json"
python3 -m json.tool "$mibs/rows.json" /dev/null || fail "mibs/rows.json is no JSON"

python3 -B "$top/etc/generate/make.py" "$mibs/rows.json" "$tmp/etc"
find "$tmp/etc" -type f 2>/dev/null | while IFS= read -r made; do
    same "$top/etc/${made#"$tmp/etc/"}" "$made"
done
