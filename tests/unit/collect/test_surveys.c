/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of one survey: those in use are read together, and are of one reading. */
#include "tests/unit/test.h"

#include <poll.h>
#include <semaphore.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/tables.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_MS 10000

/* How often each table was read. A reading of a slow one waits until the test lets it go on. */
static atomic_int reads[2];
static atomic_bool slow;
static sem_t begun, go_on;

/* Whether a reading was lent tables of its own survey, and of the other one. */
static bool own_lent, others_lent;

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

	reads[1]++;
	own_lent = reader->before[1] != NULL;
	others_lent = reader->before[0] != NULL;
	return tcx_table_append(table, &row, fault);
}

static const struct tcx_table_reader first = {{.row_size = 1, .key_size = 1}, .read = read_first};
static const struct tcx_table_reader second = {{.row_size = 1, .key_size = 1}, .read = read_second};
static const struct tcx_survey survey = {{&first, &second}};
static const struct tcx_survey apart[] = {{{[0] = &first}}, {{[1] = &second}}};

static struct tcx_tables_settings settings = {
	.interval_ns = 3600 * TCX_NS_PER_S,
	.refresh_ns = 3600 * TCX_NS_PER_S,
	.idle_ns = 3600 * TCX_NS_PER_S,
	.max_rows = 100,
};

static struct tcx_pool *pool;
static struct tcx_events *events;

static struct tcx_tables *start_surveys(const struct tcx_survey *surveys, size_t count)
{
	struct tcx_netns *netns = fixture_netns("/proc");
	struct tcx_tables *tables;

	pool = tcx_pool_new(2, NULL);
	events = tcx_events_new(NULL);
	reads[0] = 0;
	reads[1] = 0;
	tables = tcx_tables_start(pool, events, netns, surveys, count, &settings, NULL);
	assert_non_null(tables);
	tcx_netns_unref(netns);
	return tables;
}

