/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reading of a table reports: once when it begins, once when it ends. */
#include "tests/unit/test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/tables.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_S 30

static struct tcx_pool *pool;
static struct tcx_events *events;

/* How the next reading goes; set while no thread reads. Empty: well. */
static struct way {
	const char *lacking;  /* what the kernel does not tell */
	const char *failing;  /* why there is no table */
	const char *fallback; /* why it does not come from sock_diag */
	int rows;
} way;

static const struct way well = {"", "", "", 1};

static bool read_rows(struct tcx_table *table, struct tcx_netns_reader *reader,
		      struct tcx_fault *fault)
{
	(void)reader;
	if (way.failing[0] != '\0')
		return tcx_fault_set(fault, "%s", way.failing);
	if (way.lacking[0] != '\0')
		tcx_table_lacks(table, "%s", way.lacking);
	tcx_fault_set(&table->fallback, "%s", way.fallback);
	for (uint8_t row = 1; row <= way.rows; row++)
		if (!tcx_table_append(table, &row, fault))
			return table->cut;
	return true;
}

static const struct tcx_table_reader reader = {
	.kind.row_size = 1,
	.kind.key_size = 1,
	.read = read_rows,
};

static const struct tcx_tables_settings settings = {
	.interval_ns = 3600 * TCX_NS_PER_S,
	.refresh_ns = 3600 * TCX_NS_PER_S,
	.idle_ns = 3600 * TCX_NS_PER_S,
	.max_rows = 100,
};

/* A reading signals when it has ended, and before that what begins to wait for the loop. */
enum { NOTHING_NEW = 1, SOMETHING_NEW = 2 };

static void wait_for_signals(eventfd_t wanted)
{
	struct pollfd fd = {.fd = tcx_events_fd(events), .events = POLLIN};
	eventfd_t count;

	for (eventfd_t seen = 0; seen < wanted; seen += count) {
		assert_int_equal(poll(&fd, 1, TIMEOUT_S * 1000), 1);
		assert_int_equal(eventfd_read(fd.fd, &count), 0);
	}
}

static void read_table(struct tcx_tables *tables, struct way next, eventfd_t signals)
{
	way = next;
	tcx_tables_set(tables, &settings);
	wait_for_signals(signals);
}

/* The line that is to be logged: "4 the table of ...". */
static const char *next_event(void)
{
	static char text[2 * TCX_FAULT_SIZE];
	struct tcx_event event;
	int used;

	if (!tcx_events_next(events, &event))
		return "";
	used = snprintf(text, sizeof(text), "%d ", event.priority);
	snprintf(text + used, sizeof(text) - (size_t)used, event.format, event.name,
		 event.cause.text);
	return text;
}

/* Reads, and what is to be logged then is this. */
static void read_anew(struct tcx_tables *tables, struct way next, const char *line)
{
	read_table(tables, next, line[0] != '\0' ? SOMETHING_NEW : NOTHING_NEW);
	assert_string_equal(next_event(), line);
	if (line[0] != '\0')
		assert_string_equal(next_event(), "");
}

/* Passes over no other line; readings that nobody waits for may come before it. */
static void wait_for_line(const char *line)
{
	const uint64_t begin = tcx_clock_now();
	const char *next;

	while ((next = next_event())[0] == '\0' &&
	       tcx_clock_now() - begin < TIMEOUT_S * TCX_NS_PER_S)
		usleep(1000);
	assert_string_equal(next, line);
}

static struct tcx_tables *start(struct way first)
{
	static const struct tcx_survey survey = {{&reader}};
	struct tcx_netns *netns = fixture_netns("/proc");
	struct tcx_tables *tables;
	bool pending;

	pool = tcx_pool_new(1, NULL);
	events = tcx_events_new(NULL);
	tables = tcx_tables_start(pool, events, netns, &survey, 1, &settings, NULL);
	tcx_netns_unref(netns);
	way = first;
	assert_non_null(tables);
	assert_null(tcx_tables_get(tables, 0, false, &pending));
	assert_true(pending);
	wait_for_signals(first.failing[0] != '\0' ? SOMETHING_NEW : NOTHING_NEW);
	return tables;
}

