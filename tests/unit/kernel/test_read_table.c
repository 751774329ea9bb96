/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a table: anew when it changed meanwhile, and nothing of what was read before. */
#include "tests/unit/test.h"

#include <stdlib.h>

#include "kernel/netns_reader.h"
#include "kernel/read_table.h"
#include "tests/unit/fixture.h"

#define ROWS 5

/* What the next read gives. */
static struct {
	int interruptions; /* so many reads end half-way */
	int reads;
	bool lacks;
} next;

static bool read_rows(struct tcx_table *table, struct tcx_netns_reader *netns,
		      struct tcx_fault *fault)
{
	next.reads++;
	for (uint8_t row = 0; row < ROWS; row++) {
		if (next.interruptions > 0 && row == ROWS / 2) {
			next.interruptions--;
			netns->route.interrupted = true;
			return tcx_fault_set(fault, "it changed");
		}
		if (next.lacks)
			tcx_table_lacks(table, "row %u of read %d", row, next.reads);
		if (!tcx_table_append(table, &row, fault))
			return table->cut;
	}
	return true;
}

static const struct tcx_table_reader octets = {
	.kind.row_size = 1,
	.kind.key_size = 1,
	.read = read_rows,
};

static int outer_reads;

static bool read_beside(struct tcx_table *table, struct tcx_netns_reader *netns,
			struct tcx_fault *fault)
{
	struct tcx_table *other;

	(void)table;
	outer_reads++;
	other = tcx_table_read_beside(&octets, netns, fault);
	tcx_table_unref(other);
	return other != NULL;
}

static const struct tcx_table_reader in_need = {
	.kind.row_size = 1,
	.kind.key_size = 1,
	.read = read_beside,
};

static struct tcx_table *read_new(const struct tcx_table_reader *reader, size_t max_rows,
				  struct tcx_fault *fault)
{
	next.reads = 0;
	return fixture_table("/proc", reader, max_rows, NULL, fault);
}

static void at_once(void **state)
{
	struct tcx_table *table = read_new(&octets, ROWS, NULL);

	(void)state;
	assert_int_equal(next.reads, 1);
	assert_ptr_equal(table->kind, &octets.kind);
	assert_int_equal(table->count, ROWS);
	assert_true(table->taken_ns > 0);
	tcx_table_unref(table);
}

/* Nothing of the reads that were interrupted is in the table. */
static void read_anew(void **state)
{
	struct tcx_table *table;

	(void)state;
	next.interruptions = 3;
	table = read_new(&octets, ROWS, NULL);
	assert_int_equal(next.reads, 4);
	assert_int_equal(table->count, ROWS);
	assert_false(table->cut);
	tcx_table_unref(table);
}

static void given_up(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	next.interruptions = 1000;
	assert_null(read_new(&octets, ROWS, &fault));
	assert_string_equal(fault.text, "it changed");
	assert_in_range(next.reads, 2, 100);
	next.interruptions = 0;
}

/* The first one stays, and nothing of a read that was interrupted. */
static void lacking(void **state)
{
	struct tcx_table *table;

	(void)state;
	next.lacks = true;
	next.interruptions = 1;
	table = read_new(&octets, ROWS, NULL);
	assert_string_equal(table->lacking.text, "row 0 of read 2");
	tcx_table_unref(table);
	next.lacks = false;
	table = read_new(&octets, ROWS, NULL);
	assert_string_equal(table->lacking.text, "");
	tcx_table_unref(table);
}

/* Ten tries at most, not ten times ten. */
static void given_up_beside(void **state)
{
	(void)state;
	next.interruptions = 1000;
	outer_reads = 0;
	assert_null(read_new(&in_need, ROWS, NULL));
	assert_in_range(outer_reads, 2, 100);
	assert_int_equal(next.reads, outer_reads);
	next.interruptions = 2;
	outer_reads = 0;
	tcx_table_unref(read_new(&in_need, ROWS, NULL));
	assert_int_equal(outer_reads, 3);
	assert_int_equal(next.interruptions, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_once),	   cmocka_unit_test(read_anew),
		cmocka_unit_test(given_up),	   cmocka_unit_test(lacking),
		cmocka_unit_test(given_up_beside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
