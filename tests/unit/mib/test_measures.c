/* SPDX-License-Identifier: BSD-2-Clause */
/* What thresholds can watch beside counters: which objects these are, and how they are read. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/socket_tables.h"
#include "mib/measures.h"
#include "sample/health.h"
#include "sample/limits.h"
#include "tests/unit/fixture.h"

/* --- Which
 * ---------------------------------------------------------------------------------------*/

static const struct {
	const char *name;
	unsigned int table, bits, scale;
} found[] = {
	{"tcpListenQueue", TCX_TABLE_TCP_LISTENERS, 0, 1},
	{"tcpListenDrops", TCX_TABLE_TCP_LISTENERS, 32, 1},
	{"tcpListenUse", TCX_TABLE_TCP_LISTENERS, 0, 100},
	{"udpSocketDrops", TCX_TABLE_UDP_SOCKETS, 32, 1},
	{"serviceDrops", TCX_TABLE_SERVICES, 32, 1},
	{"serviceUse", TCX_TABLE_SERVICES, 0, 100},
	{"tcpStateReceiveQueue", TCX_TABLE_TCP_STATES, 0, 1},
	{"tcpTotalSockets", TCX_TABLES, 0, 1},
	{"healthRetransData", TCX_TABLES, 0, 100},
	{"healthConntrackInsertFails", TCX_TABLES, 0, 1},
};

/* Texts, times, tables that are no sockets', nodes, counters. */
static const char *const others[] = {
	"tcpListenName",      "tcpListenSince", "softnetCpuDropped", "ifInOctets",
	"limitTcpOrphansUse", "TcpInSegs",	"tcplistenqueue",    "",
	"snapshotSequence",   "tcpListenPort"};

static const char *const limited[][2] = {
	{"tcpListenQueue", "tcpListenUse"},
	{"tcpListenUse", "tcpListenUse"},
	{"udpSocketReceiveQueue", "udpSocketUse"},
	{"SockstatTcpMem", "limitTcpMemMaxUse"},
	{"SockstatUdpMem", "limitUdpMemMaxUse"},
	{"SockstatTcpOrphan", "limitTcpOrphansUse"},
	{"SockstatTcpTw", "limitTcpTimeWaitUse"},
	{"SockstatFragMemory", "limitIpFragmentsUse"},
	{"SockstatFrag6Memory", "limitIp6FragmentsUse"},
	{"NfConntrackCount", "limitNfConntrackUse"},
	{"ArpCacheEntries", "limitArpEntriesUse"},
	{"NdiscCacheEntries", "limitNdiscEntriesUse"},
	{"healthTimeWaitUse", "healthTimeWaitUse"},
};

