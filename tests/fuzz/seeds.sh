#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Make the first inputs of each fuzzer from the fixtures, and copy its corpus: seeds.sh DIRECTORY
set -e
here=$(cd "$(dirname "$0")" && pwd)
fixtures=$here/../fixtures
out=$1
files="net/snmp net/snmp6 net/netstat net/sockstat net/sockstat6 sys/net/ipv4/ipfrag_time net/sctp/snmp net/xfrm_stat
	net/tls_stat net/softnet_stat net/stat/nf_conntrack sys/net/netfilter/nf_conntrack_count
	sys/net/netfilter/nf_conntrack_max net/stat/arp_cache net/stat/ndisc_cache net/stat/rt_cache
	net/stat/synproxy"
. "$here/names.sh"
for name in $(FUZZERS='' print_fuzzers "$here"); do
	mkdir -p "$out/$name"
	[ ! -d "$here/corpus/$name" ] || cp "$here/corpus/$name"/* "$out/$name"
done

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

printf '#snmpnstat 1\nTcpInSegs 5\nIcmpMsgInType3 18446744073709551615\n' >"$out/history/good"
printf '#snmpnstat 1\nTcpInSegs 18446744073709551616\n' >"$out/history/great"
printf '#snmpnstat 1\nTcpInSegs 5\nTcpInSegs 5\n' >"$out/history/twice"

printf '\0# all\n192.0.2.1\nudp6:[2001:db8::1]:161 own # why\r\n[::1\ntcp:a:1\n' >"$out/hosts/file"
printf '\1\0\102\1\7\102\1\2\4\5\033[2Jx\2\1\3\102\2\020\047' >"$out/hosts/crossed"
printf '\1\0\102\1\7\201\0\201\0\201\0\102\2\020\047' >"$out/hosts/limit"
printf '\1\0\200\0' >"$out/hosts/absent"
printf '\1\201' >"$out/hosts/error"

printf '\0001.5K' >"$out/words/size"
printf '\0001.5h' >"$out/words/time"
printf '\001a\\b\303\244\300\200\355\240\200\360\237\230\200\200x' >"$out/words/escape"
printf '\002 tcp:localhost:705, unix:/run/x ,,/var/agentx/master,[::1]:705' >"$out/words/addresses"
printf '\003SNMPv2-SMI::enterprises.8072.1' >"$out/words/oid"
printf '\003.1.3.6.1.4294967295.' >"$out/words/numbers"

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
{
	printf 'systemd\n\3770::/system.slice/docker-%s.scope\n\377' $id
	printf '1 (a) b) S 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 12345 1 2\n'
} >"$out/cgroups/docker"
printf 'nginx\n\37712:cpu,cpuacct:/kubepods/pod12/%s\n1:name=systemd:/user.slice/x.service\n0::/\n\3777 (nginx) S\n' \
	$id >"$out/cgroups/version1"
printf 'x\n\377:/a.mount\n:/b\n' >"$out/cgroups/mount"
printf '/machine.slice/machine-a\\x2db\\x00.scope/payload/system.slice/x.service' >"$out/cgroups/machine"
printf '/lxc.payload.web/libpod-%s/cri-containerd-%s.scope/x' $id $id >"$out/cgroups/lxc"
for path in docker/$id x/libpod-$id a/systemd-nspawn@b.service/c system.slice/nerdctl-$id.scope x/crio-$id.scope; do
	printf '/%s' "$path" >"$out/cgroups/$(echo "$path" | tr -d /)"
done

# All directives, and thresholds of each kind.
cat >"$out/config/values" <<-'EOF'
	0refreshInterval 0.25
	maxAge 7.5
	rateTime 90
	healthWindow 30.5
	register tcp, udp
	register ip none
	tableInterval 2.000000001
	tableIdle 86400
	tableTimeout .5
	maxRows 100
	ignoreInterface veth* docker0
	namespace a b*
	namespacePid sshd /system.slice/*
	namespaceLimit 7
	source net/xfrm_stat off
	source net/snmp ON
	registerPriority 42
	notificationLimit 0
	agentXSocket tcp:localhost:705
	agentXPingInterval 100
	agentXTimeout 3
	agentXRetries 4
EOF
cat >"$out/config/thresholds" <<-'EOF'
	0threshold defaults
	no threshold drops
	threshold a TcpExtListenDrops rate > 1.5 for 2m clear 1 for 90 every 1h severity critical
	threshold b TcpCurrEstab value >10K
	threshold c SockstatTcpMem percent > 80.25 clear 70
	threshold d IpInReceives growth < 20.123456789G severity info
	threshold e tcpListenerQueue percent > 90
	threshold f TcpFoo rate > 0.001
	THRESHOLD b udpSocketDrops rate > 1 every 30
EOF
sed '/^no/d; /percent > 90/d' "$out/config/thresholds" >"$out/config/good"
printf '0refreshInterval 0\n' >"$out/config/less"
printf '0maxAge 0.1\n' >"$out/config/young"
printf '0agentXRetries 101\n' >"$out/config/more"
printf '1rocommunity public\nsysContact me\nview v included .1\ntrapsink host\ncreateUser u SHA "a b c d" AES\n' \
	>"$out/config/access"
printf '0refreshInterval 1e3\nagentXTimeout 5\nthreshold x y\nno threshold\nfoo\nsource x\nmaxRows 1.5\n' \
	>"$out/config/wrong"

cat >"$out/snmpdconf/all" <<-'EOF'
	# comment
	master agentx
	agentXSocket /run/agentx,tcp:localhost:705
	agentXPerms 0660 0755 root snmp
	agentaddress  127.0.0.1,[::1]
	agentaddress udp:162
	view systemonly included .1.3.6.1.2.1.1
	view systemonly excluded system.sysUpTime ff:a0
	rocommunity public default -V systemonly
	rocommunity6 public default .1.3.6.1 context
	rouser -s tsm someone authpriv -V systemonly ctx*
	rwuser admin noauth
	com2sec -Cn one notConfig default "pub lic"
	com2sec6 six ::/0 six
	com2secunix local /run/x local
	group all v2c notConfig
	group all usm someone
	group all any six
	access all "" any noauth exact _all_ none none
	access all o any noauth prefix systemonly none none
	setaccess all "" any noauth exact read systemonly
	authaccess read,write all -s usm systemonly auth *
	authcommunity read,log secret 10.0.0.0/8
	authuser net,read -s tsm someone priv
	createUser -e 0x8000 u MD5 "a b c d e f" DES
	trapsink host public
	informsink host
	trapsess -v2c -Ci -c public host
	trap2sink host
	[other] master no
	[snmpd] master yes
	[tcpextd]
	rocommunity elsewhere
EOF
printf 'trapsink a\ncreateUser u\nagentXSocket /x\ncreateuser v MD5 12345678\nINFORMSINK b\n' >"$out/snmpdconf/plain"
printf 'includeDir /nowhere\nincludeFile given\nincludeSearch x\nmaster 2\nview a b c\nview a included x.y 1.2.q\n' \
	>"$out/snmpdconf/wrong"

# A processor that goes and comes back while its numbers wrap, and lines without its number.
cpu0='1 2 3 0 0 0 0 0 9 a b c 0'
cpu7='fffffff0 2 3 0 0 0 0 0 9 a b c 7'
printf "\\001$cpu0\\n$cpu7\\n\\377$cpu0\\n\\377$cpu0\\n1$cpu7\\n\\377" >"$out/totals/processors"
printf '\000entries  drop\n9 fffffff0\n9 1\n\3779 1\n\377entries  drop\n9 2\n9 1\n\377' >"$out/totals/names"

# Texts as no kernel prints them, behind one that is whole: readers 6, 7, 4 and 5.
hostile() {
	reader=$1
	whole=$2
	shift 2
	for text; do
		count=$((count + 1))
		printf "\\00$reader$whole\\377$text" >"$out/readers/hostile-$count"
		[ "$reader" -lt 6 ] ||
			printf "\\00$((reader - 6))$whole\\377$text\\377$whole\\377" >"$out/totals/hostile-$count"
	done
}
count=0
hostile 6 'entries  drop new\n9 1 2\n9 3 4\n' '' 'entries  drop new\n' 'entries  drop new' '\n9 1 2\n' \
	'entries  drop new\n9 1\n9 3\n' 'entries  drop new\n9 1 2 5\n9 3 4 6\n' 'entries  drop new\n9 1 2\n9 3\n' \
	'entries  drop\n9 1 2\n' 'new drop  entries\n2 1 9\n4 3 9\n' 'entries  drop drop\n9 1 2\n' \
	'entries  drop new\n9 g 2\n' 'entries  drop new\n9 0x1 2\n' 'entries  drop new\n9 -1 2\n' \
	'entries  drop new\n9 A FFFFFFFF\n' 'entries\t\tdrop \tnew \n 9\t1   2 \t\n' 'entries  drop new\n9 1 2' \
	'entries  drop new\n9 10000000000000000 2\n' '9 1 2\n9 3 4\n' 'entries  drop new\n9 1 2\n\n'
hostile 7 "$cpu0\\n$cpu7\\n" '' '\n' "$cpu0\\n$cpu0\\n" "$cpu7\\n$cpu0\\n" "$cpu0\\n${cpu0}fffffff\\n" \
	"$cpu0 1 2 3\\n" "$cpu0\\n1 2 3\\n" "$cpu0\\n$cpu7 1\\n" '1 2 3 0 0 0 0 0 9 a b c\n' '1 2 3 0 0 0 0 0 9 a b c 0 1\n' \
	'1 G 3\n' '1 -2 3\n' '1 FFFFFFFF A\n' ' 1\t\t2  3 \n' "$cpu0" 'entries  drop\n1 2\n'
hostile 4 'SctpCurrEstab\t3\nSctpAborteds\t4\n' '' 'SctpCurrEstab\t-1\n' 'SctpAborteds\t-1\n' 'SctpCurrEstab\n' \
	'SctpCurrEstab\tff\n' 'SctpCurrEstab\t3 4\n' 'SctpCurrEstab\t3' 'SctpCurrEstab\t3\nSctpCurrEstab\t3\n' \
	'SctpAborteds  \t 4\nSctpCurrEstab 3\n'
hostile 5 'TlsCurrTxSw\t3\nTlsTxSw\t4\n' '' 'TlsCurrTxSw\t18446744073709551615\n' 'TlsCurrTxSw\t4294967295\n' \
	'TlsTxSw\t18446744073709551616\n' 'TlsCurrTxSw\n' 'TlsTxSw\tFF\n' 'TlsTxSw\t4 5\n' 'TlsTxSw\t4' \
	'TlsTxSw\t4\nTlsTxSw\t4\n' 'TlsTxSw  \t 4\nTlsCurrTxSw 3\n'

# Flags, then a context, and two ranges in either byte order.
range_big='\002\004\001\000\000\000\000\001\000\000\000\002\000\000\000\000'
range_little='\002\002\000\000\006\000\000\000\012\000\000\000\001\002\000\000\007\000\000\000'
printf "\\030\\000\\000\\000\\003abc\\000$range_big$range_big" >"$out/requests/context"
printf "\\020$range_big$range_big" >"$out/requests/big-endian"
printf "\\000$range_little$range_little" >"$out/requests/little-endian"

"${PYTHON:-python3}" -B "$here/requests.py" "$out/master"
"${PYTHON:-python3}" -B "$here/answers.py" "$out"

title='  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
rest='00:00000000 00000000     0        0'
any6=00000000000000000000000000000000
local6=0000000000000000FFFF00000100007F
{
	printf "$title   0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 $rest 123 1 00 100 0 0 10 0\n"
	printf "   1: 0100007F:1F90 0200007F:1F91 01 00000004:00000005 $rest 124 1 00\n\377"
	printf "$title   0: $any6:1F90 $any6:0000 0A 00000000:00000001 $rest 123\n"
	printf "   1: $local6:1F90 $local6:1F91 01 00000000:00000000 00:00000000\n\377"
	printf "$title    7: 00000000:0035 00000000:0000 07 00000000:00000000 $rest 12345 2 0000000000000000 47\n"
	printf "    8: 00000000:0035 00000000:0000 07 00000000:00000000 $rest 12346 2 0000000000000000 -5   \n\377"
	printf "$title    7: $any6:0035 $any6:0000 07 00000000:00000000 $rest 12345 2 0000000000000000 0\n"
} >"$out/sockets_proc/four"

printf '\005100\t200\t300\n' >"$out/formats/limits"
printf '\005-1 2 3\n' >"$out/formats/negative"
before=
for root in "$fixtures"/[0-9]* "$fixtures"/quirk-*; do
	name=${root##*/}
	before=${before:-$root}
	for file in $files; do
		[ -e "$root/$file" ] && [ -e "$before/$file" ] || continue
		{ pick "$file"; cat "$before/$file"; printf '\377'; cat "$root/$file"; } \
			>"$out/readers/$name-$(echo "$file" | tr / -)"
	done
	[ "$name" != 7.3 ] || {
		{ printf '\000'; head -n 4 "$root/net/snmp"; } >"$out/formats/columns"
		{ printf '\001'; head -n 9 "$root/net/snmp6"; } >"$out/formats/pairs"
		{ printf '\002'; cat "$root/net/sockstat"; } >"$out/formats/labels"
		{ printf '\003'; cat "$root/sys/net/ipv4/ipfrag_time"; } >"$out/formats/number"
		{ printf '\004'; cat "$root/net/softnet_stat"; } >"$out/formats/cpus"
	}
	{ all_files "$before"; all_files "$root"; } >"$out/sources/$name"
	{ printf '\001'; cat "$before/net/softnet_stat"; printf '\377'; cat "$root/net/softnet_stat"; } \
		>"$out/totals/$name-softnet"
	{ printf '\000'; cat "$before/net/stat/rt_cache"; printf '\377'; cat "$root/net/stat/rt_cache"; } \
		>"$out/totals/$name-rt_cache"
	[ ! -e "$root/net/snmp6" ] || {
		printf 'ifIndex\t7\n'; cat "$root/net/snmp6"; printf '\377ifIndex\t7\n\377ifIndex\t1\n'
		cat "$root/net/snmp6"; printf 'Ip6InReceives\t1\n\377Ip6InReceives 1\n\377'
	} >"$out/interfaces/$name"
	before=$root
done