static void end_tables(struct tcx_tables *tables)
{
	tcx_tables_stop(tables);
	tcx_pool_stop(pool);
	tcx_events_unref(events);
}

#define NAME "the table of interfaces "

static const struct {
	struct way bad;
	struct way worse;
	const char *begins;
	const char *ends;
} sorts[] = {
	{{"no MTU", "", "", 1},
	 {"no name", "", "", 1},
	 "4 " NAME
	 "is not whole: no MTU; what is missing has no instance until the kernel gives it\n",
	 "5 " NAME "is whole again\n"},
	{{"", "denied", "", 1},
	 {"", "gone", "", 1},
	 "4 " NAME "cannot be read: denied; requests try it again\n",
	 "5 " NAME "can be read again\n"},
	{{"", "", "denied", 1},
	 {"", "", "gone", 1},
	 "5 sock_diag cannot be used for interfaces (denied): sockets are read from procfs, "
	 "without the limits of their queues, drops of listeners and services; see "
	 "kernelTableSource\n",
	 "5 sock_diag can be used for interfaces again\n"},
	{{"", "", "", 101},
	 {"", "", "", 102},
	 "4 " NAME "has more than 100 rows: the rest is missing; raise maxRows\n",
	 "5 " NAME "has all its rows again\n"},
};

static void outages(void **state)
{
	struct tcx_tables *tables = start(well);

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(sorts); i++) {
		const size_t sort = i % COUNT(sorts);

		read_anew(tables, sorts[sort].bad, sorts[sort].begins);
		read_anew(tables, sorts[sort].bad, "");
		read_anew(tables, sorts[sort].worse, "");
		read_anew(tables, well, sorts[sort].ends);
		read_anew(tables, well, "");
	}
	end_tables(tables);
}

/* Nobody listens for a while: what was said last is what is so. */
static void unheard(void **state)
{
	struct tcx_tables *tables = start(well);

	(void)state;
	for (int i = 0; i < 3; i++) {
		read_table(tables, sorts[1].bad, i == 0 ? SOMETHING_NEW : NOTHING_NEW);
		read_table(tables, well, NOTHING_NEW);
	}
	assert_string_equal(next_event(), sorts[1].begins);
	assert_string_equal(next_event(), sorts[1].ends);
	assert_string_equal(next_event(), "");
	read_anew(tables, sorts[1].bad, sorts[1].begins);
	read_table(tables, well, SOMETHING_NEW);
	read_table(tables, sorts[1].bad, NOTHING_NEW);
	assert_string_equal(next_event(), ""); /* it goes on */
	read_anew(tables, well, sorts[1].ends);
	end_tables(tables);
}

/* A table fails once a read of it has, until another one goes well, which the question asks for. */
static void fails(void **state)
{
	struct tcx_tables *tables = start(sorts[1].bad);
	const uint64_t begin = tcx_clock_now();

	(void)state;
	assert_true(tcx_tables_fails(tables, 0));
	way = well;
	while (tcx_tables_fails(tables, 0) && tcx_clock_now() - begin < TIMEOUT_S * TCX_NS_PER_S)
		usleep(1000);
	assert_false(tcx_tables_fails(tables, 0));
	wait_for_line(sorts[1].begins);
	wait_for_line(sorts[1].ends);
	way = sorts[1].bad;
	tcx_tables_set(tables, &settings);
	wait_for_line(sorts[1].begins);
	assert_false(tcx_tables_fails(tables, 0)); /* the rows before are still shown */
	end_tables(tables);
}

/* What nobody has fetched when it is stopped is not said. */
static void stopped(void **state)
{
	struct way failing = well;
	struct tcx_tables *tables;

	(void)state;
	failing.failing = "denied";
	tables = start(failing);
	tcx_tables_stop(tables);
	assert_string_equal(next_event(), "");
	tcx_pool_stop(pool);
	tcx_events_unref(events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outages),
		cmocka_unit_test(unheard),
		cmocka_unit_test(fails),
		cmocka_unit_test(stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
