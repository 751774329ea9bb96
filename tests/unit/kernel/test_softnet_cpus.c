/* SPDX-License-Identifier: BSD-2-Clause */
/* A row for each processor of softnet_stat: what its lines say, and texts that do not say whose. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/softnet_cpus.h"
#include "tests/unit/fixture.h"

static const struct row {
	const char *what, *text;
	size_t rows;
	uint32_t index, dropped, backlog; /* of the last one */
} texts[] = {
	{"13 columns", "1 2 3 0 0 0 0 0 9 a b c 0\n1 ffffffff 3 0 0 0 0 0 9 a b d 3\n", 2, 4,
	 UINT32_MAX, 13},
	{"15 columns", "00000001 00000002 0 0 0 0 0 0 0 0 0 0 00000007 1 1\n", 1, 8, 2, 0},
	{"more columns", "1 2 3 0 0 0 0 0 9 a b c 0 1 1 5 6\n", 1, 1, 2, 12},
	{"blanks and tabs", " 1\t2  3 0 0 0 0 0 9 a b c 0 \n", 1, 1, 2, 12},
	{"upper case", "1 A 3 0 0 0 0 0 9 a b C 0\n", 1, 1, 10, 12},
	{"9 columns", "1 2 3 0 0 0 0 0 9\n", 0, 0, 0, 0},
	{"11 columns", "1 2 3 0 0 0 0 0 9 a b\n", 0, 0, 0, 0},
	{"12 columns", "1 2 3 0 0 0 0 0 9 a b c\n", 0, 0, 0, 0},
	{"14 columns", "1 2 3 0 0 0 0 0 9 a b c 0 1\n", 0, 0, 0, 0},
	{"one processor twice", "1 2 3 0 0 0 0 0 9 a b c 0\n1 2 3 0 0 0 0 0 9 a b c 0\n", 0, 0, 0,
	 0},
	{"out of order", "1 2 3 0 0 0 0 0 9 a b c 1\n1 2 3 0 0 0 0 0 9 a b c 0\n", 0, 0, 0, 0},
	{"no such processor", "1 2 3 0 0 0 0 0 9 a b c ffffffff\n", 0, 0, 0, 0},
	{"a shorter line", "1 2 3 0 0 0 0 0 9 a b c 0\n1 2\n", 0, 0, 0, 0},
	{"no number", "1 2 3 0 0 0 0 0 9 a b c x\n", 0, 0, 0, 0},
	{"a blank line", "\n", 0, 0, 0, 0},
	{"nothing", "", 0, 0, 0, 0},
};

static void lines(void **state)
{
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture);
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct tcx_fault fault = {""};
		struct tcx_table *table;
		const struct tcx_softnet_cpu *last;

		fixture_puts(&fixture, "net/softnet_stat", texts[i].text);
		table = fixture_table(fixture.root, &tcx_softnet_cpus, 1000, NULL, &fault);
		if (table == NULL || table->count != texts[i].rows)
			fail_msg("%s: %zu rows; %s", texts[i].what,
				 table != NULL ? table->count : 0, fault.text);
		last = table->count > 0 ? tcx_table_row(table, table->count - 1) : NULL;
		if (last != NULL &&
		    (tcx_octets_get32(last->index) != texts[i].index ||
		     last->dropped != texts[i].dropped || last->backlog_length != texts[i].backlog))
			fail_msg("%s: another row", texts[i].what);
		tcx_table_unref(table);
	}
	fixture_close(&fixture);
}

/* No such file is no row and no fault; one that cannot be read is a fault. */
static void no_file(void **state)
{
	struct fixture fixture;
	struct tcx_fault fault = {""};
	struct tcx_table *table;

	(void)state;
	fixture_open(&fixture);
	table = fixture_table(fixture.root, &tcx_softnet_cpus, 1000, NULL, &fault);
	assert_non_null(table);
	assert_int_equal(table->count, 0);
	tcx_table_unref(table);
	fixture_mkdir(&fixture, "net/softnet_stat");
	assert_null(fixture_table(fixture.root, &tcx_softnet_cpus, 1000, NULL, &fault));
	assert_non_null(strstr(fault.text, "net/softnet_stat: cannot be"));
	fixture_close(&fixture);
}

/* As many rows as are wanted, and a mark that there were more. */
static void cut(void **state)
{
	struct fixture fixture;
	struct tcx_table *table;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/softnet_stat",
		     "1 2 3 0 0 0 0 0 9 a b c 0\n1 2 3 0 0 0 0 0 9 a b c 1\n");
	table = fixture_table(fixture.root, &tcx_softnet_cpus, 1, NULL, NULL);
	assert_non_null(table);
	assert_int_equal(table->count, 1);
	assert_true(table->cut);
	tcx_table_unref(table);
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines),
		cmocka_unit_test(no_file),
		cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
