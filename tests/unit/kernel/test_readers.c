/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The formats: what each text gives, and why a text that is not whole and consistent is
 * refused.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/reader.h"
#include "tests/unit/reading.h"

#define TEXT(text)    text, sizeof(text) - 1
#define GIVES(values) values, NULL
#define FAULT(cause)  NULL, cause

static const struct row {
	tcx_reader *reader;
	const char *text;
	size_t len;
	const char *gives; /* as reading_text() writes it */
	const char *fault; /* the whole cause */
} rows[] = {
	/* columns: what the kernel prints */
	{tcx_read_columns, TEXT("Ip: Forwarding DefaultTTL\nIp: 1 64\n"),
	 GIVES("IpForwarding=1 IpDefaultTTL=64")},
	{tcx_read_columns, TEXT("Tcp: MaxConn InSegs\nTcp: -1 5\nUdp: NoPorts\nUdp: 3\n"),
	 GIVES("TcpMaxConn=-1 TcpInSegs=5 UdpNoPorts=3")},
	{tcx_read_columns, TEXT("Ip:\tForwarding  DefaultTTL \nIp: 1\t\t64 \n"),
	 GIVES("IpForwarding=1 IpDefaultTTL=64")},
	{tcx_read_columns, TEXT("IcmpMsg: InType3\nIcmpMsg: 1\nIcmpMsg: OutType3\nIcmpMsg: 2\n"),
	 GIVES("IcmpMsgInType3=1 IcmpMsgOutType3=2")},
	{tcx_read_columns, TEXT("Ip:\nIp:\n"), GIVES("")},
	{tcx_read_columns, TEXT("New: A_b-c.d2\nNew: -7\n"), GIVES("NewA_b-c.d2=-7")},
	{tcx_read_columns, TEXT("Ip: InReceives\nIp: 18446744073709551615\n"),
	 GIVES("IpInReceives=-1")},
	{tcx_read_columns, TEXT("Ip: Forwarding\nIp: 007\n"), GIVES("IpForwarding=7")},
	{tcx_read_columns, TEXT("Ip: A B A\nIp: 1 2 3\n"), GIVES("IpB=2")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\nIp: A\nIp: 2\n"), GIVES("")},
	{tcx_read_columns, TEXT("M: A B\nM: 10 0"), GIVES("MA=10 MB=0")},

	/* columns: names and values that do not fit each other */
	{tcx_read_columns, TEXT("Ip: A B\nIp: 1\n"), FAULT("Ip: it has fewer values than names")},
	{tcx_read_columns, TEXT("Ip: A B\nIp:\n"), FAULT("Ip: it has fewer values than names")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1 2\n"), FAULT("Ip: it has more values than names")},
	{tcx_read_columns, TEXT("Ip:\nIp: 1\n"), FAULT("Ip: it has more values than names")},
	{tcx_read_columns, TEXT("Ip: A\n"), FAULT("Ip: the names have no values")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\nTcp: B\n"), FAULT("Tcp: the names have no values")},
	{tcx_read_columns, TEXT("Ip: A\nTcp: B\nIp: 1\nTcp: 2\n"),
	 FAULT("Ip: the line of names is not followed by its values")},
	{tcx_read_columns, TEXT("Ip: A\nIpx: 1\n"),
	 FAULT("Ip: the line of names is not followed by its values")},
	{tcx_read_columns, TEXT("Ip: 1 2\n"), FAULT("Ip: the names have no values")},
	{tcx_read_columns, TEXT("Ip: 1 2\nIp: 1 2\n"),
	 FAULT("Ip: a name is expected where none begins")},
	{tcx_read_columns, TEXT("Ip: A\nIp: B\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},

	/* columns: lines that are none */
	{tcx_read_columns, TEXT(""), FAULT("it is empty")},
	{tcx_read_columns, TEXT("\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\n\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT("Ip A\nIp 1\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT("Ip\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT(": A\n: 1\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT(" Ip: A\n Ip: 1\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT("Ip: A\n1 2\n"),
	 FAULT("Ip: the line of names is not followed by its values")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\nTcp: B\nTcp: 2"),
	 FAULT("it ends in the middle of a line")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 10"), FAULT("it ends in the middle of a line")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\nTc"), FAULT("it ends in the middle of a line")},
	{tcx_read_columns, TEXT("0"), FAULT("it ends in the middle of a line")},

	/* columns: characters that have no place there */
	{tcx_read_columns, TEXT("Ip: A\r\nIp: 1\r\n"),
	 FAULT("Ip: a name that begins with 'A' holds a wrong character")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\r\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A\0B\nIp: 1\n"),
	 FAULT("Ip: a name that begins with 'A' holds a wrong character")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1\0\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("\0Ip: A\nIp: 1\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_columns, TEXT("Ip: A,B\nIp: 1\n"),
	 FAULT("Ip: a name that begins with 'A' holds a wrong character")},
	{tcx_read_columns, TEXT("Ip: \xc3\xa9\nIp: 1\n"),
	 FAULT("Ip: a name is expected where none begins")},
	{tcx_read_columns, TEXT("Ip: A:\nIp: 1\n"),
	 FAULT("Ip: a name that begins with 'A' holds a wrong character")},

	/* columns: numbers that are none */
	{tcx_read_columns, TEXT("Ip: A\nIp: 18446744073709551616\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1x\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A\nIp: 1.5\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A\nIp: --1\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A\nIp: -9223372036854775809\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: A B\nIp: 1-2\n"),
	 FAULT("Ip: the value of A is no whole number of at most 64 bits")},
	{tcx_read_columns, TEXT("Ip: InReceives\nIp: -1\n"),
	 FAULT("Ip: IpInReceives is negative, which a counter cannot be")},
	{tcx_read_columns, TEXT("Ip: InReceives\nIp: -0\n"),
	 FAULT("Ip: IpInReceives is negative, which a counter cannot be")},
	{tcx_read_columns, TEXT("Tcp: CurrEstab\nTcp: -1\n"),
	 FAULT("Tcp: TcpCurrEstab is negative, which a gauge cannot be")},
	{tcx_read_columns, TEXT("IcmpMsg: InType3\nIcmpMsg: -1\n"),
	 FAULT("IcmpMsg: IcmpMsgInType3 is negative, which a counter cannot be")},

	/* pairs */
	{tcx_read_pairs, TEXT("Ip6InReceives                   \t42\nUdp6NoPorts\t0\n"),
	 GIVES("Ip6InReceives=42 Udp6NoPorts=0")},
	{tcx_read_pairs, TEXT("Icmp6InType135                  \t7\n"), GIVES("Icmp6InType135=7")},
	{tcx_read_pairs, TEXT("New -7\n"), GIVES("New=-7")},
	{tcx_read_pairs, TEXT("A 1\nB 2\nA 3\n"), GIVES("B=2")},
	{tcx_read_pairs, TEXT("A 1\nB 0"), GIVES("A=1 B=0")},
	{tcx_read_pairs, TEXT(""), FAULT("it is empty")},
	{tcx_read_pairs, TEXT("A 1\n\nB 2\n"), FAULT("a name is expected where none begins")},
	{tcx_read_pairs, TEXT(" A 1\n"), FAULT("a name is expected where none begins")},
	{tcx_read_pairs, TEXT("42 42\n"), FAULT("a name is expected where none begins")},
	{tcx_read_pairs, TEXT("A\n"),
	 FAULT("the value of A is no whole number of at most 64 bits")},
	{tcx_read_pairs, TEXT("A \n"),
	 FAULT("the value of A is no whole number of at most 64 bits")},
	{tcx_read_pairs, TEXT("A 1 2\n"), FAULT("a line has more than one value")},
	{tcx_read_pairs, TEXT("A: 1\n"),
	 FAULT("a name that begins with 'A' holds a wrong character")},
	{tcx_read_pairs, TEXT("A 1\r\n"),
	 FAULT("the value of A is no whole number of at most 64 bits")},
	{tcx_read_pairs, TEXT("A 1\nB 2"), FAULT("it ends in the middle of a line")},
	{tcx_read_pairs, TEXT("A 1\nB"), FAULT("it ends in the middle of a line")},
	{tcx_read_pairs, TEXT("SctpInSCTPPacks -1\n"),
	 FAULT("SctpInSCTPPacks is negative, which a counter cannot be")},
	{tcx_read_pairs, TEXT("Ip6InReceives -1\n"),
	 FAULT("Ip6InReceives is negative, which a counter cannot be")},

	/* pairs with a sign */
	{tcx_read_signed_pairs, TEXT("SctpCurrEstab                   \t5\nSctpAborteds\t3\n"),
	 GIVES("SctpCurrEstab=5 SctpAborteds=3")},
	{tcx_read_signed_pairs, TEXT("SctpInSCTPPacks -1\nSctpOutSCTPPacks -2147483648\n"),
	 GIVES("SctpInSCTPPacks=4294967295 SctpOutSCTPPacks=2147483648")},
	{tcx_read_signed_pairs, TEXT("SctpInSCTPPacks -2147483649\n"),
	 FAULT("SctpInSCTPPacks is negative, which a counter cannot be")},
	{tcx_read_signed_pairs, TEXT("SctpCurrEstab -3\n"), GIVES("SctpCurrEstab=0")},
	{tcx_read_signed_pairs, TEXT("SctpNew -7\n"), GIVES("SctpNew=-7")},
	{tcx_read_signed_pairs, TEXT("SctpAborteds 1\nSctpCurrEstab 2\nSctpAborteds 3\n"),
	 GIVES("SctpCurrEstab=2")},
	{tcx_read_signed_pairs, TEXT("SctpCurrEstab ff\n"),
	 FAULT("the value of SctpCurrEstab is no whole number of at most 64 bits")},
	{tcx_read_signed_pairs, TEXT("SctpCurrEstab -1"), FAULT("it ends in the middle of a line")},

	/* pairs of which a gauge may be below 0, and does not look so */
	{tcx_read_wrapped_pairs, TEXT("TlsCurrTxSw                     \t5\nTlsTxSw\t3\n"),
	 GIVES("TlsCurrTxSw=5 TlsTxSw=3")},
	{tcx_read_wrapped_pairs, TEXT("TlsCurrTxSw 18446744073709551615\nTlsCurrRxSw 4294967295\n"),
	 GIVES("TlsCurrTxSw=0 TlsCurrRxSw=0")},
	{tcx_read_wrapped_pairs, TEXT("TlsCurrTxSw 2147483647\nTlsTxSw 4294967295\n"),
	 GIVES("TlsCurrTxSw=2147483647 TlsTxSw=4294967295")},
	{tcx_read_wrapped_pairs, TEXT("TlsNew 18446744073709551615\n"), GIVES("TlsNew=-1")},
	{tcx_read_wrapped_pairs, TEXT("TlsTxSw 1\nTlsRxSw\t  2\nTlsTxSw 1\n"), GIVES("TlsRxSw=2")},
	{tcx_read_wrapped_pairs, TEXT("TlsTxSw FF\n"),
	 FAULT("the value of TlsTxSw is no whole number of at most 64 bits")},
	{tcx_read_wrapped_pairs, TEXT("TlsTxSw 12"), FAULT("it ends in the middle of a line")},

	/* names and a line for each processor */
	{tcx_read_per_cpu, TEXT("entries  insert_failed drop\n00000007 0000000a ffffffff\n"),
	 GIVES("NfConntrackEntries=7 NfConntrackInsertFailed=10 NfConntrackDrop=4294967295")},
	{tcx_read_per_cpu, TEXT("entries  drop\n00000007 ffffffff \n00000007 00000002 \n"),
	 GIVES("NfConntrackEntries=7 NfConntrackDrop=4294967297")},
	{tcx_read_per_cpu, TEXT("entries\t\tdrop\tmade_up\n7 \t 0A\tf\n7  B\t\t1\n"),
	 GIVES("NfConntrackEntries=7 NfConntrackDrop=21 NfConntrackMadeUp=16")},
	{tcx_read_per_cpu, TEXT("drop clashres entries\n1 2 3\n4 5 3\n"),
	 GIVES("NfConntrackDrop=5 NfConntrackClashres=7 NfConntrackEntries=3")},
	{tcx_read_per_cpu, TEXT("drop\nffffffffffffffff\n"), GIVES("NfConntrackDrop=-1")},
	{tcx_read_per_cpu, TEXT("drop new\n1\n2\n"), GIVES("NfConntrackDrop=3")},
	{tcx_read_per_cpu, TEXT("drop\n1 5\n2 6\n"), GIVES("NfConntrackDrop=3")},
	{tcx_read_per_cpu, TEXT("drop new drop\n1 2 3\n"), GIVES("NfConntrackNew=2")},
	{tcx_read_per_cpu, TEXT(""), FAULT("it is empty")},
	{tcx_read_per_cpu, TEXT("drop new\n"), FAULT("it has no line of numbers")},
	{tcx_read_per_cpu, TEXT("drop new"), FAULT("it has no line of numbers")},
	{tcx_read_per_cpu, TEXT("drop\n\n1\n"), FAULT("it has no line of numbers")},
	{tcx_read_per_cpu, TEXT("\n1\n"), FAULT("it has no line of names")},
	{tcx_read_per_cpu, TEXT("drop\n1\n2"), FAULT("it ends in the middle of a line")},
	{tcx_read_per_cpu, TEXT("drop new\n1 2\n3\n"),
	 FAULT("a line has fewer numbers than others")},
	{tcx_read_per_cpu, TEXT("drop\n1\n\n"), FAULT("a line has fewer numbers than others")},
	{tcx_read_per_cpu, TEXT("drop new\n1 g\n"),
	 FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("drop\n-1\n"), FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("drop\n0x1\n"), FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("drop\n@\n"), FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("drop\n1\r\n"), FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("drop\n10000000000000000\n"),
	 FAULT("a line has what is no hexadecimal number")},
	{tcx_read_per_cpu, TEXT("7 8\n1 2\n"), FAULT("a name is expected where none begins")},
	{tcx_read_per_cpu, TEXT("d,p\n1\n"),
	 FAULT("a name that begins with 'd' holds a wrong character")},

	/* a line for each processor, without names */
	{tcx_read_softnet, TEXT("1 2 3 0 0 0 0 0 9\na 0 0 0 0 0 0 0 1\n"),
	 GIVES("SoftnetProcessed=11 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=0 "
	       "SoftnetColumn5=0 SoftnetColumn6=0 SoftnetColumn7=0 SoftnetColumn8=0 "
	       "SoftnetCpuCollision=10")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 A\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10")},
	{tcx_read_softnet, TEXT("00015c73 00020e76 F0000769 00000000\n"),
	 GIVES("SoftnetProcessed=89203 SoftnetDropped=134774 SoftnetTimeSqueeze=4026533737 "
	       "SoftnetColumn4=0")},
	/* one processor twice, and one that no machine has */
	{tcx_read_softnet,
	 TEXT("1 2 3 4 5 6 7 8 9 a b c 0\n1 1 1 1 1 1 1 1 1 1 1 1 0\n"
	      "0 0 0 0 0 0 0 0 0 0 1 0 FFFFFFFF\n"),
	 GIVES("SoftnetProcessed=2 SoftnetDropped=3 SoftnetTimeSqueeze=4 SoftnetColumn4=5 "
	       "SoftnetColumn5=6 SoftnetColumn6=7 SoftnetColumn7=8 SoftnetColumn8=9 "
	       "SoftnetCpuCollision=10 SoftnetReceivedRps=11 SoftnetFlowLimitCount=13 "
	       "SoftnetBacklogLength=13")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c 0 d e\n1 1 1 1 1 1 1 1 1 1 1 1 2 1 1\n"),
	 GIVES("SoftnetProcessed=2 SoftnetDropped=3 SoftnetTimeSqueeze=4 SoftnetColumn4=5 "
	       "SoftnetColumn5=6 SoftnetColumn6=7 SoftnetColumn7=8 SoftnetColumn8=9 "
	       "SoftnetCpuCollision=10 SoftnetReceivedRps=11 SoftnetFlowLimitCount=12 "
	       "SoftnetBacklogLength=13 SoftnetInputQueueLength=14 SoftnetProcessQueueLength=15")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c d\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10 SoftnetFlowLimitCount=11 "
	       "SoftnetBacklogLength=12")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10 SoftnetFlowLimitCount=11 "
	       "SoftnetColumn12=12")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c d e\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10 SoftnetFlowLimitCount=11 "
	       "SoftnetColumn12=12 SoftnetColumn13=13 SoftnetColumn14=14")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c 3 e f 10\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10 SoftnetFlowLimitCount=11 "
	       "SoftnetBacklogLength=12 SoftnetInputQueueLength=14 SoftnetProcessQueueLength=15 "
	       "SoftnetColumn16=16")},
	{tcx_read_softnet, TEXT("1 2 3 4 5 6 7 8 9 a b c 3 e f 10 11\n"),
	 GIVES("SoftnetProcessed=1 SoftnetDropped=2 SoftnetTimeSqueeze=3 SoftnetColumn4=4 "
	       "SoftnetColumn5=5 SoftnetColumn6=6 SoftnetColumn7=7 SoftnetColumn8=8 "
	       "SoftnetCpuCollision=9 SoftnetReceivedRps=10 SoftnetFlowLimitCount=11 "
	       "SoftnetBacklogLength=12 SoftnetInputQueueLength=14 SoftnetProcessQueueLength=15 "
	       "SoftnetColumn16=16 SoftnetColumn17=17")},
	{tcx_read_softnet, TEXT("ffffffff\n1\n"), GIVES("SoftnetProcessed=4294967296")},
	{tcx_read_softnet, TEXT("\t1  2\t\n"), GIVES("SoftnetProcessed=1 SoftnetDropped=2")},
	{tcx_read_softnet, TEXT(""), FAULT("it has no line of numbers")},
	{tcx_read_softnet, TEXT("\n"), FAULT("it has no line of numbers")},
	{tcx_read_softnet, TEXT("1 2\n1\n"), FAULT("a line has fewer numbers than others")},
	{tcx_read_softnet, TEXT("1 2\n1 2 3\n"), FAULT("a line has more numbers than others")},
	{tcx_read_softnet, TEXT("1 2\n1 2"), FAULT("it ends in the middle of a line")},
	{tcx_read_softnet, TEXT("1 x\n"), FAULT("a line has what is no hexadecimal number")},
	{tcx_read_softnet,
	 TEXT("1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 "
	      "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1\n"),
	 FAULT("it has more than 64 columns")},

	/* labels */
	{tcx_read_labels, TEXT("sockets: used 9\nTCP: inuse 1 orphan 2 tw 3 alloc 4 mem 5\n"),
	 GIVES("SockstatSocketsUsed=9 SockstatTcpInuse=1 SockstatTcpOrphan=2 SockstatTcpTw=3 "
	       "SockstatTcpAlloc=4 SockstatTcpMem=5")},
	{tcx_read_labels, TEXT("FRAG6: inuse 1 memory 2\n"),
	 GIVES("SockstatFrag6Inuse=1 SockstatFrag6Memory=2")},
	{tcx_read_labels, TEXT("QUIC:\n"), GIVES("")},
	{tcx_read_labels, TEXT("New: wOrd -7\n"), GIVES("SockstatNewWord=-7")},
	{tcx_read_labels, TEXT("RAW: inuse 0"), GIVES("SockstatRawInuse=0")},
	{tcx_read_labels, TEXT("TCP: inuse 1 inuse 2 tw 3\n"), GIVES("SockstatTcpTw=3")},
	{tcx_read_labels, TEXT(""), FAULT("it is empty")},
	{tcx_read_labels, TEXT("TCP inuse 1\n"),
	 FAULT("a line does not begin with a section's name and a colon")},
	{tcx_read_labels, TEXT("TCP: inuse\n"),
	 FAULT("the value of inuse is no whole number of at most 64 bits")},
	{tcx_read_labels, TEXT("TCP: 1\n"), FAULT("a name is expected where none begins")},
	{tcx_read_labels, TEXT("TCP: inuse 1 2\n"), FAULT("a name is expected where none begins")},
	{tcx_read_labels, TEXT("TCP: inuse 1"), FAULT("it ends in the middle of a line")},
	{tcx_read_labels, TEXT("TCP: inuse -1\n"),
	 FAULT("SockstatTcpInuse is negative, which a gauge cannot be")},
	{tcx_read_labels, TEXT("TCP: inuse 1\r\n"),
	 FAULT("the value of inuse is no whole number of at most 64 bits")},

	/* the sysctl */
	{tcx_read_number, TEXT("30\n"), GIVES("SysctlIpfragTime=30")},
	{tcx_read_number, TEXT("0\n"), GIVES("SysctlIpfragTime=0")},
	{tcx_read_number, TEXT("-1\n"), GIVES("SysctlIpfragTime=-1")},
	{tcx_read_number, TEXT(""), FAULT("it is no line with a number")},
	{tcx_read_number, TEXT("30"), FAULT("it is no line with a number")},
	{tcx_read_number, TEXT("\n"),
	 FAULT("the value of SysctlIpfragTime is no whole number of at most 64 bits")},
	{tcx_read_number, TEXT("30 31\n"), FAULT("it holds more than one number")},
	{tcx_read_number, TEXT("30\n31\n"),
	 FAULT("the value of SysctlIpfragTime is no whole number of at most 64 bits")},
	{tcx_read_number, TEXT("30s\n"),
	 FAULT("the value of SysctlIpfragTime is no whole number of at most 64 bits")},
};

/* A copy of just this length, so that a sanitizer sees a read behind it. */
static char *exact(const char *text, size_t len)
{
	char *copy = malloc(len > 0 ? len : 1);

	assert_non_null(copy);
	return memcpy(copy, text, len);
}

static void check(size_t i, const char *got, const char *fault)
{
	const struct row *row = &rows[i];

	if (got == NULL && row->gives != NULL)
		fail_msg("row %zu, \"%s\": refused: %s", i, row->text, fault);
	if (got != NULL && row->gives == NULL)
		fail_msg("row %zu, \"%s\": accepted as %s", i, row->text, got);
	assert_string_equal(got != NULL ? got : fault, got != NULL ? row->gives : row->fault);
}

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tcx_fault fault = {""};
		char *text = exact(rows[i].text, rows[i].len);
		struct tcx_snapshot *snapshot =
			reading_of(rows[i].reader, text, rows[i].len, &fault);
		char *got = snapshot != NULL ? reading_text(snapshot) : NULL;

		check(i, got, fault.text);
		free(got);
		tcx_snapshot_unref(snapshot);
		free(text);
	}
}

/* A text that was cut anywhere is refused, unless what is left could be all that there is. */
static void every_cut(void **state)
{
	static const char text[] = "Ip: A B\nIp: 10 20\nTcp: C D\nTcp: 7 0\n";
	static const struct {
		size_t len;
		const char *gives;
	} whole[] = {
		{sizeof("Ip: A B\nIp: 10 20\n") - 1, "IpA=10 IpB=20"},
		{sizeof(text) - 2, "IpA=10 IpB=20 TcpC=7 TcpD=0"},
		{sizeof(text) - 1, "IpA=10 IpB=20 TcpC=7 TcpD=0"},
	};
	size_t next = 0;

	(void)state;
	for (size_t len = 0; len < sizeof(text); len++) {
		struct tcx_fault fault = {""};
		char *cut = exact(text, len);
		struct tcx_snapshot *snapshot = reading_of(tcx_read_columns, cut, len, &fault);
		char *got = snapshot != NULL ? reading_text(snapshot) : NULL;

		assert_int_equal(got != NULL, next < COUNT(whole) && len == whole[next].len);
		if (got != NULL)
			assert_string_equal(got, whole[next++].gives);
		free(got);
		tcx_snapshot_unref(snapshot);
		free(cut);
	}
	assert_int_equal(next, COUNT(whole));
}

/* The names of a section make one name with it: too long is too long. */
static void long_names(void **state)
{
	static const struct {
		tcx_reader *reader;
		const char *format;
		int longest; /* of the part that varies, so that the name has 64 characters */
	} formats[] = {
		{tcx_read_columns, "Ext: %1$s\nExt: 7\n", 61},
		{tcx_read_columns, "%1$s: X\n%1$s: 7\n", 63},
		{tcx_read_pairs, "%1$s 7\n", 64},
		{tcx_read_labels, "X: %1$s 7\n", 55},
		{tcx_read_labels, "%1$s: x 7\n", 55},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		for (int more = -1; more <= 40; more++) {
			struct tcx_fault fault = {""};
			char name[128], text[512];
			struct tcx_snapshot *snapshot;

			memset(name, 'a', sizeof(name));
			name[formats[i].longest + more] = '\0';
			snprintf(text, sizeof(text), formats[i].format, name);
			snapshot = reading_of(formats[i].reader, text, strlen(text), &fault);
			assert_int_equal(snapshot != NULL, more <= 0);
			if (snapshot == NULL)
				assert_non_null(strstr(fault.text, "longer than 64 characters"));
			tcx_snapshot_unref(snapshot);
		}
	}
}

/* Later reads take the values under the names of the first one, or say that there are others. */
#define DIVERGES true, NULL
#define FAULTY	 false, NULL
#define READS(x) false, x

static const struct later {
	tcx_reader *reader;
	const char *first;
	const char *then;
	bool diverged;
	const char *gives;
} laters[] = {
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B\nIp: 3 4\n", READS("IpA=3 IpB=4")},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip:  A\tB\nIp: 3 4\n", READS("IpA=3 IpB=4")},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A\nIp: 3\nIp: B\nIp: 4\n",
	 READS("IpA=3 IpB=4")},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "I: pA pB\nI: 3 4\n", READS("IpA=3 IpB=4")},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: B A\nIp: 3 4\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B C\nIp: 3 4 5\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A\nIp: 3\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A BB\nIp: 3 4\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A b\nIp: 3 4\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ix: A B\nIx: 3 4\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B\nIp: 3 4\nIp: A B\nIp: 5 6\n", DIVERGES},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B\nIp: 3\n", FAULTY},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B\nIp: 3 4 5\n", FAULTY},
	{tcx_read_columns, "Ip: A B\nIp: 1 2\n", "Ip: A B\nIp: 3 x\n", FAULTY},
	{tcx_read_columns, "Tcp: InSegs\nTcp: 1\n", "Tcp: InSegs\nTcp: -1\n", FAULTY},

	/* a line that is known, at another place */
	{tcx_read_columns, "X: A\nX: 1\nY: A\nY: 2\n", "Y: A\nY: 3\nX: A\nX: 4\n", DIVERGES},
	{tcx_read_columns, "X: A\nX: 1\nY: A\nY: 2\n", "X:  A\nX: 3\nX: A\nX: 4\n", DIVERGES},
	{tcx_read_columns, "X: A\nX: 1\nY: A\nY: 2\n", "X:  A\nX: 3\nY: A\nY: 4\n",
	 READS("XA=3 YA=4")},
	{tcx_read_columns, "X:\nX:\nY: A\nY: 2\n", "X:\nX:\nY: A\nY: 4\n", READS("YA=4")},
	{tcx_read_columns, "X:\nX:\nY: A\nY: 2\n", "Y: A\nY: 4\n", READS("YA=4")},

	{tcx_read_pairs, "A 1\nB 2\n", "A 3\nB 4\n", READS("A=3 B=4")},
	{tcx_read_pairs, "A 1\nB 2\n", "A\t3\nB    4\n", READS("A=3 B=4")},
	{tcx_read_pairs, "A 1\nB 2\n", "C 3\nB 4\n", DIVERGES},
	{tcx_read_pairs, "A 1\nB 2\n", "AB 3\nB 4\n", DIVERGES},
	{tcx_read_pairs, "AA 1\nB 2\n", "A 3\nB 4\n", DIVERGES},
	{tcx_read_pairs, "A 1\nLongName 2\n", "A 3\nB 0", DIVERGES},
	{tcx_read_pairs, "A 1\nB 2\n", "A 3\n", DIVERGES},
	{tcx_read_pairs, "A 1\nB 2\n", "A 3\nB 4\nC 5\n", DIVERGES},
	{tcx_read_pairs, "A 1\nB 2\n", "A 3\nA 4\n", DIVERGES},
	{tcx_read_pairs, "A 1\nB 2\n", "A 3\nB\n", FAULTY},
	{tcx_read_pairs, "A 1\nB 2\n", "A 3\nB 4 5\n", FAULTY},
	{tcx_read_pairs, "Ip6InReceives 1\n", "Ip6InReceives -1\n", FAULTY},

	{tcx_read_labels, "TCP: inuse 1 tw 2\n", "TCP: inuse 3 tw 4\n",
	 READS("SockstatTcpInuse=3 SockstatTcpTw=4")},
	{tcx_read_labels, "TCP: inuse 1 tw 2\n", "TCP: tw 3 inuse 4\n", DIVERGES},
	{tcx_read_labels, "TCP: inuse 1 tw 2\n", "UDP: inuse 3 tw 4\n", DIVERGES},
	{tcx_read_labels, "TCP: inuse 1 tw 2\n", "TCP: inuse 3\n", DIVERGES},
	{tcx_read_labels, "TCP: inuse 1 tw 2\n", "TCP: inuse 3 tw\n", FAULTY},

	{tcx_read_number, "30\n", "31\n", READS("SysctlIpfragTime=31")},
	{tcx_read_number, "30\n", "x\n", FAULTY},
};

static void try_later(const struct later *row)
{
	struct tcx_fault fault = {""};
	size_t len = strlen(row->then);
	char *text = exact(row->then, len);
	struct tcx_snapshot *first =
		reading_of(row->reader, row->first, strlen(row->first), &fault);
	bool diverged;
	struct tcx_snapshot *then =
		reading_again(row->reader, first->layout, text, len, &diverged, &fault);
	char *got = then != NULL ? reading_text(then) : NULL;

	if (diverged != row->diverged || (got != NULL) != (row->gives != NULL) ||
	    (got != NULL && strcmp(got, row->gives) != 0))
		fail_msg("'%s' after '%s': %s, %s", row->then, row->first,
			 diverged ? "other names" : "no other names", got ? got : fault.text);
	free(got);
	tcx_snapshot_unref(then);
	tcx_snapshot_unref(first);
	free(text);
}

static void later_reads(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(laters); i++)
		try_later(&laters[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),
		cmocka_unit_test(every_cut),
		cmocka_unit_test(long_names),
		cmocka_unit_test(later_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
