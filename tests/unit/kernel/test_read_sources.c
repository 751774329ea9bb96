/* SPDX-License-Identifier: BSD-2-Clause */
/* The sources: all files of a proc root together, again and again. */
#include "tests/unit/test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/read_sources.h"
#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

struct scene {
	struct fixture fixture;
	struct tcx_sources *sources;
};

static int open_scene(void **state)
{
	static struct scene scene;

	fixture_open(&scene.fixture);
	scene.sources = fixture_sources(scene.fixture.root);
	*state = &scene;
	return scene.sources != NULL ? 0 : -1;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	tcx_sources_free(scene->sources);
	fixture_close(&scene->fixture);
	return 0;
}

static bool is_present(const struct tcx_sources *sources, size_t i)
{
	return tcx_sources_status(sources, i)->state != TCX_SOURCE_ABSENT;
}

static void put(struct scene *scene, const char *path, const char *text)
{
	fixture_puts(&scene->fixture, path, text);
}

/*
 * What a read gives, and part of the fault that it tells: NULL for nothing or none. Of what it
 * gives only that is new which was read now.
 */
static void expect_part(struct scene *scene, const char *all, const char *new, const char *cause)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(scene->sources, &fault);
	char *got = snapshot != NULL ? reading_text(snapshot) : NULL;
	char *got_new = snapshot != NULL ? reading_text_since(snapshot, snapshot->taken_ns) : NULL;

	if ((cause != NULL) != (fault.text[0] != '\0') ||
	    (cause != NULL && strstr(fault.text, cause) == NULL))
		fail_msg("the fault is '%s'", fault.text);
	assert_int_equal(got != NULL, all != NULL);
	if (got != NULL) {
		assert_string_equal(got, all);
		assert_string_equal(got_new, new);
	}
	free(got);
	free(got_new);
	tcx_snapshot_unref(snapshot);
}

/* What a read gives; NULL expects a fault with this cause in it. */
static void expect(struct scene *scene, const char *gives, const char *cause)
{
	expect_part(scene, gives, gives, cause);
}

/* Reads until the read gives this; it is promised within a second. */
static void wait_for(struct scene *scene, const char *gives)
{
	uint64_t deadline = tcx_clock_now() + 30 * TCX_NS_PER_S;
	bool found = false;

	while (!found && tcx_clock_now() < deadline) {
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot = tcx_sources_read(scene->sources, &fault);
		char *got = snapshot != NULL ? reading_text(snapshot) : NULL;

		found = got != NULL && fault.text[0] == '\0' && strcmp(got, gives) == 0;
		free(got);
		tcx_snapshot_unref(snapshot);
		usleep(10000);
	}
	if (!found)
		fail_msg("never '%s'", gives);
}

static void expect_state(struct scene *scene, enum tcx_source i, enum tcx_source_state state,
			 uint64_t failures, const char *cause)
{
	const struct tcx_source_status *status = tcx_sources_status(scene->sources, i);

	assert_int_equal(status->state, state);
	assert_int_equal(status->failures, failures);
	assert_string_equal(tcx_cause_text(status->cause), cause);
}

static void all_files(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/tls_stat", "TlsTxSw 8\n");
	put(scene, "net/xfrm_stat", "XfrmInError 7\n");
	put(scene, "net/sctp/snmp", "SctpCurrEstab 6\n");
	put(scene, "sys/net/ipv4/ipfrag_time", "30\n");
	put(scene, "net/sockstat6", "TCP6: inuse 5\n");
	put(scene, "net/sockstat", "TCP: inuse 4\n");
	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 3\n");
	put(scene, "net/snmp6", "Ip6InReceives 2\n");
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	expect(scene,
	       "IpInReceives=1 Ip6InReceives=2 TcpExtTW=3 SockstatTcpInuse=4 SockstatTcp6Inuse=5 "
	       "SysctlIpfragTime=30 SctpCurrEstab=6 XfrmInError=7 TlsTxSw=8",
	       NULL);
	for (size_t i = 0; i <= TCX_SOURCE_TLS; i++)
		assert_true(is_present(scene->sources, i));
}

static void no_file(void **state)
{
	struct scene *scene = *state;

	expect(scene, NULL, "/net/snmp: neither this file nor its kin exist");
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	expect(scene, "IpInReceives=1", NULL);
}

