/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's scalars: which counter, in which syntax. The list below was written from the RFCs. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "kernel/read_sources.h"
#include "mib/objects.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

struct scalar {
	unsigned int sub_id;
	const char *type;
	const char *counter; /* of the kernel; NULL: always 0 */
	const char *second;  /* to be added, or NULL */
};

static const struct scalar ip[] = {
	{1, "INTEGER", "IpForwarding", NULL},
	{2, "INTEGER", "IpDefaultTTL", NULL},
	{3, "Counter32", "IpInReceives", NULL},
	{4, "Counter32", "IpInHdrErrors", NULL},
	{5, "Counter32", "IpInAddrErrors", NULL},
	{6, "Counter32", "IpForwDatagrams", NULL},
	{7, "Counter32", "IpInUnknownProtos", NULL},
	{8, "Counter32", "IpInDiscards", NULL},
	{9, "Counter32", "IpInDelivers", NULL},
	{10, "Counter32", "IpOutRequests", NULL},
	{11, "Counter32", "IpOutDiscards", NULL},
	{12, "Counter32", "IpOutNoRoutes", NULL},
	{13, "INTEGER", "SysctlIpfragTime", NULL}, /* seconds, not IpReasmTimeout */
	{14, "Counter32", "IpReasmReqds", NULL},
	{15, "Counter32", "IpReasmOKs", NULL},
	{16, "Counter32", "IpReasmFails", NULL},
	{17, "Counter32", "IpFragOKs", NULL},
	{18, "Counter32", "IpFragFails", NULL},
	{19, "Counter32", "IpFragCreates", NULL},
	{23, "Counter32", NULL, NULL}, /* ipRoutingDiscards */
	{0},
};

static const struct scalar icmp[] = {
	{1, "Counter32", "IcmpInMsgs", NULL},
	{2, "Counter32", "IcmpInErrors", NULL},
	{3, "Counter32", "IcmpInDestUnreachs", NULL},
	{4, "Counter32", "IcmpInTimeExcds", NULL},
	{5, "Counter32", "IcmpInParmProbs", NULL},
	{6, "Counter32", "IcmpInSrcQuenchs", NULL},
	{7, "Counter32", "IcmpInRedirects", NULL},
	{8, "Counter32", "IcmpInEchos", NULL},
	{9, "Counter32", "IcmpInEchoReps", NULL},
	{10, "Counter32", "IcmpInTimestamps", NULL},
	{11, "Counter32", "IcmpInTimestampReps", NULL},
	{12, "Counter32", "IcmpInAddrMasks", NULL},
	{13, "Counter32", "IcmpInAddrMaskReps", NULL},
	{14, "Counter32", "IcmpOutMsgs", NULL},
	{15, "Counter32", "IcmpOutErrors", NULL},
	{16, "Counter32", "IcmpOutDestUnreachs", NULL},
	{17, "Counter32", "IcmpOutTimeExcds", NULL},
	{18, "Counter32", "IcmpOutParmProbs", NULL},
	{19, "Counter32", "IcmpOutSrcQuenchs", NULL},
	{20, "Counter32", "IcmpOutRedirects", NULL},
	{21, "Counter32", "IcmpOutEchos", NULL},
	{22, "Counter32", "IcmpOutEchoReps", NULL},
	{23, "Counter32", "IcmpOutTimestamps", NULL},
	{24, "Counter32", "IcmpOutTimestampReps", NULL},
	{25, "Counter32", "IcmpOutAddrMasks", NULL},
	{26, "Counter32", "IcmpOutAddrMaskReps", NULL},
	{0},
};

static const struct scalar tcp[] = {
	{1, "INTEGER", "TcpRtoAlgorithm", NULL},   {2, "INTEGER", "TcpRtoMin", NULL},
	{3, "INTEGER", "TcpRtoMax", NULL},	   {4, "INTEGER", "TcpMaxConn", NULL},
	{5, "Counter32", "TcpActiveOpens", NULL},  {6, "Counter32", "TcpPassiveOpens", NULL},
	{7, "Counter32", "TcpAttemptFails", NULL}, {8, "Counter32", "TcpEstabResets", NULL},
	{9, "Gauge32", "TcpCurrEstab", NULL},	   {10, "Counter32", "TcpInSegs", NULL},
	{11, "Counter32", "TcpOutSegs", NULL},	   {12, "Counter32", "TcpRetransSegs", NULL},
	{14, "Counter32", "TcpInErrs", NULL},	   {15, "Counter32", "TcpOutRsts", NULL},
	{17, "Counter64", "TcpInSegs", NULL}, /* tcpHCInSegs */
	{18, "Counter64", "TcpOutSegs", NULL},	   {0},
};

static const struct scalar udp[] = {
	{1, "Counter32", "UdpInDatagrams", "Udp6InDatagrams"},
	{2, "Counter32", "UdpNoPorts", "Udp6NoPorts"},
	{3, "Counter32", "UdpInErrors", "Udp6InErrors"},
	{4, "Counter32", "UdpOutDatagrams", "Udp6OutDatagrams"},
	{8, "Counter64", "UdpInDatagrams", "Udp6InDatagrams"}, /* udpHCInDatagrams */
	{9, "Counter64", "UdpOutDatagrams", "Udp6OutDatagrams"},
	{0},
};

