/* SPDX-License-Identifier: BSD-2-Clause */
/* The snapshot group (1): what the agent says of its own reading. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "mib/objects.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

static bool add_scalars(struct tcx_tree *tree)
{
	return serving_part(tree, "tcpext", "1");
}

static bool add_sources(struct tcx_tree *tree)
{
	return serving_part(tree, "tcpext", "1.14.1");
}

static void keep(struct tcx_cause **cause, const char *text)
{
	struct tcx_fault fault;

	tcx_fault_set(&fault, "%s", text);
	tcx_cause_set(cause, &fault);
}

static int open_serving(void **state)
{
	static struct serving serving;
	struct tcx_snapshot *snapshot;

	setenv("TZ", "UTC0", 1);
	tzset();
	serving_open(&serving, fixture_source("tests/fixtures/quirk-future"), add_scalars);
	snapshot = serving.request.latest;
	snapshot->sequence = 5000000000;
	snapshot->when = (struct timespec){.tv_sec = 1709210096, .tv_nsec = 789000000};
	snapshot->taken_ns = 100 * TCX_NS_PER_S;
	snapshot->discontinuity_ns = 40 * TCX_NS_PER_S;
	snapshot->cost_ns = 123456;
	serving.request.now_ns = 100 * TCX_NS_PER_S + 250 * TCX_NS_PER_MS;
	serving.request.interval_ns = 500 * TCX_NS_PER_MS;
	serving.request.max_age_ns = 5 * TCX_NS_PER_S;
	serving.request.status.failures = 3;
	keep(&serving.request.status.last_failure, "net/snmp: it is empty");
	*state = &serving;
	return 0;
}

static int close_serving(void **state)
{
	serving_close(*state);
	return 0;
}

static void values(void **state)
{
	struct serving *serving = *state;

	assert_string_equal(serving_get(serving, "1.1.0"), "Counter64 5000000000");
	assert_string_equal(serving_get(serving, "1.2.0"), "Gauge32 250");
	assert_memory_equal(serving_get(serving, "1.3.0"),
			    "STRING \x07\xe8\x02\x1d\x0c\x22\x38\x07+", 16);
	assert_string_equal(serving_get(serving, "1.4.0"), "Gauge32 500");
	assert_string_equal(serving_get(serving, "1.5.0"), "Gauge32 5000");
	assert_string_equal(serving_get(serving, "1.6.0"), "Gauge32 123");
	assert_string_equal(serving_get(serving, "1.7.0"), "Counter64 3");
	assert_string_equal(serving_get(serving, "1.8.0"), "STRING net/snmp: it is empty");
	assert_string_equal(serving_get(serving, "1.11.0"), "STRING " TCX_VERSION);
}

/* Known and unknown names together are all rows of nstatTable. */
static void names(void **state)
{
	struct serving *serving = *state;
	const struct tcx_snapshot *snapshot = serving->request.latest;
	unsigned long known = strtoul(serving_get(serving, "1.9.0") + 8, NULL, 10);
	unsigned long unknown = strtoul(serving_get(serving, "1.10.0") + 8, NULL, 10);

	assert_int_equal(known, tcx_snapshot_count(snapshot, true, 0));
	assert_int_equal(unknown, tcx_snapshot_count(snapshot, false, 0));
	assert_int_equal(known + unknown, snapshot->layout->by_name_count);
	assert_true(unknown > 0 && known > unknown);
}

/* sysUpTime when the counters began anew. */
static void discontinuity(void **state)
{
	struct serving *serving = *state;

	serving->request.uptime_zero_ns = 7 * TCX_NS_PER_S;
	serving->request.latest->discontinuity_ns = 19 * TCX_NS_PER_S + 349999999;
	assert_string_equal(serving_get(serving, "1.12.0"), "TimeTicks 1234");
	serving->request.latest->discontinuity_ns = 6 * TCX_NS_PER_S;
	assert_string_equal(serving_get(serving, "1.12.0"), "TimeTicks 0"); /* before its epoch */
}

/* A value that is too old is no counter that can be read. */
static void old_names(void **state)
{
	struct serving *serving = *state;
	struct tcx_snapshot *snapshot = serving->request.latest;
	size_t all = tcx_snapshot_count(snapshot, true, 0);
	char expected[40];

	assert_true(tcx_snapshot_keep(snapshot, NULL, (size_t)snapshot->layout->slot[TCX_TcpInSegs],
				      (size_t)snapshot->layout->slot[TCX_TcpInSegs] + 1));
	snprintf(expected, sizeof(expected), "Gauge32 %zu", all - 1);
	assert_string_equal(serving_get(serving, "1.9.0"), expected);
	serving->request.oldest_ns = serving->request.now_ns;
	assert_string_equal(serving_get(serving, "1.9.0"), "Gauge32 0");
}