static void objects(void **state)
{
	struct tcx_measure measure;

	(void)state;
	for (size_t i = 0; i < COUNT(found); i++) {
		if (!tcx_measure_find(found[i].name, &measure))
			fail_msg("%s is none", found[i].name);
		assert_string_equal(measure.name, found[i].name);
		assert_int_equal(measure.table, found[i].table);
		assert_int_equal(measure.bits, found[i].bits);
		assert_int_equal(measure.scale, found[i].scale);
		if (measure.table != TCX_TABLES)
			assert_int_equal(measure.tables, 1U << measure.table);
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (tcx_measure_find(others[i], &measure))
			fail_msg("%s is one", others[i]);
}

static void shares(void **state)
{
	struct tcx_measure measure;

	(void)state;
	for (size_t i = 0; i < COUNT(limited); i++) {
		if (!tcx_measure_find_share(limited[i][0], &measure))
			fail_msg("%s has no limit", limited[i][0]);
		assert_string_equal(measure.name, limited[i][1]);
		assert_int_equal(measure.scale, 100);
	}
	assert_false(tcx_measure_find_share("TcpInSegs", &measure));
	assert_false(tcx_measure_find_share("tcpListenDrops", &measure));
	assert_false(tcx_measure_find_share("healthConntrackInsertFails", &measure));
}

/* Of a part of a whole there is no more than that; what is repeated of what was sent may be. */
static void greatest(void **state)
{
	struct tcx_measure measure;

	(void)state;
	assert_true(tcx_measure_find("healthListenDrops", &measure));
	assert_int_equal(measure.max, 10000);
	assert_true(tcx_measure_find("healthConntrackUse", &measure));
	assert_int_equal(measure.max, 10000);
	assert_true(tcx_measure_find("healthListenerUse", &measure));
	assert_int_equal(measure.max, 10000);
	assert_true(tcx_measure_find("healthRetransProbes", &measure));
	assert_int_equal(measure.max, UINT32_MAX);
	assert_true(tcx_measure_find("healthConntrackInsertFails", &measure));
	assert_int_equal(measure.max, UINT32_MAX);
}

static void count(void *arg, const char *name)
{
	struct tcx_measure measure;

	assert_true(tcx_measure_find(name, &measure));
	++*(int *)arg;
}

static void all(void **state)
{
	int visited = 0;

	(void)state;
	tcx_measures_visit(count, &visited);
	assert_true(visited > TCX_HEALTHS + 15);
}

/* --- Their values
 * --------------------------------------------------------------------------------*/

static const struct tcx_table_kind listeners = {.row_size = sizeof(struct tcx_tcp_listener),
						.key_size = offsetof(struct tcx_bound, link_name)};
static const struct tcx_table_kind limits = {.row_size = sizeof(struct tcx_limits), .key_size = 1};

static struct tcx_table *table_of(const struct tcx_table_kind *kind, const void *row)
{
	struct tcx_table *table = tcx_table_new(kind, 10, 1, NULL);

	assert_true(tcx_table_append(table, row, NULL));
	return table;
}

/* A listener on 1.2.3.4:80 with so many drops since then. */
static struct tcx_table *listener(uint32_t drops, uint64_t since_ns, bool limit_known)
{
	struct tcx_tcp_listener row = {.queue = 7};

	row.at = (struct tcx_bound){.address_type = TCX_IPV4,
				    .address = {1, 2, 3, 4},
				    .limit_known = limit_known,
				    .use = 1234,
				    .drops = {.count = drops, .since_ns = since_ns}};
	tcx_octets_put16(row.at.port, 80);
	return table_of(&listeners, &row);
}

/* "7", or "none". */
static const char *cell(void *reading, const char *name, struct tcx_table *table)
{
	static char text[32];
	struct tcx_measure measure;
	uint64_t value;

	assert_true(tcx_measure_find(name, &measure));
	if (!tcx_measuring.cell(reading, &measure, table, 0, &value))
		return "none";
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return text;
}

static uint64_t since(void *reading, const char *name, struct tcx_table *table)
{
	struct tcx_measure measure;

	assert_true(tcx_measure_find(name, &measure));
	return tcx_measuring.since(reading, &measure, table, 0);
}

static struct tcx_snapshot *snapshot_of(struct fixture *fixture)
{
	struct tcx_sources *sources;
	struct tcx_snapshot *snapshot;
	struct tcx_fault fault = {""};

	fixture_puts(fixture, "net/snmp", "Tcp: InSegs\nTcp: 9\n");
	fixture_puts(fixture, "net/sockstat", "TCP: inuse 1 orphan 2 tw 3 alloc 4 mem 50\n");
	sources = fixture_sources(fixture->root);
	snapshot = tcx_sources_read(sources, &fault);
	tcx_sources_free(sources);
	assert_non_null(snapshot);
	return snapshot;
}

static void cells(void **state)
{
	struct tcx_table *before = listener(5, 3000000000, true),
			 *now = listener(6, 4000000000, false);
	struct tcx_table *none[TCX_TABLES] = {NULL};
	struct fixture fixture;
	struct tcx_observed observed = {.tables = none};
	struct tcx_measure measure;
	char label[TCX_LABEL_SIZE];
	void *reading;

	(void)state;
	fixture_open(&fixture);
	observed.snapshot = snapshot_of(&fixture);
	none[TCX_TABLE_TCP_LISTENERS] = now;
	reading = tcx_measuring.begin(&observed);
	assert_non_null(reading);
	assert_string_equal(cell(reading, "tcpListenQueue", now), "7");
	assert_string_equal(cell(reading, "tcpListenDrops", now), "6");
	assert_string_equal(cell(reading, "tcpListenDrops", before), "5"); /* of another reading */
	assert_string_equal(cell(reading, "tcpListenUse", before), "1234");
	assert_string_equal(cell(reading, "tcpListenUse", now), "none");
	assert_int_not_equal(since(reading, "tcpListenDrops", now),
			     since(reading, "tcpListenDrops", before));
	assert_int_equal(since(reading, "tcpListenDrops", now),
			 since(reading, "tcpListenQueue", now));
	assert_true(tcx_measure_find("tcpListenDrops", &measure));
	tcx_measuring.label(reading, &measure, now, 0, label);
	assert_string_equal(label, "1.2.3.4:80");
	tcx_measuring.end(reading);
	tcx_table_unref(before);
	tcx_table_unref(now);
	tcx_snapshot_unref((struct tcx_snapshot *)observed.snapshot);
	fixture_close(&fixture);
}

static void numbers(void **state)
{
	struct tcx_limits row = {.known[TCX_LIMIT_TCP_MEM_MAX] = true,
				 .numbers[TCX_LIMIT_TCP_MEM_MAX] = 200};
	struct tcx_table *tables[TCX_TABLES] = {[TCX_TABLE_LIMITS] = table_of(&limits, &row)};
	struct tcx_observed observed = {.tables = tables};
	struct tcx_measure measure;
	struct fixture fixture;
	uint64_t value;
	void *reading;

	(void)state;
	fixture_open(&fixture);
	observed.snapshot = snapshot_of(&fixture);
	reading = tcx_measuring.begin(&observed);
	assert_true(tcx_measure_find_share("SockstatTcpMem", &measure));
	assert_true(tcx_measuring.number(reading, &measure, &value));
	assert_int_equal(value, 2500);
	assert_true(tcx_measure_find_share("SockstatTcpOrphan", &measure));
	assert_false(tcx_measuring.number(reading, &measure, &value)); /* that limit is not known */
	assert_true(tcx_measure_find("healthTcpMemoryUse", &measure));
	assert_true(tcx_measuring.number(reading, &measure, &value));
	assert_int_equal(value, 2500);
	assert_true(tcx_measure_find("healthRetransData", &measure));
	assert_false(tcx_measuring.number(reading, &measure, &value)); /* no window has finished */
	tcx_measuring.end(reading);
	tcx_table_unref(tables[TCX_TABLE_LIMITS]);
	tcx_snapshot_unref((struct tcx_snapshot *)observed.snapshot);
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects),  cmocka_unit_test(shares), cmocka_unit_test(all),
		cmocka_unit_test(greatest), cmocka_unit_test(cells),  cmocka_unit_test(numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
