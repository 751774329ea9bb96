/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hostile inputs: each file of procfs as no kernel prints it. What is read is exactly what stands
 * there; for the rest, the file and the cause are named.
 */
#include "tests/unit/test.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel/read_sources.h"
#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

#define MIB	 (1024 * 1024)
#define SNMP	 "net/snmp"
#define NETSTAT	 "net/netstat"
#define SNMP6	 "net/snmp6"
#define SOCKSTAT "net/sockstat"
#define IPFRAG	 "sys/net/ipv4/ipfrag_time"

#define TEXT(text)	    text, sizeof(text) - 1
#define GIVES(values)	    values, NULL
#define FAULT(cause)	    NULL, cause
#define PART(values, cause) values, cause /* what is whole, and why the rest is not */

static const struct row {
	const char *name;
	const char *path;
	const char *text;
	size_t len;
	const char *gives; /* all counters, as reading_text() writes them; NULL: none */
	const char *fault; /* part of the cause, or NULL */
} rows[] = {
	{"empty", SNMP, TEXT(""), FAULT("it is empty")},
	{"empty", SNMP6, TEXT(""), FAULT("it is empty")},
	{"empty", NETSTAT, TEXT(""), FAULT("it is empty")},
	{"empty", SOCKSTAT, TEXT(""), FAULT("it is empty")},
	{"empty", IPFRAG, TEXT(""), FAULT("it is no line with a number")},
	{"only a newline", SNMP, TEXT("\n"), FAULT("does not begin with a section's name")},
	{"only a newline", SNMP6, TEXT("\n"), FAULT("a name is expected")},
	{"only a newline", SOCKSTAT, TEXT("\n"), FAULT("does not begin with a section's name")},
	{"only a newline", IPFRAG, TEXT("\n"), FAULT("no whole number")},

	{"header only", SNMP, TEXT("Ip: Forwarding DefaultTTL\n"),
	 FAULT("Ip: the names have no values")},
	{"header only", NETSTAT, TEXT("TcpExt: TW\nTcpExt: 1\nIpExt: InOctets\n"),
	 PART("TcpExtTW=1", "IpExt: the names have no values")},
	{"header only", SNMP6, TEXT("Ip6InReceives\n"), FAULT("the value of Ip6InReceives")},
	{"header only", SOCKSTAT, TEXT("TCP: inuse\n"), FAULT("the value of inuse")},
	{"values only", SNMP, TEXT("Ip: 1 64\n"), FAULT("Ip: the names have no values")},
	{"values only", NETSTAT, TEXT("TcpExt: 1\nIpExt: 2\n"),
	 FAULT("the line of names is not followed by its values")},
	{"values only", SNMP6, TEXT("1\n"), FAULT("a name is expected")},
	{"values only", SOCKSTAT, TEXT("TCP: 1 2\n"), FAULT("a name is expected")},

	{"more values than names", SNMP, TEXT("Ip: Forwarding\nIp: 1 64\n"),
	 FAULT("Ip: it has more values than names")},
	{"fewer values than names", SNMP, TEXT("Ip: Forwarding DefaultTTL\nIp: 1\n"),
	 FAULT("Ip: it has fewer values than names")},
	{"two values", SNMP6, TEXT("Ip6InReceives 1 2\n"), FAULT("more than one value")},
	{"two numbers", IPFRAG, TEXT("30 31\n"), FAULT("more than one number")},

	{"NUL in a name", SNMP, TEXT("Ip: In\0eceives\nIp: 1\n"),
	 FAULT("begins with 'In' holds a wrong character")},
	{"NUL in a number", NETSTAT, TEXT("TcpExt: TW\nTcpExt: 1\0002\n"),
	 FAULT("TcpExt: the value of TW")},
	{"NUL for a newline", SNMP6, TEXT("Ip6InReceives 1\0Ip6InDelivers 2\n"),
	 FAULT("the value of Ip6InReceives")},
	{"NUL at the end", SNMP, TEXT("Ip: Forwarding\nIp: 1\n\0"),
	 PART("IpForwarding=1", "it ends in the middle of a line")},
	{"NUL alone", SOCKSTAT, TEXT("\0\n"), FAULT("does not begin with a section's name")},
	{"NUL behind the number", IPFRAG, TEXT("30\0\n"), FAULT("no whole number")},

	{"2^64 - 1", SNMP, TEXT("Tcp: InSegs\nTcp: 18446744073709551615\n"), GIVES("TcpInSegs=-1")},
	{"2^64", SNMP, TEXT("Tcp: InSegs\nTcp: 18446744073709551616\n"),
	 FAULT("Tcp: the value of InSegs is no whole number of at most 64 bits")},
	{"2^64", SNMP6, TEXT("Ip6InReceives 18446744073709551616\n"),
	 FAULT("the value of Ip6InReceives is no whole number of at most 64 bits")},
	{"2^64", SOCKSTAT, TEXT("TCP: mem 18446744073709551616\n"),
	 FAULT("the value of mem is no whole number of at most 64 bits")},
	{"a hundred digits", NETSTAT,
	 TEXT("TcpExt: TW\nTcpExt: "
	      "11111111111111111111111111111111111111111111111111"
	      "11111111111111111111111111111111111111111111111111\n"),
	 FAULT("TcpExt: the value of TW is no whole number of at most 64 bits")},

	{"minus of an integer", SNMP, TEXT("Tcp: MaxConn\nTcp: -1\n"), GIVES("TcpMaxConn=-1")},
	{"minus of a counter", SNMP, TEXT("Tcp: InSegs\nTcp: -1\n"),
	 FAULT("Tcp: TcpInSegs is negative, which a counter cannot be")},
	{"minus of a gauge", SOCKSTAT, TEXT("TCP: mem -1\n"),
	 FAULT("SockstatTcpMem is negative, which a gauge cannot be")},
	{"minus of an unknown name", NETSTAT, TEXT("New: Balance\nNew: -5\n"),
	 GIVES("NewBalance=-5")},
	{"minus alone", SNMP, TEXT("Tcp: MaxConn\nTcp: -\n"), FAULT("Tcp: the value of MaxConn")},
	{"two minus signs", SNMP, TEXT("Tcp: MaxConn\nTcp: --1\n"),
	 FAULT("Tcp: the value of MaxConn")},
	{"minus inside", SNMP, TEXT("Tcp: MaxConn\nTcp: 1-1\n"),
	 FAULT("Tcp: the value of MaxConn")},
	{"minus 2^63 - 1", SNMP, TEXT("Tcp: MaxConn\nTcp: -9223372036854775809\n"),
	 FAULT("Tcp: the value of MaxConn")},
	{"plus", SNMP, TEXT("Tcp: InSegs\nTcp: +1\n"), FAULT("Tcp: the value of InSegs")},
	{"hexadecimal", SNMP, TEXT("Tcp: InSegs\nTcp: 0x10\n"), FAULT("Tcp: the value of InSegs")},
	{"point", SNMP, TEXT("Tcp: InSegs\nTcp: 1.0\n"), FAULT("Tcp: the value of InSegs")},
	{"words", SNMP, TEXT("Tcp: InSegs\nTcp: many\n"), FAULT("Tcp: the value of InSegs")},

	{"a section twice", SNMP,
	 TEXT("IcmpMsg: InType3\nIcmpMsg: 1\nIcmpMsg: OutType3\nIcmpMsg: 2\n"),
	 GIVES("IcmpMsgInType3=1 IcmpMsgOutType3=2")},
	{"a section three times, others between", SNMP,
	 TEXT("IcmpMsg: InType0\nIcmpMsg: 1\nTcp: InSegs\nTcp: 9\nIcmpMsg: InType3\nIcmpMsg: 2\n"
	      "Udp: NoPorts\nUdp: 8\nIcmpMsg: OutType0\nIcmpMsg: 3\n"),
	 GIVES("IcmpMsgInType0=1 TcpInSegs=9 IcmpMsgInType3=2 UdpNoPorts=8 IcmpMsgOutType0=3")},
	{"a column twice", SNMP, TEXT("Tcp: InSegs OutSegs InSegs\nTcp: 1 2 3\n"),
	 GIVES("TcpOutSegs=2")},
	{"a column twice, the same value", SNMP, TEXT("Tcp: InSegs InSegs\nTcp: 1 1\n"), GIVES("")},
	{"a column in two of a section", SNMP,
	 TEXT("IcmpMsg: InType3 InType8\nIcmpMsg: 1 2\nIcmpMsg: InType3\nIcmpMsg: 5\n"),
	 GIVES("IcmpMsgInType8=2")},
	{"a line twice", SNMP6, TEXT("Ip6InReceives 1\nIp6InDelivers 2\nIp6InReceives 1\n"),
	 GIVES("Ip6InDelivers=2")},
	{"a word twice", SOCKSTAT, TEXT("TCP: inuse 1 mem 2 inuse 3\n"), GIVES("SockstatTcpMem=2")},
	{"a label twice", SOCKSTAT, TEXT("TCP: inuse 1\nUDP: mem 2\nTCP: inuse 3\n"),
	 GIVES("SockstatUdpMem=2")},

	{"CRLF", SNMP, TEXT("Ip: Forwarding\r\nIp: 1\r\n"), FAULT("holds a wrong character")},
	{"CRLF", SNMP6, TEXT("Ip6InReceives 1\r\n"), FAULT("the value of Ip6InReceives")},
	{"CRLF", SOCKSTAT, TEXT("TCP: inuse 1\r\n"), FAULT("the value of inuse")},
	{"CRLF", IPFRAG, TEXT("30\r\n"), FAULT("no whole number")},
	{"CR for newlines", SNMP, TEXT("Ip: Forwarding\rIp: 1\r"),
	 FAULT("it ends in the middle of a line")},

	{"cut in a number", SNMP, TEXT("Ip: Forwarding\nIp: 1\nTcp: InSegs\nTcp: 12"),
	 PART("IpForwarding=1", "it ends in the middle of a line")},
	{"cut in a number, at a 0", SNMP, TEXT("Tcp: InSegs\nTcp: 10"),
	 FAULT("it ends in the middle of a line")},
	{"cut in a name", SNMP, TEXT("Tcp: InSegs\nTcp: 1\nUdp: NoP"),
	 PART("TcpInSegs=1", "it ends in the middle of a line")},
	{"cut behind a blank", SNMP, TEXT("Tcp: InSegs OutSegs\nTcp: 1 "),
	 FAULT("it ends in the middle of a line")},
	{"cut between names and values", SNMP, TEXT("Tcp: InSegs\nTcp: 1\nUdp: NoPorts\n"),
	 PART("TcpInSegs=1", "Udp: the names have no values")},
	{"cut in the name of the section", SNMP, TEXT("Tcp: InSegs\nTc"),
	 FAULT("it ends in the middle of a line")},
	{"no newline behind a 0", NETSTAT, TEXT("MPTcpExt: A B\nMPTcpExt: 0 0"),
	 GIVES("MPTcpExtA=0 MPTcpExtB=0")},
	{"no newline behind a 0, values missing", NETSTAT, TEXT("MPTcpExt: A B C\nMPTcpExt: 0 0"),
	 FAULT("MPTcpExt: it has fewer values than names")},
	{"no newline behind a 0", SNMP6, TEXT("Ip6InReceives 0"), GIVES("Ip6InReceives=0")},
	{"no newline behind a 0", SOCKSTAT, TEXT("TCP: inuse 0"), GIVES("SockstatTcpInuse=0")},
	{"no newline", IPFRAG, TEXT("30"), FAULT("it is no line with a number")},
	{"no newline", SNMP6, TEXT("Ip6InReceives 7"), FAULT("it ends in the middle of a line")},
	{"no newline", SOCKSTAT, TEXT("TCP: inuse 7"), FAULT("it ends in the middle of a line")},

	{"names of 65 characters", SNMP,
	 TEXT("Ip: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nIp: 1\n"),
	 FAULT("longer than 64 characters")},
	{"a section of 70 characters", SNMP,
	 TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: A\n"
	      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: 1\n"),
	 FAULT("longer than 64 characters")},
	{"a label of 70 characters", SOCKSTAT,
	 TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: a 1\n"),
	 FAULT("longer than 64 characters")},

	/* unknown names: served by name, never as an ICMP type */
	{"ICMP type 255", SNMP, TEXT("IcmpMsg: InType255\nIcmpMsg: 1\n"),
	 GIVES("IcmpMsgInType255=1")},
	{"ICMP type 256", SNMP, TEXT("IcmpMsg: InType256\nIcmpMsg: 1\n"),
	 GIVES("IcmpMsgInType256=1")},
	{"ICMP type with leading zeros", SNMP, TEXT("IcmpMsg: InType3 InType03\nIcmpMsg: 1 2\n"),
	 GIVES("IcmpMsgInType3=1 IcmpMsgInType03=2")},

	{"blanks behind everything", SNMP, TEXT("Ip: Forwarding \t\nIp: 1 \t\n"),
	 GIVES("IpForwarding=1")},
	{"a blank line", SNMP, TEXT("Ip: Forwarding\nIp: 1\n\nTcp: InSegs\nTcp: 1\n"),
	 PART("IpForwarding=1 TcpInSegs=1", "does not begin with a section's name")},
	{"a blank line", SNMP6, TEXT("Ip6InReceives 1\n\nUdp6NoPorts 2\n"),
	 PART("Ip6InReceives=1 Udp6NoPorts=2", "a name is expected")},
	{"a blank line", SOCKSTAT, TEXT("TCP: inuse 1\n\nUDP: mem 2\n"),
	 PART("SockstatTcpInuse=1 SockstatUdpMem=2", "does not begin with a section's name")},
	{"a word without a value", SNMP6, TEXT("Ip6InReceives\nUdp6NoPorts 2\n"),
	 PART("Udp6NoPorts=2", "the value of Ip6InReceives")},
	{"a word without a value", SOCKSTAT, TEXT("TCP: inuse 1 orphan\nUDP: mem 2\n"),
	 PART("SockstatUdpMem=2", "the value of orphan")},
	{"a negative gauge", SOCKSTAT, TEXT("TCP: mem 1 inuse -1 tw 3\nUDP: mem 2\n"),
	 PART("SockstatUdpMem=2", "SockstatTcpInuse is negative")},
	{"a value too few", SNMP, TEXT("Ip: A B\nIp: 1\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "Ip: it has fewer values than names")},
	{"a value too many", SNMP, TEXT("Ip: A\nIp: 1 2\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "Ip: it has more values than names")},
	{"a line of values too few", SNMP, TEXT("Ip: A\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "Ip: the line of names is not followed")},
	{"a line of names too few", SNMP, TEXT("Ip: 1\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "Ip: the line of names is not followed")},
	{"two lines of names", SNMP, TEXT("Ip: A\nIp: A\nIp: 1\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "Ip: the value of A")},
	{"a wrong character in the last name", SNMP,
	 TEXT("Ip: A B,\nIp: 1 2\nTcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "holds a wrong character")},
	{"a name too long", SNMP,
	 TEXT("Ip: A aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nIp: 1 2\n"
	      "Tcp: InSegs\nTcp: 2\n"),
	 PART("TcpInSegs=2", "longer than 64 characters")},
	{"a name too long", SNMP6,
	 TEXT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa 1\nUdp6NoPorts "
	      "2\n"),
	 PART("Udp6NoPorts=2", "longer than 64 characters")},
	{"another file's text", SNMP, TEXT("Ip6InReceives 1\n"),
	 FAULT("does not begin with a section's name")},
	{"another file's text", SNMP6, TEXT("Ip: Forwarding\nIp: 1\n"),
	 FAULT("holds a wrong character")},
	{"another file's text", SOCKSTAT, TEXT("Ip: Forwarding\nIp: 1\n"),
	 FAULT("the value of Forwarding")},
};

static int open_root(void **state)
{
	static struct fixture fixture;

	fixture_open(&fixture);
	*state = &fixture;
	return 0;
}

static int close_root(void **state)
{
	fixture_close(*state);
	return 0;
}

static struct tcx_snapshot *read_root(const struct fixture *fixture, struct tcx_fault *fault)
{
	struct tcx_sources *sources = fixture_sources(fixture->root);
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, fault);

	tcx_sources_free(sources);
	return snapshot;
}

static void expect_cause(const char *name, const char *path, const struct tcx_fault *fault,
			 const char *cause)
{
	if (cause == NULL && fault->text[0] != '\0')
		fail_msg("%s (%s): %s", name, path, fault->text);
	if (cause != NULL &&
	    (strstr(fault->text, path) == NULL || strstr(fault->text, cause) == NULL))
		fail_msg("%s: '%s' does not say '%s' of %s", name, fault->text, cause, path);
}

static void expect_fault(const char *name, const char *path, const struct tcx_snapshot *snapshot,
			 const struct tcx_fault *fault, const char *cause)
{
	if (snapshot != NULL)
		fail_msg("%s (%s) was accepted", name, path);
	expect_cause(name, path, fault, cause);
}

static void try_row(struct fixture *fixture, const struct row *row)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot;
	char *got;

	fixture_write(fixture, row->path, row->text, row->len);
	snapshot = read_root(fixture, &fault);
	fixture_remove(fixture, row->path);
	got = snapshot != NULL ? reading_text(snapshot) : NULL;
	if ((got != NULL) != (row->gives != NULL) || (got != NULL && strcmp(got, row->gives) != 0))
		fail_msg("%s (%s) gives '%s'", row->name, row->path, got != NULL ? got : "nothing");
	expect_cause(row->name, row->path, &fault, row->fault);
	free(got);
	tcx_snapshot_unref(snapshot);
}

static void texts(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		try_row(*state, &rows[i]);
}

/* 1 MiB of one line of names and as much of values: read, all of it. */
static void long_lines(void **state)
{
	const size_t columns = MIB / 50 + 1; /* of 50 characters each, the blank included */
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot;
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	fputs("TcpExt:", out);
	for (size_t i = 0; i < columns; i++)
		fprintf(out, " Long%045zu", i);
	fputs("\nTcpExt:", out);
	for (size_t i = 0; i < columns; i++)
		fprintf(out, " %049zu", i);
	fputs("\n", out);
	fclose(out);
	assert_true(len > 2 * MIB);
	fixture_write(*state, NETSTAT, text, len);
	snapshot = read_root(*state, &fault);
	if (snapshot == NULL)
		fail_msg("%s", fault.text);
	assert_int_equal(snapshot->layout->count, columns);
	assert_int_equal(tcx_snapshot_count(snapshot, false, 0), columns);
	for (size_t i = 0; i < columns; i++)
		assert_int_equal(snapshot->values[i], i);
	tcx_snapshot_unref(snapshot);
	free(text);
}

static const struct {
	const char *path;
	char filler; /* 1 MiB of it */
	const char *cause;
} fillers[] = {
	{SNMP, 'x', "it ends in the middle of a line"},
	{SNMP, ' ', "it ends in the middle of a line"},
	{SNMP, '\n', "does not begin with a section's name"},
	{SNMP, '\0', "it ends in the middle of a line"},
	{SNMP, ':', "it ends in the middle of a line"},
	{SNMP, '\xff', "it ends in the middle of a line"},
	{NETSTAT, '9', "it ends in the middle of a line"},
	{SNMP6, 'x', "it ends in the middle of a line"},
	{SNMP6, '\n', "a name is expected"},
	{SOCKSTAT, 'x', "it ends in the middle of a line"},
	{SOCKSTAT, '0', "it ends in the middle of a line"},
	{IPFRAG, '3', "it is no line with a number"},
};

/* 1 MiB of the same byte. */
static void garbage(void **state)
{
	char *text = malloc(MIB);

	assert_non_null(text);
	for (size_t i = 0; i < COUNT(fillers); i++) {
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot;

		memset(text, fillers[i].filler, MIB);
		fixture_write(*state, fillers[i].path, text, MIB);
		snapshot = read_root(*state, &fault);
		expect_fault("garbage", fillers[i].path, snapshot, &fault, fillers[i].cause);
		fixture_remove(*state, fillers[i].path);
	}
	free(text);
}

static const struct {
	const char *path;
	const char *begin;
	char filler; /* 1 MiB of it */
	const char *end;
	const char *cause;
} lines[] = {
	{SNMP, "", 'x', "\n", "does not begin with a section's name"},
	{SNMP, "", 'x', ": A\nB: 1\n", "the line of names is not followed by its values"},
	{SNMP, "Ip: ", 'x', "\nIp: 1\n", "longer than 64 characters"},
	{SNMP, "Ip: A\nIp: ", '1', "\n", "the value of A"},
	{SNMP, "Ip: A", ' ', "\nIp:\n", "fewer values than names"},
	{SNMP6, "", 'x', " 1\n", "longer than 64 characters"},
	{SNMP6, "A ", '1', "\n", "the value of A"},
	{SOCKSTAT, "TCP: ", 'x', " 1\n", "longer than 64 characters"},
	{SOCKSTAT, "", 'x', ": inuse 1\n", "longer than 64 characters"},
	{IPFRAG, "", '3', "\n", "no whole number"},
};

/* One line that is 1 MiB too long somewhere. */
static void garbage_lines(void **state)
{
	char *text = malloc(MIB + 64);

	assert_non_null(text);
	for (size_t i = 0; i < COUNT(lines); i++) {
		size_t begin = strlen(lines[i].begin);
		size_t end = strlen(lines[i].end);
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot;

		memcpy(text, lines[i].begin, begin);
		memset(text + begin, lines[i].filler, MIB);
		memcpy(text + begin + MIB, lines[i].end, end);
		fixture_write(*state, lines[i].path, text, begin + MIB + end);
		snapshot = read_root(*state, &fault);
		expect_fault("a long line", lines[i].path, snapshot, &fault, lines[i].cause);
		fixture_remove(*state, lines[i].path);
	}
	free(text);
}

static void huge_file(void **state)
{
	const size_t len = 17 * (size_t)MIB;
	char *text = malloc(len);
	struct tcx_fault fault = {""};

	assert_non_null(text);
	memset(text, ' ', len);
	fixture_write(*state, SNMP, text, len);
	expect_fault("17 MiB", SNMP, read_root(*state, &fault), &fault, "larger than 16 MiB");
	free(text);
}

/* Sizes around those of the buffer that grows. */
static void buffer_sizes(void **state)
{
	static const size_t sizes[] = {16384, 32768, 65536};
	char *text = malloc(65537);

	assert_non_null(text);
	for (size_t i = 0; i < 3 * COUNT(sizes); i++) {
		size_t len = sizes[i / 3] + i % 3 - 1;
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot;

		memset(text, ' ', len);
		memcpy(text, "A", 1);
		memcpy(text + len - 2, "7\n", 2);
		fixture_write(*state, SNMP6, text, len);
		snapshot = read_root(*state, &fault);
		if (snapshot == NULL)
			fail_msg("%zu octets: %s", len, fault.text);
		assert_int_equal(snapshot->values[0], 7);
		tcx_snapshot_unref(snapshot);
	}
	free(text);
}

static void directory(void **state)
{
	struct tcx_fault fault = {""};

	fixture_mkdir(*state, SNMP);
	expect_fault("a directory", SNMP, read_root(*state, &fault), &fault,
		     "cannot be opened: Is a directory");
}

/* The path of a file that could be made there: its folder is. */
static const char *free_place(struct fixture *fixture, const char *path)
{
	static char full[PATH_MAX];

	fixture_puts(fixture, path, "");
	fixture_remove(fixture, path);
	snprintf(full, sizeof(full), "%s/%s", fixture->root, path);
	return full;
}

/* Opening a FIFO waits for a writer, which would stop the thread for good. */
static void fifo(void **state)
{
	struct tcx_fault fault = {""};
	const char *path = free_place(*state, SNMP);

	assert_int_equal(mkfifo(path, 0600), 0);
	expect_fault("a FIFO", SNMP, read_root(*state, &fault), &fault, "it is no regular file");
	unlink(path);
}

/* What has no end, or waits for somebody, is no file either. */
static void devices(void **state)
{
	static const char *const names[] = {"/dev/null", "/dev/zero", "/dev/ptmx"};

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *path = free_place(*state, SNMP);
		struct tcx_fault fault = {""};

		assert_int_equal(symlink(names[i], path), 0);
		expect_fault(names[i], SNMP, read_root(*state, &fault), &fault, "cannot be opened");
		unlink(path);
	}
}

/* A file where a directory should be is not a missing file. */
static void not_a_directory(void **state)
{
	struct tcx_fault fault = {""};

	fixture_puts(*state, "net", "");
	expect_fault("a file for a directory", SNMP, read_root(*state, &fault), &fault,
		     "cannot be opened: Not a directory");
}

static void missing(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot;
	uint64_t value;

	expect_fault("nothing there", SNMP, read_root(*state, &fault), &fault,
		     "neither this file nor its kin exist");
	fixture_puts(*state, NETSTAT, "TcpExt: TW\nTcpExt: 0\n");
	snapshot = read_root(*state, &fault);
	assert_non_null(snapshot);
	assert_true(tcx_snapshot_get(snapshot, TCX_TcpExtTW, 0, &value));
	assert_int_equal(value, 0);
	assert_false(tcx_snapshot_get(snapshot, TCX_TcpInSegs, 0, &value));
	tcx_snapshot_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_root, close_root)
		TEST(texts),	 TEST(long_lines),	TEST(garbage),	 TEST(garbage_lines),
		TEST(huge_file), TEST(buffer_sizes),	TEST(directory), TEST(fifo),
		TEST(devices),	 TEST(not_a_directory), TEST(missing),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
