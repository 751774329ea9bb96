/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of one survey: those in use are read together, and are of one reading. */
#include "tests/unit/test.h"

#include <poll.h>
#include <semaphore.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/tables.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_MS 10000

/* How often each table was read. A reading of a slow one waits until the test lets it go on. */
static atomic_int reads[2];
static atomic_bool slow;
static sem_t begun, go_on;

static bool read_first(struct tcx_table *table, struct tcx_netns_reader *reader,
		       struct tcx_fault *fault)
{
	const uint8_t row = 1;

	(void)reader;
	reads[0]++;
	if (slow) {
		sem_post(&begun);
		sem_wait(&go_on);
	}
	return tcx_table_append(table, &row, fault);
}

static bool read_second(struct tcx_table *table, struct tcx_netns_reader *reader,
			struct tcx_fault *fault)
{
	const uint8_t row = 2;

	(void)reader;
	reads[1]++;
	return tcx_table_append(table, &row, fault);
}

static const struct tcx_table_reader first = {{.row_size = 1, .key_size = 1}, .read = read_first};
static const struct tcx_table_reader second = {{.row_size = 1, .key_size = 1}, .read = read_second};
static const struct tcx_survey survey = {{&first, &second}};

static struct tcx_tables_settings settings = {
	.interval_ns = 3600 * TCX_NS_PER_S,
	.refresh_ns = 3600 * TCX_NS_PER_S,
	.idle_ns = 3600 * TCX_NS_PER_S,
	.max_rows = 100,
};

static struct tcx_pool *pool;
static struct tcx_events *events;

static struct tcx_tables *start(void)
{
	struct tcx_netns *netns = fixture_netns("/proc");
	struct tcx_tables *tables;

	pool = tcx_pool_new(2, NULL);
	events = tcx_events_new(NULL);
	tables = tcx_tables_start(pool, events, netns, &survey, 1, &settings, NULL);
	assert_non_null(tables);
	tcx_netns_unref(netns);
	reads[0] = 0;
	reads[1] = 0;
	return tables;
}

static void end_tables(struct tcx_tables *tables)
{
	tcx_tables_stop(tables);
	tcx_pool_stop(pool);
	tcx_events_unref(events);
}

static bool is_pending(struct tcx_tables *tables, size_t id)
{
	bool pending;

	tcx_table_unref(tcx_tables_get(tables, id, false, &pending));
	return pending;
}

static void wait_for_event(void)
{
	struct pollfd fd = {.fd = tcx_events_fd(events), .events = POLLIN};
	struct tcx_event event;

	assert_int_equal(poll(&fd, 1, TIMEOUT_MS), 1);
	assert_false(tcx_events_next(events, &event));
}

/* When the table was read; 0: it is not held. */
static uint64_t taken(struct tcx_tables *tables, size_t id)
{
	struct tcx_table *table = tcx_tables_peek(tables, id);
	uint64_t taken_ns = table != NULL ? table->taken_ns : 0;

	tcx_table_unref(table);
	return taken_ns;
}

/* One that was not made by the last reading is made by another, with those in use. */
static void read_together(void **state)
{
	struct tcx_tables *tables = start();
	uint64_t before;

	(void)state;
	assert_true(is_pending(tables, 0));
	wait_for_event();
	before = taken(tables, 0);
	assert_true(before > 0);
	assert_int_equal(reads[1], 0);
	assert_int_equal(taken(tables, 1), 0);
	assert_true(is_pending(tables, 1));
	wait_for_event();
	assert_int_equal(reads[0], 2);
	assert_int_equal(reads[1], 1);
	assert_true(taken(tables, 0) > before);
	assert_int_equal(taken(tables, 0), taken(tables, 1));
	assert_false(is_pending(tables, 0));
	assert_false(is_pending(tables, 1));
	end_tables(tables);
}

/* A request for what the reading under way does not make is not answered by it, but by the next. */
static void asked_meanwhile(void **state)
{
	struct tcx_tables *tables = start();

	(void)state;
	slow = true;
	assert_true(is_pending(tables, 0));
	assert_int_equal(sem_wait(&begun), 0);
	assert_true(is_pending(tables, 1));
	slow = false;
	sem_post(&go_on);
	wait_for_event();
	while (taken(tables, 1) == 0)
		wait_for_event();
	assert_int_equal(reads[0], 2);
	assert_int_equal(reads[1], 1);
	assert_int_equal(taken(tables, 0), taken(tables, 1));
	end_tables(tables);
}

/* One that nobody asks for is let go, while the other one is in use. */
static void one_is_idle(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;

	(void)state;
	settings.interval_ns = TCX_NS_PER_S / 100;
	settings.idle_ns = TCX_NS_PER_S / 5;
	tables = start();
	while (taken(tables, 0) == 0) {
		assert_true(is_pending(tables, 0));
		wait_for_event();
	}
	while (taken(tables, 0) != 0 || taken(tables, 1) == 0) {
		is_pending(tables, 1);
		wait_for_event();
	}
	assert_true(reads[1] > 0);
	end_tables(tables);
	settings = usual;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_together),
		cmocka_unit_test(asked_meanwhile),
		cmocka_unit_test(one_is_idle),
	};

	sem_init(&begun, 0, 0);
	sem_init(&go_on, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