/* An age keeps growing where a manager can see it, when the counters are gone already. */
static void stale(void **state)
{
	struct serving *serving = *state;

	serving->request.fresh = NULL;
	serving->request.now_ns = 200 * TCX_NS_PER_S;
	assert_string_equal(serving_get(serving, "1.1.0"), "Counter64 5000000000");
	assert_string_equal(serving_get(serving, "1.2.0"), "Gauge32 100000");
	assert_string_equal(serving_get(serving, "1.7.0"), "Counter64 3");
	serving->request.now_ns = (1ULL << 33) * TCX_NS_PER_MS;
	assert_string_equal(serving_get(serving, "1.2.0"), "Gauge32 4294967295");
}

/* Before the first good read: what is known is there, a walk passes over the rest. */
static void no_snapshot(void **state)
{
	struct serving serving;

	(void)state;
	serving_open(&serving, NULL, add_scalars);
	assert_string_equal(serving_get(&serving, "1.1.0"), "Counter64 0");
	assert_string_equal(serving_get(&serving, "1.2.0"), "no instance");
	assert_string_equal(serving_get(&serving, "1.3.0"), "no instance");
	assert_string_equal(serving_next(&serving, "1.1.0"), "1.4.0 Gauge32 0");
	assert_string_equal(serving_next(&serving, "1.5.0"), "1.7.0 Counter64 0");
	assert_string_equal(serving_get(&serving, "1.8.0"), "STRING ");
	assert_string_equal(serving_next(&serving, "1.8.0"), "1.11.0 STRING " TCX_VERSION);
	assert_string_equal(serving_next(&serving, "1.11.0"), "end");
	serving_close(&serving);
}

/* Each file of counters has its row, whatever came of it. */
static void sources(void **state)
{
	struct tcx_source_status *status;
	struct serving serving;

	(void)state;
	serving_open(&serving, NULL, add_sources);
	serving.request.now_ns = 100 * TCX_NS_PER_S;
	serving.request.uptime_zero_ns = 10 * TCX_NS_PER_S;
	status = &serving.request.status.sources[TCX_SOURCE_SNMP6];
	status->state = TCX_SOURCE_PARTIAL;
	status->good_ns = 98 * TCX_NS_PER_S;
	status->cost_ns = 12345;
	status->failures = 5000000000;
	keep(&status->cause, "it is empty");
	status->discontinuity_ns = 20 * TCX_NS_PER_S;
	assert_string_equal(serving_get(&serving, "1.14.1.2.2"), "STRING IPv6");
	assert_string_equal(serving_get(&serving, "1.14.1.3.2"), "STRING net/snmp6");
	assert_string_equal(serving_get(&serving, "1.14.1.4.2"), "INTEGER 2");
	assert_string_equal(serving_get(&serving, "1.14.1.5.2"), "Gauge32 2000");
	assert_string_equal(serving_get(&serving, "1.14.1.6.2"), "Gauge32 12");
	assert_string_equal(serving_get(&serving, "1.14.1.7.2"), "Counter64 5000000000");
	assert_string_equal(serving_get(&serving, "1.14.1.8.2"), "STRING it is empty");
	assert_string_equal(serving_get(&serving, "1.14.1.9.2"), "TimeTicks 1000");
	status->state = TCX_SOURCE_ABSENT;
	status->good_ns = 0;
	status->discontinuity_ns = 0;
	assert_string_equal(serving_get(&serving, "1.14.1.4.2"), "INTEGER 4");
	assert_string_equal(serving_get(&serving, "1.14.1.5.2"), "no instance");
	assert_string_equal(serving_get(&serving, "1.14.1.6.2"), "no instance");
	assert_string_equal(serving_get(&serving, "1.14.1.9.2"), "no instance");
	assert_string_equal(serving_next(&serving, ""),
			    "1.14.1.2.1 STRING IPv4, ICMP, TCP and UDP");
	assert_string_equal(serving_get(&serving, "1.14.1.2.0"), "no instance");
	assert_string_equal(serving_get(&serving, "1.14.1.1.1"), "no object");
	serving_close(&serving);
}

/* Twelve objects, dense. */
static void walk(void **state)
{
	struct serving *serving = *state;
	char name[32] = "";

	for (unsigned long i = 1; i <= 12; i++) {
		const char *answer = serving_next(serving, name);
		oid ids[MAX_OID_LEN];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(answer, " "), answer);
		assert_int_equal(serving_parse(name, ids), 3);
		assert_int_equal(ids[1], i);
	}
	assert_string_equal(serving_next(serving, name), "end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_serving, close_serving)
		TEST(values),
		TEST(names),
		TEST(discontinuity),
		TEST(old_names),
		TEST(stale),
		TEST(walk),
#undef TEST
		cmocka_unit_test(no_snapshot),
		cmocka_unit_test(sources),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
