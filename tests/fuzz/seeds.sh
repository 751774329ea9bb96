#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Make the first inputs of the fuzzers from the fixtures: seeds.sh DIRECTORY
set -e
fixtures=$(cd "$(dirname "$0")/../fixtures" && pwd)
out=$1
files="net/snmp net/snmp6 net/netstat net/sockstat net/sockstat6 sys/net/ipv4/ipfrag_time net/sctp/snmp net/xfrm_stat
	net/tls_stat net/softnet_stat net/stat/nf_conntrack sys/net/netfilter/nf_conntrack_count
	sys/net/netfilter/nf_conntrack_max net/stat/arp_cache net/stat/ndisc_cache net/stat/rt_cache
	net/stat/synproxy"
mkdir -p "$out/fuzz_readers" "$out/fuzz_requests" "$out/fuzz_sources" "$out/fuzz_totals"

# The byte that picks the reader of a file.
pick() {
	case $1 in
	*/sctp/snmp) printf '\004' ;;
	*/snmp | */netstat) printf '\000' ;;
	*/net/stat/* | net/stat/*) printf '\006' ;;
	*/softnet_stat) printf '\007' ;;
	*/tls_stat) printf '\005' ;;
	*/snmp6 | */xfrm_stat) printf '\001' ;;
	*/sockstat*) printf '\002' ;;
	*) printf '\003' ;;
	esac
}

# All files of a proc root, 0xff behind each.
all_files() {
	for file in $files; do
		[ ! -e "$1/$file" ] || cat "$1/$file"
		printf '\377'
	done
}

# A processor that goes and comes back while its numbers wrap, and lines without its number.
cpu0='1 2 3 0 0 0 0 0 9 a b c 0'
cpu7='fffffff0 2 3 0 0 0 0 0 9 a b c 7'
printf "\\001$cpu0\\n$cpu7\\n\\377$cpu0\\n\\377$cpu0\\n1$cpu7\\n\\377" >"$out/fuzz_totals/processors"
printf '\000entries  drop\n9 fffffff0\n9 1\n\3779 1\n\377entries  drop\n9 2\n9 1\n\377' >"$out/fuzz_totals/names"

# Flags, then a context, and two ranges in either byte order.
range_big='\002\004\001\000\000\000\000\001\000\000\000\002\000\000\000\000'
range_little='\002\002\000\000\006\000\000\000\012\000\000\000\001\002\000\000\007\000\000\000'
printf "\\030\\000\\000\\000\\003abc\\000$range_big$range_big" >"$out/fuzz_requests/context"
printf "\\020$range_big$range_big" >"$out/fuzz_requests/big-endian"
printf "\\000$range_little$range_little" >"$out/fuzz_requests/little-endian"

before=
for root in "$fixtures"/[0-9]* "$fixtures"/quirk-*; do
	name=${root##*/}
	before=${before:-$root}
	for file in $files; do
		[ -e "$root/$file" ] && [ -e "$before/$file" ] || continue
		{ pick "$file"; cat "$before/$file"; printf '\377'; cat "$root/$file"; } \
			>"$out/fuzz_readers/$name-$(echo "$file" | tr / -)"
	done
	{ all_files "$before"; all_files "$root"; } >"$out/fuzz_sources/$name"
	{ printf '\001'; cat "$before/net/softnet_stat"; printf '\377'; cat "$root/net/softnet_stat"; } \
		>"$out/fuzz_totals/$name-softnet"
	{ printf '\000'; cat "$before/net/stat/rt_cache"; printf '\377'; cat "$root/net/stat/rt_cache"; } \
		>"$out/fuzz_totals/$name-rt_cache"
	before=$root
done
