#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Both modules are good MIBs to three compilers that know nothing of each other, at
# the default root and at another: libsmi, net-snmp and pysmi.
#
# smilint ends with 0 whatever it finds, even when it cannot find the base MIBs. So
# silence is asked of it, and of each compiler that it saw every object.

. "$(dirname "$0")/lib.sh"

own=LINUX-TCPEXT-MIB
caps=LINUX-TCPEXT-CAPS-MIB
base=$tmp/base
missing=

have() {
    command -v "$1" >/dev/null && return
    case "$missing " in
    *" $1 "*) ;;
    *) missing="$missing $1" ;;
    esac
    return 1
}

# A folder of ours as "make install" leaves it: what is on trial here is not to be found there.
make_installed() {
    mkdir "$tmp/installed"
    for module in $own $caps; do
        generate mib $module 1.3.6.1.4.1.32473.5 >"$tmp/installed/$module.txt"
    done
}

# expect COMPILER NAME-OID-LIST: from the root down it must hold what the text has.
expect() {
    $AWK -v root="$root" '$2 == root || index($2, root ".") == 1' "$2" |
        sort >"$tmp/seen"
    diff "$tmp/expected" "$tmp/seen" >"$tmp/diff" && return
    sed -n '1,20p' "$tmp/diff" >&2
    fail "$1 does not see at $root what the text defines"
}

silent() {
    test -s "$tmp/said" || return 0
    sed -n '1,20p' "$tmp/said" >&2
    fail "$1 complains (root $root)"
}

check_libsmi() {
    SMIPATH=$dir:$base smilint -l 6 -s "$dir/$own.txt" "$dir/$caps.txt" >"$tmp/said" 2>&1
    silent smilint
    for module in $own $caps; do
        SMIPATH=$dir:$base smidump -f identifiers "$dir/$module.txt"
    done >"$tmp/smidump" 2>"$tmp/said"
    silent smidump
    $AWK 'NF == 4 && $4 ~ /^[0-9.]+$/ { print $2, $4 }' "$tmp/smidump" >"$tmp/libsmi"
    expect libsmi "$tmp/libsmi"
}

# -Tz prints every node that net-snmp knows, as "name" "oid".
check_net_snmp() {
    SNMPCONFPATH=$tmp snmptranslate -M "$dir:$base" -m "$own:$caps" -Tz \
        >"$tmp/tz" 2>"$tmp/said" || :
    silent snmptranslate
    tr -d '"' <"$tmp/tz" | $AWK '{ print $1, $2 }' >"$tmp/netsnmp"
    expect net-snmp "$tmp/netsnmp"

    oid=$(SNMPCONFPATH=$tmp snmptranslate -M "$dir:$base" -m $own -On \
        $own::tcpExtListenOverflows.0 2>"$tmp/said") || :
    silent snmptranslate
    test "$oid" = ".$root.1.8.23.0" || fail "net-snmp has tcpExtListenOverflows.0 at $oid"
}

# Who works on the tree points MIBDIRS at it. net-snmp takes any file there for the module of its first line.
check_source_folder() {
    oid=$(SNMPCONFPATH=$tmp snmptranslate -M "$mibs:$base" -m "$own:$caps" -On \
        $own::tcpExtListenOverflows.0 2>"$tmp/said") || :
    silent "snmptranslate in mibs/"
    test "$oid" = ".$default_root.1.8.23.0" || fail "in mibs/, net-snmp has tcpExtListenOverflows.0 at $oid"
}

# Nothing is to come from the net: the "borrower" would fetch what fails to compile.
pysmi() {
    folder=$1
    shift
    mibdump --destination-format json --destination-directory "$folder" \
        --mib-borrower="file://$tmp" --mib-source="file://$dir" --mib-source="file://$base" \
        "$@" >"$tmp/said" 2>&1
}

# Debian 13 has a pysmi that fails at whatever it is given.
pysmi_works() {
    dir=$base
    mkdir "$tmp/pysmi-works"
    pysmi "$tmp/pysmi-works" SNMP-FRAMEWORK-MIB && test -s "$tmp/pysmi-works/SNMP-FRAMEWORK-MIB.json"
}

check_pysmi() {
    mkdir "$dir/json"
    pysmi "$dir/json" $own $caps || silent mibdump
    for module in $own $caps; do
        test -s "$dir/json/$module.json" || silent "mibdump ($module)"
    done
    $AWK -F '"' '
        $2 == "name" { name = $4 }
        $2 == "oid" { print name, $4 }
    ' "$dir/json/$own.json" "$dir/json/$caps.json" >"$tmp/pysmi"
    expect pysmi "$tmp/pysmi"
}

expect_objects() {
    {
        echo "linuxTcpExtMIB $root"
        list_oids "$dir/$own.txt" | $AWK -v root="$root" '{ print $2, root "." $1 }'
        echo "linuxTcpExtCapsMIB $root.3"
        echo "linuxTcpExtAgentV1 $root.3.1"
    } | sort >"$tmp/expected"
    test "$(wc -l <"$tmp/expected")" -gt 300 || fail "the text of $own has hardly any objects"
}

check_root() {
    root=$1
    dir=$tmp/$root
    mkdir "$dir"
    generate mib $own "$root" >"$dir/$own.txt"
    generate mib $caps "$root" >"$dir/$caps.txt"
    expect_objects
    if have smilint && have smidump; then check_libsmi; fi
    if have snmptranslate; then check_net_snmp; fi
    if have mibdump && test -z "$broken"; then check_pysmi; fi
}

make_installed
{ echo "$tmp/installed" && base_directories; } | collect_base
for module in $base_modules; do
    test -f "$base/$module" ||
        skip "no $module in the usual places: install erlang-snmp or snmp-mibs-downloader, and libsnmp-base"
done
broken=
! have mibdump || pysmi_works || broken="mibdump cannot compile SNMP-FRAMEWORK-MIB either: $(tail -n 1 "$tmp/said")"

check_root $default_root
if have snmptranslate; then check_source_folder; fi
check_root 1.3.6.1.4.1.32473
check_root 1.3.6.1.4.1.32473.7
check_root 1.3.6.1.4.1.32473.1.2.3.4

test -z "$missing" || skip "not installed:$missing"
test -z "$broken" || skip "$broken"