/* A text of one counter for each file, and one with another counter behind. */
static const struct {
	const char *one;
	const char *two;
} each[TCX_SOURCES] = {
	{"Ip: A\nIp: 1\n", "Ip: A B\nIp: 1 2\n"},
	{"Ip6A 1\n", "Ip6A 1\nB6B 1\n"},
	{"Ext: A\nExt: 1\n", "Ext: A\nExt: 1\nB: B\nB: 1\n"},
	{"X: a 1\n", "X: a 1\nB: b 1\n"},
	{"X6: a 1\n", "X6: a 1\nB6: b 1\n"},
	{"30\n", "30\n"},
	{"SctpA 1\n", "SctpA 1\nSctpB 1\n"},
	{"XfrmA 1\n", "XfrmA 1\nXfrmB 1\n"},
	{"TlsA 1\n", "TlsA 1\nTlsB 1\n"},
	{"1\n", "1 2\n"},
	{"a\n1\n", "a b\n1 2\n"},
	{"2\n", "2\n"},
	{"3\n", "3\n"},
	{"a\n1\n", "a b\n1 2\n"},
	{"a\n1\n", "a b\n1 2\n"},
	{"a\n1\n", "a b\n1 2\n"},
	{"a\n1\n", "a b\n1 2\n"},
};

/* Whichever file is missing, the counters of the others stay. */
static void one_missing(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(each); i++)
		put(scene, tcx_catalogue_source(i)->path, each[i].one);
	for (size_t i = 0; i < COUNT(each); i++) {
		struct tcx_sources *sources = fixture_sources(scene->fixture.root);
		struct tcx_fault fault = {""};
		struct tcx_snapshot *snapshot;

		fixture_remove(&scene->fixture, tcx_catalogue_source(i)->path);
		snapshot = tcx_sources_read(sources, &fault);
		assert_non_null(snapshot);
		assert_int_equal(snapshot->layout->count, COUNT(each) - 1);
		for (size_t k = 0; k < COUNT(each); k++)
			assert_int_equal(is_present(sources, k), k != i);
		tcx_snapshot_unref(snapshot);
		tcx_sources_free(sources);
		put(scene, tcx_catalogue_source(i)->path, each[i].one);
	}
}

/* Whichever file loses a name, the name is gone at once. */
static void one_loses_a_name(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(each); i++)
		put(scene, tcx_catalogue_source(i)->path, each[i].one);
	for (size_t i = 0; i < COUNT(each); i++) {
		put(scene, tcx_catalogue_source(i)->path, each[i].two);
		tcx_snapshot_unref(tcx_sources_read(scene->sources, NULL));
		put(scene, tcx_catalogue_source(i)->path, each[i].one);
		expect(scene,
		       "IpA=1 Ip6A=1 ExtA=1 SockstatXA=1 SockstatX6A=1 SysctlIpfragTime=30 SctpA=1 "
		       "XfrmA=1 TlsA=1 SoftnetProcessed=1 NfConntrackA=1 NfConntrackCount=2 "
		       "NfConntrackMax=3 ArpCacheA=1 NdiscCacheA=1 RtCacheA=1 SynproxyA=1",
		       NULL);
	}
}

static void a_file_comes(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	expect(scene, "IpA=1", NULL);
	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 3\n");
	expect(scene, "IpA=1 TcpExtTW=3", NULL);
	put(scene, "net/snmp6", "Ip6A 2\n");
	wait_for(scene, "IpA=1 Ip6A=2 TcpExtTW=3");
}

