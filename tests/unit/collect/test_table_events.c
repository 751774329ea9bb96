/* SPDX-License-Identifier: BSD-2-Clause */
/* What a table's thread reports: once when it begins, once when it ends. */
#include "tests/unit/test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#include "base/clock.h"
#include "collect/tables.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_MS 10000

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

static void wait_for_table(struct tcx_tables *tables)
{
	struct pollfd fd = {.fd = tcx_tables_ready_fd(tables), .events = POLLIN};
	eventfd_t count;

	assert_int_equal(poll(&fd, 1, TIMEOUT_MS), 1);
	assert_int_equal(eventfd_read(fd.fd, &count), 0);
}

static void read_table(struct tcx_tables *tables, struct way next)
{
	way = next;
	tcx_tables_set(tables, &settings);
	wait_for_table(tables);
}

/* What there is to report: "3 text". */
static const char *next_event(struct tcx_tables *tables)
{
	static char text[TCX_FAULT_SIZE + 16];
	struct tcx_table_event event;

	if (!tcx_tables_next_event(tables, &event))
		return "";
	snprintf(text, sizeof(text), "%d %s", event.kind, event.cause.text);
	return text;
}

static const char *read_anew(struct tcx_tables *tables, struct way next)
{
	static char text[TCX_FAULT_SIZE + 16];

	read_table(tables, next);
	snprintf(text, sizeof(text), "%s", next_event(tables));
	assert_string_equal(next_event(tables), "");
	return text;
}

static struct tcx_tables *start(void)
{
	static const struct tcx_survey survey = {{&reader}};
	struct tcx_netns *netns = fixture_netns("/proc");
	struct tcx_tables *tables = tcx_tables_start(netns, &survey, 1, &settings, NULL);
	bool pending;

	tcx_netns_unref(netns);
	way = well;
	assert_non_null(tables);
	assert_null(tcx_tables_get(tables, 0, false, &pending));
	assert_true(pending);
	wait_for_table(tables);
	return tables;
}

static const struct {
	struct way bad;
	struct way worse;
	enum tcx_table_event_kind begins;
	const char *cause;
	enum tcx_table_event_kind ends;
} sorts[] = {
	{{"no MTU", "", "", 1},
	 {"no name", "", "", 1},
	 TCX_TABLE_LACKING,
	 "no MTU",
	 TCX_TABLE_WHOLE},
	{{"", "denied", "", 1},
	 {"", "gone", "", 1},
	 TCX_TABLE_FAILED,
	 "denied",
	 TCX_TABLE_RECOVERED},
	{{"", "", "denied", 1},
	 {"", "", "gone", 1},
	 TCX_TABLE_FALLBACK,
	 "denied",
	 TCX_TABLE_NO_FALLBACK},
	{{"", "", "", 101}, {"", "", "", 102}, TCX_TABLE_CUT, "100", TCX_TABLE_FITS},
};

static void outages(void **state)
{
	struct tcx_tables *tables = start();
	char begin[64], end[64];

	(void)state;
	for (size_t i = 0; i < 2 * COUNT(sorts); i++) {
		const size_t sort = i % COUNT(sorts);

		snprintf(begin, sizeof(begin), "%d %s", sorts[sort].begins, sorts[sort].cause);
		snprintf(end, sizeof(end), "%d ", sorts[sort].ends);
		assert_string_equal(read_anew(tables, sorts[sort].bad), begin);
		assert_string_equal(read_anew(tables, sorts[sort].bad), "");
		assert_string_equal(read_anew(tables, sorts[sort].worse), "");
		assert_string_equal(read_anew(tables, well), end);
		assert_string_equal(read_anew(tables, well), "");
	}
	tcx_tables_stop(tables, true);
}

/* Nobody listens for a while: what was said last is what is so. */
static void unheard(void **state)
{
	struct tcx_tables *tables = start();
	char begin[64], end[64];

	(void)state;
	snprintf(begin, sizeof(begin), "%d denied", TCX_TABLE_FAILED);
	snprintf(end, sizeof(end), "%d ", TCX_TABLE_RECOVERED);
	for (int i = 0; i < 3; i++) {
		read_table(tables, sorts[1].bad);
		read_table(tables, well);
	}
	assert_string_equal(next_event(tables), begin);
	assert_string_equal(next_event(tables), end);
	assert_string_equal(next_event(tables), "");
	assert_string_equal(read_anew(tables, sorts[1].bad), begin);
	read_table(tables, well);
	read_table(tables, sorts[1].bad);
	assert_string_equal(next_event(tables), ""); /* it goes on */
	assert_string_equal(read_anew(tables, well), end);
	tcx_tables_stop(tables, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outages),
		cmocka_unit_test(unheard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