static bool add_ip(struct tcx_tree *tree)
{
	return tcx_add_module(tree, "ip");
}

static bool add_icmp(struct tcx_tree *tree)
{
	return tcx_add_module(tree, "icmp");
}

static bool add_tcp(struct tcx_tree *tree)
{
	return tcx_add_module(tree, "tcp");
}

static bool add_udp(struct tcx_tree *tree)
{
	return tcx_add_module(tree, "udp");
}

static const struct group {
	enum tcx_mib2_group sub_id;
	bool (*add)(struct tcx_tree *tree);
	const struct scalar *scalars;
} groups[] = {
	{TCX_MIB2_ip, add_ip, ip},
	{TCX_MIB2_icmp, add_icmp, icmp},
	{TCX_MIB2_tcp, add_tcp, tcp},
	{TCX_MIB2_udp, add_udp, udp},
};

/* The value under a name as the kernel printed it, by a search of its own. */
static uint64_t printed(const struct tcx_snapshot *snapshot, const char *name)
{
	for (size_t i = 0; name != NULL && i < snapshot->layout->count; i++)
		if (strcmp(snapshot->layout->entries[i].name, name) == 0)
			return snapshot->values[i];
	return 0;
}

/* A walk finds just the objects of the list, in order, with the values of the list. */
static void compare(const char *root, const struct group *group)
{
	struct serving serving;
	char name[32] = "";

	serving_open(&serving, root, group->add);
	for (const struct scalar *scalar = group->scalars; scalar->sub_id > 0; scalar++) {
		uint64_t value = printed(serving.request.fresh, scalar->counter) +
				 printed(serving.request.fresh, scalar->second);
		char expected[80];

		snprintf(expected, sizeof(expected), "%d.%u.0 %s %lld", (int)group->sub_id,
			 scalar->sub_id, scalar->type, (long long)value);
		assert_string_equal(serving_next(&serving, name), expected);
		snprintf(name, sizeof(name), "%d.%u.0", (int)group->sub_id, scalar->sub_id);
		assert_string_equal(serving_get(&serving, name), strchr(expected, ' ') + 1);
	}
	assert_string_equal(serving_next(&serving, name), "end");
	serving_close(&serving);
}

static void all_groups(void **state)
{
	static const char *const kernels[] = {"tests/fixtures/2.6.32", "tests/fixtures/7.3",
					      "tests/fixtures/quirk-no-ipv6",
					      "tests/fixtures/quirk-future"};

	(void)state;
	for (size_t i = 0; i < COUNT(kernels); i++)
		for (size_t k = 0; k < COUNT(groups); k++)
			compare(fixture_source(kernels[i]), &groups[k]);
}

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

/* Counter32 is the low half, also of a sum; Counter64 is all of it. */
static void wide_values(void **state)
{
	struct fixture *fixture = *state;
	struct serving serving;

	fixture_puts(fixture, "net/snmp",
		     "Tcp: MaxConn CurrEstab InSegs OutSegs\n"
		     "Tcp: -1 4294967298 4294967303 18446744073709551615\n"
		     "Udp: InDatagrams OutDatagrams NoPorts\n"
		     "Udp: 4294967295 18446744073709551615 0\n");
	fixture_puts(fixture, "net/snmp6",
		     "Udp6InDatagrams 2\nUdp6OutDatagrams 3\nUdp6NoPorts 7\n");
	serving_open(&serving, fixture->root, add_tcp);
	assert_string_equal(serving_get(&serving, "6.4.0"), "INTEGER -1");
	assert_string_equal(serving_get(&serving, "6.9.0"), "Gauge32 2");
	assert_string_equal(serving_get(&serving, "6.10.0"), "Counter32 7");
	assert_string_equal(serving_get(&serving, "6.17.0"), "Counter64 4294967303");
	assert_string_equal(serving_get(&serving, "6.11.0"), "Counter32 4294967295");
	assert_string_equal(serving_get(&serving, "6.18.0"), "Counter64 18446744073709551615");
	serving_close(&serving);
	serving_open(&serving, fixture->root, add_udp);
	assert_string_equal(serving_get(&serving, "7.1.0"), "Counter32 1");
	assert_string_equal(serving_get(&serving, "7.8.0"), "Counter64 4294967297");
	assert_string_equal(serving_get(&serving, "7.4.0"), "Counter32 2");
	assert_string_equal(serving_get(&serving, "7.9.0"), "Counter64 2");
	assert_string_equal(serving_get(&serving, "7.2.0"), "Counter32 7");
	assert_string_equal(serving_get(&serving, "7.3.0"), "no instance");
	serving_close(&serving);
}

/* IPv6 alone is no UDP: the object needs its first source. */
static void second_source_alone(void **state)
{
	struct serving serving;

	fixture_puts(*state, "net/snmp6", "Udp6InDatagrams 2\n");
	serving_open(&serving, ((struct fixture *)*state)->root, add_udp);
	assert_string_equal(serving_get(&serving, "7.1.0"), "no instance");
	assert_string_equal(serving_next(&serving, ""), "end");
	serving_close(&serving);
}

