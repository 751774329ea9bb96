/* SPDX-License-Identifier: BSD-2-Clause */
/* health and healthTable: what a manager sees of the values, whose numbers sample/test_health has.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "kernel/socket_tables.h"
#include "mib/objects.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

enum { LABEL = 2, VALUE, UNIT };

static struct fixture fixture;
static struct serving serving;

static struct tcx_limits limits = {
	.known = {[TCX_LIMIT_TCP_MEM_MAX] = true},
	.numbers = {[TCX_LIMIT_TCP_MEM_MAX] = 400},
};
static struct tcx_tcp_listener listeners[] = {
	{.at = {.limit_known = true, .use = 100}},
	{.at = {.limit_known = true, .use = 9950}},
	{.at = {.use = 10000}},
};
static struct tcx_table held_limits = {
	.kind = &tcx_kernel_limits.kind, .count = 1, .rows = (uint8_t *)&limits};
static struct tcx_table held_listeners = {
	.kind = &tcx_tcp_listeners.kind, .count = COUNT(listeners), .rows = (uint8_t *)listeners};

/* What a counter grew by. */
static void grow(enum tcx_counter counter, uint64_t number)
{
	struct tcx_snapshot *snapshot = serving.request.latest;

	snapshot->window->of[snapshot->layout->slot[counter]] = number;
}

static int setup(void **state)
{
	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp", "Tcp: OutSegs RetransSegs\nTcp: 9 9\n");
	fixture_puts(&fixture, "net/netstat",
		     "TcpExt: TCPMemoryPressures TCPFastRetrans\nTcpExt: 9 9\n");
	fixture_puts(&fixture, "net/sockstat", "TCP: mem 100\n");
	serving_open(&serving, fixture.root, serving_private);
	serving.request.latest->window = tcx_numbers_new(serving.request.latest->layout->count);
	serving.request.held[TCX_TABLE_LIMITS] = &held_limits;
	serving.request.held[TCX_TABLE_TCP_LISTENERS] = &held_listeners;
	grow(TCX_TcpOutSegs, 1000);
	grow(TCX_TcpRetransSegs, 5);
	grow(TCX_TcpExtTCPMemoryPressures, 3);
	grow(TCX_TcpExtTCPFastRetrans, TCX_NO_NUMBER);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	serving_close(&serving);
	fixture_close(&fixture);
	return 0;
}

static const char *scalar(enum tcx_health row)
{
	char name[32];

	snprintf(name, sizeof(name), "%d.%d.0", TCX_ARC_health, row + 1);
	return serving_get(&serving, name);
}

static const char *cell(int column, enum tcx_health row)
{
	char name[32];

	snprintf(name, sizeof(name), "%d.1.%d.%d", TCX_ARC_healthTable, column, row + 1);
	return serving_get(&serving, name);
}

static void values(void **state)
{
	(void)state;
	assert_string_equal(scalar(TCX_healthRetransSegments), "Gauge32 50");
	assert_string_equal(scalar(TCX_healthMemoryPressures), "Gauge32 3");
	assert_string_equal(scalar(TCX_healthTcpMemoryUse), "Gauge32 2500");
	assert_string_equal(scalar(TCX_healthOrphansUse), "no instance");
	assert_string_equal(scalar(TCX_healthListenerUse), "Gauge32 9950");
	assert_string_equal(scalar(TCX_healthUdpSocketUse), "no instance"); /* no table */
	assert_string_equal(scalar(TCX_healthRetransFast), "no instance");
	assert_string_equal(scalar(TCX_healthHystartCwnd), "no instance");
}

/* Beside what the kernel does not tell there is no fullest one; nor among none. */
static void no_listener(void **state)
{
	(void)state;
	listeners[0].at.limit_known = listeners[1].at.limit_known = false;
	assert_string_equal(scalar(TCX_healthListenerUse), "no instance");
	listeners[0].at.limit_known = listeners[1].at.limit_known = true;
	held_listeners.count = 0;
	assert_string_equal(scalar(TCX_healthListenerUse), "no instance");
	held_listeners.count = COUNT(listeners);
}

static void saturation(void **state)
{
	(void)state;
	grow(TCX_TcpExtTCPMemoryPressures, 4294967295);
	assert_string_equal(scalar(TCX_healthMemoryPressures), "Gauge32 4294967295");
	grow(TCX_TcpExtTCPMemoryPressures, 4294967296);
	assert_string_equal(scalar(TCX_healthMemoryPressures), "Gauge32 4294967295");
	grow(TCX_TcpRetransSegs, UINT64_MAX - 1);
	assert_string_equal(scalar(TCX_healthRetransSegments), "Gauge32 4294967295");
	assert_string_equal(cell(VALUE, TCX_healthRetransSegments), "Gauge32 4294967295");
}

/* The table says what the scalars say, and has all rows, whether they have a value or not. */
static void table(void **state)
{
	(void)state;
	for (int i = 0; i < TCX_HEALTHS; i++) {
		enum tcx_health row = (enum tcx_health)i;
		char value[64], label[64];

		snprintf(value, sizeof(value), "%s", scalar(row));
		snprintf(label, sizeof(label), "STRING %s", tcx_health_label(row));
		assert_string_equal(cell(VALUE, row), value);
		assert_string_equal(cell(LABEL, row), label);
	}
	assert_string_equal(cell(LABEL, TCX_healthListenDrops), "STRING healthListenDrops");
	assert_string_equal(cell(UNIT, TCX_healthListenDrops), "STRING hundredths of a percent");
	assert_string_equal(cell(UNIT, TCX_healthHystartCwnd), "STRING segments");
	assert_string_equal(cell(LABEL, TCX_HEALTHS), "no instance");
}

static void stale(void **state)
{
	(void)state;
	serving.request.fresh = NULL;
	for (int row = 0; row < TCX_HEALTHS; row++)
		if (row != TCX_healthListenerUse)
			assert_string_equal(scalar((enum tcx_health)row), "no instance");
	assert_string_equal(cell(LABEL, TCX_healthRetransData), "STRING healthRetransData");
	serving.request.fresh = serving.request.latest;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values), cmocka_unit_test(no_listener), cmocka_unit_test(table),
		cmocka_unit_test(stale),  cmocka_unit_test(saturation),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
