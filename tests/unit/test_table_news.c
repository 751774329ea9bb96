/* What a table's thread reports: once when it begins, once when it ends. */
#include "test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "tcx_clock.h"
#include "tcx_tables.h"

#define PATIENCE_MS 10000

/* What the kernel does not tell in the next reading; set while no thread reads. */
static const char *lacking;

static bool read_rows(struct tcx_table *table, struct tcx_kernel *kernel, struct tcx_fault *fault)
{
	const uint8_t row = 1;

	(void)kernel;
	if (lacking[0] != '\0')
		tcx_table_lacks(table, "%s", lacking);
	return tcx_table_append(table, &row, fault);
}

static const struct tcx_table_kind kind = {
	.name = "rows",
	.row_size = 1,
	.key_size = 1,
	.read = read_rows,
};

static const struct tcx_tables_settings settings = {
	.proc_root = "/proc",
	.interval_ns = 3600 * TCX_NS_PER_S,
	.refresh_ns = 3600 * TCX_NS_PER_S,
	.idle_ns = 3600 * TCX_NS_PER_S,
	.max_rows = 100,
};

static void wait_for_table(struct tcx_tables *tables)
{
	struct pollfd fd = {.fd = tcx_tables_ready_fd(tables), .events = POLLIN};

	assert_int_equal(poll(&fd, 1, PATIENCE_MS), 1);
	tcx_tables_acknowledge(tables);
}

/* Has the table read anew, and gives what there is to report of that: "3 text". */
static const char *read_anew(struct tcx_tables *tables, const char *lacks)
{
	static char text[TCX_FAULT_SIZE + 16];
	struct tcx_table_event event;

	lacking = lacks;
	tcx_tables_set(tables, &settings);
	wait_for_table(tables);
	if (!tcx_tables_next_event(tables, &event))
		return "";
	snprintf(text, sizeof(text), "%d %s", event.news, event.cause.text);
	assert_false(tcx_tables_next_event(tables, &event));
	return text;
}

static void lacking_rows(void **state)
{
	static const struct tcx_table_kind *const kinds[] = {&kind};
	char begin[64], end[64];
	struct tcx_tables *tables = tcx_tables_start(kinds, 1, &settings, NULL);
	bool pending;

	(void)state;
	snprintf(begin, sizeof(begin), "%d no MTU", TCX_TABLE_LACKING);
	snprintf(end, sizeof(end), "%d ", TCX_TABLE_WHOLE);
	lacking = "";
	assert_non_null(tables);
	assert_null(tcx_tables_get(tables, 0, false, &pending));
	assert_true(pending);
	wait_for_table(tables);
	for (int outage = 0; outage < 2; outage++) {
		assert_string_equal(read_anew(tables, "no MTU"), begin);
		assert_string_equal(read_anew(tables, "no MTU"), "");
		assert_string_equal(read_anew(tables, "no name"), "");
		assert_string_equal(read_anew(tables, ""), end);
		assert_string_equal(read_anew(tables, ""), "");
	}
	tcx_tables_stop(tables);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lacking_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