static const char *sum_of(struct serving *serving, struct tcx_sources *sources)
{
	struct tcx_fault fault = {""};

	tcx_snapshot_unref(serving->request.latest);
	serving->request.latest = tcx_sources_read(sources, &fault);
	serving->request.fresh = serving->request.latest;
	return serving_get(serving, "7.1.0");
}

/* While one summand cannot be read, there is no sum; without IPv6 the other one is the sum. */
static void broken_summand(void **state)
{
	struct fixture *fixture = *state;
	struct tcx_sources *sources = fixture_sources(fixture->root);
	struct serving serving;

	serving_open(&serving, NULL, add_udp);
	fixture_puts(fixture, "net/snmp", "Udp: InDatagrams NoPorts\nUdp: 1 7\n");
	fixture_puts(fixture, "net/snmp6", "Udp6InDatagrams\nUdp6NoPorts 5\n");
	assert_string_equal(sum_of(&serving, sources), "no instance");
	assert_string_equal(serving_get(&serving, "7.2.0"), "Counter32 12");
	fixture_puts(fixture, "net/snmp6", "Udp6InDatagrams 2\nUdp6NoPorts 5\n");
	assert_string_equal(sum_of(&serving, sources), "Counter32 3");
	fixture_puts(fixture, "net/snmp6", "");
	assert_string_equal(sum_of(&serving, sources), "Counter32 3"); /* as it was */
	serving.request.oldest_ns = serving.request.latest->taken_ns;
	assert_string_equal(serving_get(&serving, "7.1.0"), "no instance"); /* it is too old */
	assert_string_equal(serving_get(&serving, "7.2.0"), "no instance");
	fixture_remove(fixture, "net/snmp6");
	tcx_sources_free(sources);
	sources = fixture_sources(fixture->root);
	assert_string_equal(sum_of(&serving, sources), "Counter32 1");
	fixture_puts(fixture, "net/snmp6", "Ip6InReceives 2\n");
	assert_string_equal(sum_of(&serving, sources), "Counter32 1");
	tcx_sources_free(sources);
	serving_close(&serving);
}

/* A counter that the kernel does not print, or twice, is no instance; a walk passes it over. */
static void holes(void **state)
{
	struct serving serving;

	fixture_puts(*state, "net/snmp",
		     "Tcp: RtoMin ActiveOpens InErrs ActiveOpens\nTcp: 0 5 7 6\n");
	serving_open(&serving, ((struct fixture *)*state)->root, add_tcp);
	assert_string_equal(serving_get(&serving, "6.1.0"), "no instance");
	assert_string_equal(serving_get(&serving, "6.5.0"), "no instance");
	assert_string_equal(serving_get(&serving, "6.13.0"), "no object");
	assert_string_equal(serving_next(&serving, ""), "6.2.0 INTEGER 0"); /* 0 is a value */
	assert_string_equal(serving_next(&serving, "6.2.0"), "6.14.0 Counter32 7");
	assert_string_equal(serving_next(&serving, "6.14.0"), "end");
	serving_close(&serving);
}

/* Too old, or nothing read yet: no instance, not even of the constant. */
static void nothing_fresh(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++) {
		struct serving serving;
		char name[16];

		snprintf(name, sizeof(name), "%d.2.0", (int)groups[i].sub_id);
		serving_open(&serving, fixture_source("tests/fixtures/7.3"), groups[i].add);
		serving.request.fresh = NULL;
		assert_string_equal(serving_next(&serving, ""), "end");
		assert_string_equal(serving_get(&serving, name), "no instance");
		serving_close(&serving);
	}
}

/* The way back: from a counter to the object that shows it, where it is that counter alone. */
static void objects_of_counters(void **state)
{
	static const struct {
		enum tcx_counter counter;
		const char *name;
	} rows[] = {
		{TCX_IpForwarding, "1.3.6.1.2.1.4.1"},
		{TCX_IcmpOutAddrMaskReps, "1.3.6.1.2.1.5.26"},
		{TCX_TcpInSegs, "1.3.6.1.2.1.6.10"}, /* and not tcpHCInSegs */
		{TCX_SysctlIpfragTime, "1.3.6.1.2.1.4.13"},
		{TCX_IpReasmTimeout, ""},
		{TCX_UdpInDatagrams, ""},
		{TCX_Udp6InDatagrams, ""},
		{TCX_TcpExtTW, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		oid name[8], expected[8];
		size_t len = tcx_mib2_object(rows[i].counter, name);

		assert_int_equal(len, serving_parse(rows[i].name, expected));
		assert_memory_equal(name, expected, len * sizeof(oid));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_groups),
		cmocka_unit_test(nothing_fresh),
		cmocka_unit_test(objects_of_counters),
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_root, close_root)
		TEST(wide_values),
		TEST(second_source_alone),
		TEST(broken_summand),
		TEST(holes),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