/* Names that come, go, or change places between two reads. */
static void other_names(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 9\n");
	put(scene, "net/snmp", "Icmp: InMsgs\nIcmp: 1\nTcp: InSegs\nTcp: 2\n");
	expect(scene, "IcmpInMsgs=1 TcpInSegs=2 TcpExtTW=9", NULL);
	put(scene, "net/snmp",
	    "Icmp: InMsgs\nIcmp: 3\nIcmpMsg: InType8\nIcmpMsg: 4\nTcp: InSegs\nTcp: 5\n");
	expect(scene, "IcmpInMsgs=3 IcmpMsgInType8=4 TcpInSegs=5 TcpExtTW=9", NULL);
	put(scene, "net/snmp",
	    "Icmp: InMsgs\nIcmp: 3\nIcmpMsg: InType3 InType8\nIcmpMsg: 6 7\nTcp: InSegs\nTcp: 5\n");
	expect(scene, "IcmpInMsgs=3 IcmpMsgInType3=6 IcmpMsgInType8=7 TcpInSegs=5 TcpExtTW=9",
	       NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 8\nIcmp: InMsgs\nIcmp: 9\n");
	expect(scene, "TcpInSegs=8 IcmpInMsgs=9 TcpExtTW=9", NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 8\n");
	expect(scene, "TcpInSegs=8 TcpExtTW=9", NULL);
}

/* A snapshot keeps its names and values whatever is read after it. */
static void older_snapshots(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *first, *second;
	char *text;

	put(scene, "net/snmp", "Tcp: InSegs OutSegs\nTcp: 1 2\n");
	first = tcx_sources_read(scene->sources, &fault);
	put(scene, "net/snmp", "Tcp: InSegs OutSegs\nTcp: 3 4\n");
	second = tcx_sources_read(scene->sources, &fault);
	assert_ptr_equal(first->layout, second->layout); /* same names: shared */
	put(scene, "net/snmp", "Tcp: OutSegs\nTcp: 5\n");
	expect(scene, "TcpOutSegs=5", NULL);
	text = reading_text(first);
	assert_string_equal(text, "TcpInSegs=1 TcpOutSegs=2");
	free(text);
	tcx_snapshot_unref(first);
	tcx_snapshot_unref(second);
}

/* A failed read changes nothing for the next one. */
static void after_a_fault(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 1\n");
	expect(scene, "TcpInSegs=1", NULL);
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: x\n");
	expect(scene, NULL, "InSegs is no whole number");
	put(scene, "net/snmp", "Tcp: InSegs New\nTcp: 1 x\n");
	expect(scene, NULL, "New is no whole number");
	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 2\n");
	expect(scene, "TcpInSegs=2", NULL);
}

/* The fault of the text is what counts, not that the names changed as well. */
static void fault_in_new_names(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Tcp: InSegs\nTcp: 1\n");
	expect(scene, "TcpInSegs=1", NULL);
	put(scene, "net/snmp", "Tcp: OutSegs\nTcp: -1\n");
	expect(scene, NULL, "/net/snmp: Tcp: TcpOutSegs is negative");
	expect(scene, NULL, "/net/snmp: Tcp: TcpOutSegs is negative");
}

/* No name at all, then some. */
static void from_nothing(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip:\nIp:\n");
	expect(scene, "", NULL);
	expect(scene, "", NULL);
	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	expect(scene, "IpA=1", NULL);
}

#define GOOD_SNMP  "Tcp: InSegs OutSegs\nTcp: 1 2\nUdp: NoPorts\nUdp: 3\n"
#define GOOD_SNMP6 "Ip6InReceives 4\nUdp6NoPorts 5\n"

static void put_good(struct scene *scene)
{
	put(scene, "net/snmp", GOOD_SNMP);
	put(scene, "net/snmp6", GOOD_SNMP6);
	put(scene, "net/sockstat", "TCP: inuse 6 mem 7\nUDP: inuse 8\n");
	put(scene, "sys/net/ipv4/ipfrag_time", "30\n");
	expect(scene,
	       "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=4 Udp6NoPorts=5 "
	       "SockstatTcpInuse=6 SockstatTcpMem=7 SockstatUdpInuse=8 SysctlIpfragTime=30",
	       NULL);
}

static const struct broken {
	const char *path;
	const char *text;
	const char *keeps; /* part of what a good read gives: it stays, and is old */
	const char *cause;
} broken[] = {
	{"net/snmp", "", "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 ", "/net/snmp: it is empty"},
	{"net/snmp", "Tcp: InSegs OutSegs\n", "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 ",
	 "Tcp: the names have no values"},
	{"net/snmp", "Tcp: InSegs OutSegs\nTcp: 1\nUdp: NoPorts\nUdp: 3\n",
	 "TcpInSegs=1 TcpOutSegs=2 ", "Tcp: it has fewer values than names"},
	{"net/snmp", "Tcp: InSegs  OutSegs\nTcp: 1 x\nUdp: NoPorts\nUdp: 3\n",
	 "TcpInSegs=1 TcpOutSegs=2 ", "Tcp: the value of OutSegs"},
	{"net/snmp", "Tcp: InSegs OutSegs\nTcp: 1 2 3\nUdp: NoPorts\nUdp: 3\n",
	 "TcpInSegs=1 TcpOutSegs=2 ", "Tcp: it has more values than names"},
	{"net/snmp", "\nTcp: InSegs OutSegs\nTcp: 1 2\n\nUdp: NoPorts\nUdp: 3\n\n", "",
	 "does not begin with a section's name"},
	{"net/snmp", "Tcp: InSegs OutSegs\nTcp: 1 2\nUdp: NoP", "UdpNoPorts=3 ",
	 "it ends in the middle of a line"},
	{"net/snmp", "T\xc3\xb6p: InSegs OutSegs\nTcp: 1 2\nUdp: NoPorts\nUdp: 3\n",
	 "TcpInSegs=1 TcpOutSegs=2 ", "does not begin with a section's name"},
	{"net/snmp6", "Ip6InReceives\nUdp6NoPorts 5\n", "Ip6InReceives=4 ",
	 "the value of Ip6InReceives"},
	{"net/snmp6", "Ip6InReceives -4\nUdp6NoPorts 5\n", "Ip6InReceives=4 ", "is negative"},
	{"net/snmp6", "Ip6InReceives 4\n5\n", "Udp6NoPorts=5 ", "a name is expected"},
	{"net/snmp6", "Ip6InReceives 4\n\nUdp6NoPorts 5\n", "", "a name is expected"},
	{"net/sockstat", "TCP: inuse 6 mem\nUDP: inuse 8\n", "SockstatTcpInuse=6 SockstatTcpMem=7 ",
	 "the value of mem"},
	{"net/sockstat", "TCP: inuse 6 mem 7\nUDP: inuse -8\n", "SockstatUdpInuse=8 ",
	 "is negative"},
	{"sys/net/ipv4/ipfrag_time", "soon\n", "SysctlIpfragTime=30", "SysctlIpfragTime"},
};

/* Writes text without the piece that begins at part. */
static void leave_out(char *out, const char *text, const char *part)
{
	const char *at = strstr(text, part);
	size_t len = (size_t)(at - text);

	assert_non_null(at);
	memcpy(out, text, len);
	strcpy(out + len, at + strlen(part));
	len = strlen(out);
	if (len > 0 && out[len - 1] == ' ')
		out[len - 1] = '\0';
}

/* Whatever is broken, the rest is read; that stays as it was, until it can be read again. */
static void one_broken(void **state)
{
	static const char all[] =
		"TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=4 Udp6NoPorts=5 "
		"SockstatTcpInuse=6 SockstatTcpMem=7 SockstatUdpInuse=8 SysctlIpfragTime=30";
	struct scene *scene = *state;
	char new[sizeof(all)];

	for (size_t i = 0; i < COUNT(broken); i++) {
		const struct broken *row = &broken[i];

		put_good(scene);
		leave_out(new, all, row->keeps);
		for (int k = 0; k < 3; k++) {
			put(scene, row->path, row->text);
			expect_part(scene, all, new, row->cause);
		}
	}
	put_good(scene);
}

/* The same without any read before: what is broken has no value at all, and that goes on. */
static void broken_at_first(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip: DefaultTTL\nTcp: InSegs\nTcp: 1 2\nUdp: NoPorts\nUdp: 3\n");
	put(scene, "net/snmp6", "Ip6InReceives\n\nUdp6NoPorts 5\n");
	put(scene, "net/sockstat", "TCP: inuse 6 mem -7\nUDP: inuse\nRAW: inuse 9\n");
	for (int i = 0; i < 3; i++)
		expect(scene, "UdpNoPorts=3 Udp6NoPorts=5 SockstatRawInuse=9",
		       "/net/snmp: Ip: the line of names is not followed by its values");
	expect_state(scene, TCX_SOURCE_SNMP6, TCX_SOURCE_PARTIAL, 3,
		     "the value of Ip6InReceives is no whole number of at most 64 bits");
	put_good(scene);
}

/* Other names come with a fault: what is lost keeps its value under the new layout. */
static void new_names_and_a_fault(void **state)
{
	struct scene *scene = *state;

	put_good(scene);
	put(scene, "net/snmp6", "");
	put(scene, "sys/net/ipv4/ipfrag_time", "30s\n");
	put(scene, "net/snmp",
	    "Icmp: InMsgs\nIcmp: 9\nTcp: InSegs OutSegs\nTcp: 1\nUdp: NoPorts\nUdp: 3\n");
	for (int i = 0; i < 3; i++)
		expect_part(scene,
			    "IcmpInMsgs=9 TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=4 "
			    "Udp6NoPorts=5 SockstatTcpInuse=6 SockstatTcpMem=7 SockstatUdpInuse=8 "
			    "SysctlIpfragTime=30",
			    "IcmpInMsgs=9 UdpNoPorts=3 SockstatTcpInuse=6 SockstatTcpMem=7 "
			    "SockstatUdpInuse=8",
			    "/net/snmp: Tcp: it has fewer values");
	put(scene, "net/snmp", "Icmp: InMsgs\nTcp: A\nTcp: 1\nNew: B C\nNew: 2 3\n");
	expect_part(scene,
		    "TcpA=1 NewB=2 NewC=3 IcmpInMsgs=9 TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 "
		    "Ip6InReceives=4 Udp6NoPorts=5 SockstatTcpInuse=6 SockstatTcpMem=7 "
		    "SockstatUdpInuse=8 SysctlIpfragTime=30",
		    "TcpA=1 NewB=2 NewC=3 SockstatTcpInuse=6 SockstatTcpMem=7 SockstatUdpInuse=8",
		    "/net/snmp: Icmp: the line of names");
	put_good(scene); /* and what is not printed any more, without a fault, is gone */
}

/* A file that gives ever new names and a fault: those that are gone do not pile up for ever. */
static void ever_new_names(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault;

	for (int i = 0; i < 40; i++) {
		struct tcx_snapshot *snapshot;
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		for (int k = 0; k < 1000; k++)
			fprintf(out, "N%dx%d 1\n", i, k);
		fputs("\n", out);
		fclose(out);
		put(scene, "net/snmp6", text);
		free(text);
		snapshot = tcx_sources_read(scene->sources, &fault);
		assert_non_null(snapshot);
		assert_in_range(snapshot->layout->count, 1000, 6000);
		tcx_snapshot_unref(snapshot);
	}
}

/* Another file in the place of the one that was read, as a rename puts it there. */
static void replace(struct scene *scene, const char *path, const char *text)
{
	fixture_remove(&scene->fixture, path);
	put(scene, path, text);
}

/* What is read is what is at the path, not what once was there. */
static void replaced_files(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", GOOD_SNMP);
	put(scene, "net/snmp6", GOOD_SNMP6);
	expect(scene, "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=4 Udp6NoPorts=5", NULL);
	replace(scene, "net/snmp6", "Ip6InReceives 7\n");
	wait_for(scene, "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=7");
	fixture_remove(&scene->fixture, "net/snmp6");
	wait_for(scene, "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3");
	expect_state(scene, TCX_SOURCE_SNMP6, TCX_SOURCE_ABSENT, 0, "");
	put(scene, "net/snmp6", "Ip6InReceives 8\n");
	wait_for(scene, "TcpInSegs=1 TcpOutSegs=2 UdpNoPorts=3 Ip6InReceives=8");
}

/* After a fault it is so at once. */
static void replaced_after_a_fault(void **state)
{
	struct scene *scene = *state;
	const size_t len = 17 * 1024 * 1024;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, ' ', len);
	put(scene, "net/snmp6", "\n");
	expect(scene, NULL, "a name is expected");
	replace(scene, "net/snmp6", "Ip6InReceives 1\n");
	expect(scene, "Ip6InReceives=1", NULL);
	fixture_write(&scene->fixture, "net/snmp6", text, len);
	expect(scene, NULL, "it is larger than 16 MiB");
	put(scene, "net/snmp6", "Ip6InReceives 2\n");
	expect(scene, "Ip6InReceives=2", NULL);
	free(text);
}

/* How each source is, beside the others. */
static void states(void **state)
{
	struct scene *scene = *state;
	const struct tcx_source_status *snmp, *snmp6;
	uint64_t good_ns, begun_ns;

	put_good(scene);
	snmp = tcx_sources_status(scene->sources, TCX_SOURCE_SNMP);
	snmp6 = tcx_sources_status(scene->sources, TCX_SOURCE_SNMP6);
	expect_state(scene, TCX_SOURCE_SNMP, TCX_SOURCE_GOOD, 0, "");
	expect_state(scene, TCX_SOURCE_NETSTAT, TCX_SOURCE_ABSENT, 0, "");
	assert_true(snmp->good_ns > 0 && snmp->discontinuity_ns == snmp->good_ns);
	assert_int_equal(tcx_sources_status(scene->sources, TCX_SOURCE_NETSTAT)->good_ns, 0);
	good_ns = snmp->good_ns;
	begun_ns = snmp->discontinuity_ns;
	put(scene, "net/snmp", "Tcp: InSegs OutSegs\nTcp: 1\nUdp: NoPorts\nUdp: 2\n");
	put(scene, "net/snmp6", "");
	tcx_snapshot_unref(tcx_sources_read(scene->sources, NULL));
	expect_state(scene, TCX_SOURCE_SNMP, TCX_SOURCE_PARTIAL, 1,
		     "Tcp: it has fewer values than names");
	expect_state(scene, TCX_SOURCE_SNMP6, TCX_SOURCE_FAILED, 1, "it is empty");
	expect_state(scene, TCX_SOURCE_SOCKSTAT, TCX_SOURCE_GOOD, 0, "");
	assert_int_equal(snmp->good_ns, good_ns);
	assert_true(snmp->discontinuity_ns > begun_ns); /* UdpNoPorts went back */
	assert_int_equal(snmp6->discontinuity_ns, begun_ns);
	put(scene, "net/snmp", GOOD_SNMP);
	fixture_remove(&scene->fixture, "net/snmp6");
	tcx_snapshot_unref(tcx_sources_read(scene->sources, NULL));
	expect_state(scene, TCX_SOURCE_SNMP, TCX_SOURCE_GOOD, 1,
		     "Tcp: it has fewer values than names");
	assert_true(snmp->good_ns > good_ns);
}

static void times(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *first, *second;

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	first = tcx_sources_read(scene->sources, &fault);
	second = tcx_sources_read(scene->sources, &fault);
	assert_true(first->taken_ns > 0);
	assert_true(second->taken_ns >= first->taken_ns + first->cost_ns);
	assert_true(first->when.tv_sec > 0);
	assert_int_equal(first->sequence, 0);
	assert_int_equal(first->discontinuity_ns, first->taken_ns);
	assert_int_equal(second->discontinuity_ns, first->taken_ns);
	tcx_snapshot_unref(first);
	tcx_snapshot_unref(second);
}

/* The first reading begins for all that is there; nothing in it has begun anew. */
static void first_reading(void **state)
{
	struct scene *scene = *state;
	struct tcx_snapshot *snapshot;

	put(scene, "net/netstat", "TcpExt: TW\nTcpExt: 1\n");
	snapshot = tcx_sources_read(scene->sources, NULL);
	assert_non_null(snapshot);
	assert_int_equal(snapshot->anew, 0);
	for (size_t i = 0; i < TCX_SOURCES; i++)
		assert_int_equal(tcx_sources_status(scene->sources, i)->discontinuity_ns,
				 i == TCX_SOURCE_NETSTAT ? snapshot->taken_ns : 0);
	tcx_snapshot_unref(snapshot);
}

/* However reads end, no descriptor is left. */
static void descriptors(void **state)
{
	struct scene *scene = *state;
	size_t before = fixture_descriptors();

	put(scene, "net/snmp", "Ip: A\nIp: 1\n");
	fixture_mkdir(&scene->fixture, "net/netstat");
	for (int i = 0; i < 20; i++) {
		struct tcx_sources *sources = fixture_sources(scene->fixture.root);
		struct tcx_fault fault = {""};

		for (int k = 0; k < 3; k++)
			tcx_snapshot_unref(tcx_sources_read(sources, &fault));
		assert_non_null(
			strstr(fault.text, "/net/netstat: cannot be opened: Is a directory"));
		tcx_sources_free(sources);
	}
	assert_int_equal(fixture_descriptors(), before);
}

/* A read, after which the discontinuity of a source has moved, or not; that of all has not. */
static struct tcx_snapshot *read_on(struct scene *scene, enum tcx_source i, const char *gives,
				    bool moves)
{
	uint64_t before = tcx_sources_status(scene->sources, i)->discontinuity_ns;
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(scene->sources, &fault);
	char *got = snapshot != NULL ? reading_text(snapshot) : NULL;

	assert_string_equal(fault.text, "");
	assert_string_equal(got, gives);
	assert_int_equal(tcx_sources_status(scene->sources, i)->discontinuity_ns != before, moves);
	assert_int_equal(snapshot->anew, moves ? 1U << i : 0);
	free(got);
	return snapshot;
}

/* Its numbers wrap, and its lines come and go. */
static void processors(void **state)
{
	static const struct {
		enum tcx_source source;
		const char *text, *gives;
		bool moves;
	} reads[] = {
		{TCX_SOURCE_NF_CONNTRACK, "entries  drop\n9 fffffff0\n9 1\n",
		 "IpInReceives=1 NfConntrackEntries=9 NfConntrackDrop=4294967281", true},
		{TCX_SOURCE_NF_CONNTRACK, "entries  drop\n3 8\n3 2\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackDrop=4294967306", false},
		{TCX_SOURCE_NF_CONNTRACK, "entries  drop\n3 8\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackDrop=8", true},
		{TCX_SOURCE_NF_CONNTRACK, "entries  drop\n3 9\n3 5\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackDrop=14", true},
		{TCX_SOURCE_NF_CONNTRACK, "entries  new drop\n3 1 9\n3 1 5\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackNew=2 NfConntrackDrop=14", true},
		{TCX_SOURCE_NF_CONNTRACK, "entries  new drop\n3 1 9\n3 1 6\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackNew=2 NfConntrackDrop=15", false},
		{TCX_SOURCE_NF_CONNTRACK, "entries  drop new\n3 9 20\n3 6 20\n",
		 "IpInReceives=1 NfConntrackEntries=3 NfConntrackDrop=15 NfConntrackNew=64", true},
	};
	struct scene *scene = *state;
	uint64_t begun_ns;

	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	put(scene, "net/stat/nf_conntrack", reads[0].text);
	tcx_snapshot_unref(tcx_sources_read(scene->sources, NULL));
	begun_ns = tcx_sources_status(scene->sources, TCX_SOURCE_SNMP)->discontinuity_ns;
	for (size_t i = 1; i < COUNT(reads); i++) {
		struct tcx_snapshot *snapshot;

		put(scene, tcx_catalogue_source(reads[i].source)->path, reads[i].text);
		snapshot = read_on(scene, reads[i].source, reads[i].gives, reads[i].moves);
		assert_int_equal(snapshot->discontinuity_ns, begun_ns);
		tcx_snapshot_unref(snapshot);
	}
}

/* A line with a fault takes nothing into the totals. */
static void processors_after_a_fault(void **state)
{
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	put(scene, "net/softnet_stat", "5\n6\n");
	expect(scene, "IpInReceives=1 SoftnetProcessed=11", NULL);
	put(scene, "net/softnet_stat", "7\nx\n");
	expect_part(scene, "IpInReceives=1 SoftnetProcessed=11", "IpInReceives=1",
		    "net/softnet_stat: a line has what is no hexadecimal number");
	put(scene, "net/softnet_stat", "8\n8\n");
	expect(scene, "IpInReceives=1 SoftnetProcessed=16", NULL);
	assert_true(tcx_sources_status(scene->sources, TCX_SOURCE_SOFTNET)->discontinuity_ns ==
		    tcx_sources_status(scene->sources, TCX_SOURCE_SNMP)->discontinuity_ns);
}

/* A text that takes about a millisecond to read, though it is short to say. */
static void put_slow(struct scene *scene)
{
	size_t len = 15 << 20;
	char *text = malloc(len);

	assert_non_null(text);
	memset(text, ' ', len);
	memcpy(text, "XfrmInError", strlen("XfrmInError"));
	memcpy(text + len - 2, "7\n", 2);
	fixture_write(&scene->fixture, "net/xfrm_stat", text, len);
	free(text);
}

/* Machines differ in how fast they copy: while such a text is read this takes two more. */
static void linger(int number)
{
	const struct timespec time = {.tv_nsec = 2 * TCX_NS_PER_MS};

	(void)number;
	nanosleep(&time, NULL);
}

/* Reads until one leaves out this file; NULL: none does. */
static struct tcx_snapshot *read_until_skipped(struct scene *scene, enum tcx_source i)
{
	const struct itimerval soon = {.it_value = {.tv_usec = 200}};

	assert_true(signal(SIGALRM, linger) != SIG_ERR);
	for (int tries = 0; tries < 100; tries++) {
		uint64_t before_ns = tcx_sources_status(scene->sources, i)->good_ns;
		struct tcx_snapshot *snapshot;

		assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
		snapshot = tcx_sources_read(scene->sources, NULL);

		assert_non_null(snapshot);
		if (tcx_sources_status(scene->sources, i)->good_ns == before_ns)
			return snapshot;
		tcx_snapshot_unref(snapshot);
	}
	return NULL;
}

/* A file that costs is read less often; its value and age stay, and it may be that old. */
static void slow(void **state)
{
	const struct tcx_sources_settings settings = {.interval_ns = 20 * TCX_NS_PER_S};
	struct scene *scene = *state;
	struct tcx_snapshot *snapshot;
	uint64_t value, age_ns;

	tcx_sources_set(scene->sources, &settings);
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	put_slow(scene);
	snapshot = read_until_skipped(scene, TCX_SOURCE_XFRM);
	assert_non_null(snapshot);
	age_ns = snapshot->taken_ns - tcx_sources_status(scene->sources, TCX_SOURCE_XFRM)->good_ns;
	assert_true(age_ns > 0);
	assert_int_equal(snapshot->faulty, 0);
	assert_true(tcx_snapshot_get(snapshot, TCX_XfrmInError, snapshot->taken_ns, &value));
	assert_int_equal(value, 7);
	assert_true(tcx_snapshot_get(snapshot, TCX_XfrmInError,
				     snapshot->taken_ns - age_ns + 40 * TCX_NS_PER_S, &value));
	assert_false(tcx_snapshot_get(snapshot, TCX_XfrmInError,
				      snapshot->taken_ns - age_ns + 60 * TCX_NS_PER_S + 1, &value));
	assert_false(tcx_snapshot_get(snapshot, TCX_IpInReceives, snapshot->taken_ns + 1, &value));
	tcx_snapshot_unref(snapshot);
}

/* Names that come elsewhere make a new layout; a file that is not read then keeps its own. */
static void slow_and_new_names(void **state)
{
	const struct tcx_sources_settings settings = {.interval_ns = 20 * TCX_NS_PER_S};
	struct scene *scene = *state;
	struct tcx_snapshot *snapshot;

	tcx_sources_set(scene->sources, &settings);
	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	put_slow(scene);
	snapshot = read_until_skipped(scene, TCX_SOURCE_XFRM);
	assert_non_null(snapshot);
	tcx_snapshot_unref(snapshot);
	put(scene, "net/snmp", "Ip: InReceives InDelivers\nIp: 1 2\n");
	expect_part(scene, "IpInReceives=1 IpInDelivers=2 XfrmInError=7",
		    "IpInReceives=1 IpInDelivers=2 XfrmInError=7", NULL);
}

/* What is turned off is as if it were not there, until it is turned on. */
static void off(void **state)
{
	const struct tcx_sources_settings without = {.off = 1U << TCX_SOURCE_XFRM}, all = {0};
	struct scene *scene = *state;

	put(scene, "net/snmp", "Ip: InReceives\nIp: 1\n");
	put(scene, "net/xfrm_stat", "XfrmInError 7\n");
	expect(scene, "IpInReceives=1 XfrmInError=7", NULL);
	tcx_sources_set(scene->sources, &without);
	expect(scene, "IpInReceives=1", NULL);
	assert_int_equal(tcx_sources_status(scene->sources, TCX_SOURCE_XFRM)->state,
			 TCX_SOURCE_ABSENT);
	tcx_sources_set(scene->sources, &all);
	expect(scene, "IpInReceives=1 XfrmInError=7", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(all_files),
		TEST(no_file),
		TEST(one_missing),
		TEST(one_loses_a_name),
		TEST(a_file_comes),
		TEST(other_names),
		TEST(older_snapshots),
		TEST(after_a_fault),
		TEST(fault_in_new_names),
		TEST(from_nothing),
		TEST(times),
		TEST(first_reading),
		TEST(descriptors),
		TEST(one_broken),
		TEST(broken_at_first),
		TEST(new_names_and_a_fault),
		TEST(ever_new_names),
		TEST(states),
		TEST(replaced_files),
		TEST(replaced_after_a_fault),
		TEST(slow),
		TEST(slow_and_new_names),
		TEST(off),
		TEST(processors),
		TEST(processors_after_a_fault),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