static struct tcx_tables *start(void)
{
	return start_surveys(&survey, 1);
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

/* Nothing runs for nothing. */
static void expect_no_event(void)
{
	struct pollfd fd = {.fd = tcx_events_fd(events), .events = POLLIN};

	assert_int_equal(poll(&fd, 1, 20), 0);
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
	expect_no_event();
	end_tables(tables);
}

/* A reading goes on from the tables before of its own survey: those of another may go meanwhile. */
static void before_of_own_survey(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;

	(void)state;
	settings.interval_ns = TCX_NS_PER_S / 100;
	tables = start_surveys(apart, COUNT(apart));
	while (taken(tables, 0) == 0 || reads[1] < 2) {
		is_pending(tables, 0);
		is_pending(tables, 1);
		wait_for_event();
	}
	end_tables(tables);
	assert_true(own_lent);
	assert_false(others_lent);
	settings = usual;
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

static bool is_fresh(struct tcx_tables *tables, size_t id)
{
	struct tcx_table *table = tcx_tables_fresh(tables, id);

	tcx_table_unref(table);
	return table != NULL;
}

/* One that is watched is renewed though nobody asks for it, alone, until it is not any more. */
static void one_is_watched(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;
	uint64_t before;

	(void)state;
	settings.interval_ns = TCX_NS_PER_S / 100;
	settings.idle_ns = TCX_NS_PER_S / 100;
	settings.watched = 1U << 1;
	tables = start();
	while (taken(tables, 1) == 0)
		wait_for_event();
	before = taken(tables, 1);
	while (taken(tables, 1) == before)
		wait_for_event();
	assert_true(reads[1] > 1);
	assert_int_equal(reads[0], 0);
	assert_true(is_fresh(tables, 1));
	assert_false(is_fresh(tables, 0));
	settings.watched = 0;
	tcx_tables_set(tables, &settings);
	while (taken(tables, 1) != 0)
		wait_for_event();
	assert_false(is_fresh(tables, 1));
	settings.watched = 1U << 1;
	tcx_tables_set(tables, &settings); /* as a reload does */
	while (taken(tables, 1) == 0)
		wait_for_event();
	end_tables(tables);
	settings = usual;
}

/* It is read when it is due, and until then nothing runs. */
static void watched_in_time(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;

	(void)state;
	settings.watched = 1U << 1;
	tables = start();
	while (taken(tables, 1) == 0)
		wait_for_event();
	expect_no_event();
	assert_int_equal(reads[1], 1);
	end_tables(tables);
	settings = usual;
}

/* Only who has use for them watches links, which takes a socket. */
static void watches_links(void **state)
{
	static const struct {
		bool lazy;
		uint32_t watched;
		bool watches;
	} cases[] = {
		{true, 0, false}, {true, 1U << 1, false}, {true, 1U << TCX_TABLE_INTERFACES, true},
		{false, 0, true}, {false, 1U << 1, true},
	};
	const struct tcx_tables_settings usual = settings;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct tcx_tables *tables;
		size_t before;

		settings.lazy = true;
		settings.watched = 0;
		tables = start();
		before = fixture_descriptors();
		settings.lazy = cases[i].lazy;
		settings.watched = cases[i].watched;
		tcx_tables_set(tables, &settings);
		if (settings.watched == 1U << 1)
			while (taken(tables, 1) == 0)
				wait_for_event();
		while (cases[i].watches && fixture_descriptors() == before)
			assert_true(tcx_clock_now() < deadline);
		if (!cases[i].watches)
			assert_int_equal(fixture_descriptors(), before);
		end_tables(tables);
	}
	settings = usual;
}

/* While its reading hangs, it becomes too old. */
static void watched_in_vain(void **state)
{
	const struct tcx_tables_settings usual = settings;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS;
	struct tcx_tables *tables;

	(void)state;
	settings.interval_ns = TCX_NS_PER_S / 100;
	settings.watched = 1U << 0;
	tables = start();
	while (taken(tables, 0) == 0)
		wait_for_event();
	slow = true;
	assert_int_equal(sem_wait(&begun), 0);
	while (is_fresh(tables, 0) && tcx_clock_now() < deadline)
		;
	assert_false(is_fresh(tables, 0));
	assert_true(taken(tables, 0) > 0);
	slow = false;
	sem_post(&go_on);
	end_tables(tables);
	settings = usual;
}

/* When its readings began and ended. */
static uint64_t when[8][2];
static atomic_int lasted;

static bool read_lasting(struct tcx_table *table, struct tcx_netns_reader *reader,
			 struct tcx_fault *fault)
{
	(void)table;
	(void)reader;
	(void)fault;
	if (lasted >= (int)COUNT(when))
		return true;
	when[lasted][0] = tcx_clock_now();
	poll(NULL, 0, 5 * (lasted % 2));
	when[lasted][1] = tcx_clock_now();
	lasted++;
	return true;
}

static const struct tcx_table_reader lasting = {{.row_size = 1, .key_size = 1},
						.read = read_lasting};
static const struct tcx_survey of_lasting = {{&lasting}};

/* However long readings take: after each there is as much time without one. */
static void half_of_the_time(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;

	(void)state;
	lasted = 0;
	settings.interval_ns = TCX_NS_PER_MS;
	settings.watched = 1U << 0;
	tables = start_surveys(&of_lasting, 1);
	while (lasted < (int)COUNT(when))
		wait_for_event();
	for (size_t i = 1; i < COUNT(when); i++) {
		uint64_t took = when[i - 1][1] - when[i - 1][0];

		assert_true(when[i][0] - when[i - 1][0] >= 2 * took);
		assert_true(when[i][0] - when[i - 1][0] >= TCX_NS_PER_MS);
	}
	end_tables(tables);
	settings = usual;
}

static const struct tcx_table_reader counting = {{.row_size = 1, .key_size = 1, .counts = true},
						 .read = read_second};
static const struct tcx_survey of_counting = {{[1] = &counting}};

/* What counts is read for each request, or none older than a refresh; where need be an old one. */
static void counters(void **state)
{
	const struct tcx_tables_settings usual = settings;
	struct tcx_tables *tables;
	struct tcx_table *table;
	bool pending;
	uint64_t before;

	(void)state;
	tables = start_surveys(&of_counting, 1);
	assert_null(tcx_tables_get(tables, 1, true, &pending));
	assert_true(pending);
	wait_for_event();
	assert_false(is_pending(tables, 1));
	before = taken(tables, 1);
	settings.refresh_ns = TCX_NS_PER_S / 5;
	tcx_tables_set(tables, &settings);
	while (taken(tables, 1) == before) /* new settings begin with a reading */
		wait_for_event();
	before = taken(tables, 1);
	while (tcx_clock_now() <= before + TCX_NS_PER_S / 5)
		poll(NULL, 0, 10);
	table = tcx_tables_get(tables, 1, true, &pending);
	assert_false(pending);
	if (tcx_clock_now() < before + 2 * TCX_NS_PER_S) /* or this host is very slow */
		assert_non_null(table);
	tcx_table_unref(table);
	while (taken(tables, 1) == before)
		wait_for_event();
	assert_false(is_pending(tables, 1));
	end_tables(tables);
	settings = usual;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_together),   cmocka_unit_test(before_of_own_survey),
		cmocka_unit_test(asked_meanwhile), cmocka_unit_test(one_is_idle),
		cmocka_unit_test(one_is_watched),  cmocka_unit_test(watched_in_time),
		cmocka_unit_test(watched_in_vain), cmocka_unit_test(watches_links),
		cmocka_unit_test(counters),	   cmocka_unit_test(half_of_the_time),
	};

	sem_init(&begun, 0, 0);
	sem_init(&go_on, 0, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
