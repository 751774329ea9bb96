/* Tables: order, duplicates, the limit, searching, and reading anew what changed meanwhile. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/kernel.h"
#include "sample/table.h"

struct row {
	uint8_t key[3];
	uint8_t order; /* of reading */
	uint16_t sum;
};

/* What the next read gives. */
static struct {
	const uint8_t (*keys)[3];
	size_t count;
	int interruptions; /* so many reads end half-way */
	int reads;
	bool lacks;
} next;

static bool read_rows(struct tcx_table *table, struct tcx_kernel *kernel, struct tcx_fault *fault)
{
	next.reads++;
	for (size_t i = 0; i < next.count; i++) {
		struct row row = {.order = (uint8_t)i, .sum = 1};

		if (next.interruptions > 0 && i == next.count / 2) {
			next.interruptions--;
			kernel->route.interrupted = true;
			return tcx_fault_set(fault, "it changed");
		}
		if (next.lacks)
			tcx_table_lacks(table, "row %zu of read %d", i, next.reads);
		memcpy(row.key, next.keys[i], sizeof(row.key));
		if (!tcx_table_append(table, &row, fault))
			return table->cut;
	}
	return true;
}

static const struct tcx_table_kind first_stays = {
	.name = "rows",
	.row_size = sizeof(struct row),
	.key_size = sizeof(((struct row *)NULL)->key),
	.read = read_rows,
};

static int outer_reads;

static bool read_beside(struct tcx_table *table, struct tcx_kernel *kernel, struct tcx_fault *fault)
{
	struct tcx_table *other;

	(void)table;
	outer_reads++;
	other = tcx_table_read_beside(&first_stays, kernel, fault);
	tcx_table_unref(other);
	return other != NULL;
}

static const struct tcx_table_kind in_need = {
	.name = "rows",
	.row_size = sizeof(struct row),
	.key_size = sizeof(((struct row *)NULL)->key),
	.read = read_beside,
};

static void add(void *kept, const void *other)
{
	((struct row *)kept)->sum += ((const struct row *)other)->sum;
}

static const struct tcx_table_kind sums = {
	.name = "rows",
	.row_size = sizeof(struct row),
	.key_size = sizeof(((struct row *)NULL)->key),
	.merge = add,
	.read = read_rows,
};

static struct tcx_table *read_keys(const struct tcx_table_kind *kind, const uint8_t (*keys)[3],
				   size_t count, size_t max_rows, struct tcx_fault *fault)
{
	struct tcx_kernel *kernel = tcx_kernel_new("/proc");
	struct tcx_table *table;

	next.keys = keys;
	next.count = count;
	next.reads = 0;
	table = tcx_table_read(kind, kernel, max_rows, fault);
	tcx_kernel_free(kernel);
	return table;
}

static const struct row *row_of(const struct tcx_table *table, size_t i)
{
	return tcx_table_row(table, i);
}

static const uint8_t some[][3] = {
	{2, 0, 0}, {1, 255, 0}, {1, 0, 255}, {2, 0, 0},
	{0, 0, 1}, {255, 0, 0}, {2, 0, 0},   {1, 0, 255},
};

static void sorted_and_unique(void **state)
{
	static const uint8_t wanted[][4] = {
		{0, 0, 1, 4}, {1, 0, 255, 2}, {1, 255, 0, 1}, {2, 0, 0, 0}, {255, 0, 0, 5}};
	struct tcx_table *table = read_keys(&first_stays, some, COUNT(some), 100, NULL);

	(void)state;
	assert_int_equal(table->count, COUNT(wanted));
	assert_false(table->cut);
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_memory_equal(row_of(table, i)->key, wanted[i], 3);
		/* Of equal ones the first that was read. */
		assert_int_equal(row_of(table, i)->order, wanted[i][3]);
	}
	tcx_table_unref(table);
}

static void merged(void **state)
{
	static const uint8_t key[] = {2, 0, 0};
	struct tcx_table *table = read_keys(&sums, some, COUNT(some), 100, NULL);
	const struct row *row = tcx_table_find(table, key);

	(void)state;
	assert_int_equal(row->sum, 3);
	tcx_table_unref(table);
}

static void empty(void **state)
{
	static const uint8_t key[] = {0, 0, 0};
	struct tcx_table *table = read_keys(&sums, some, 0, 100, NULL);

	(void)state;
	assert_int_equal(table->count, 0);
	assert_null(tcx_table_find(table, key));
	assert_int_equal(tcx_table_from(table, key, 3), 0);
	assert_int_equal(tcx_table_behind(table, key, 0), 0);
	tcx_table_unref(table);
}

/* As many rows as allowed are no reason to say that some are missing; one more is. */
static void limited(void **state)
{
	struct tcx_table *whole = read_keys(&sums, some, COUNT(some), COUNT(some), NULL);
	struct tcx_table *cut = read_keys(&sums, some, COUNT(some), 2, NULL);
	struct tcx_table *none = read_keys(&sums, some, COUNT(some), 0, NULL);

	(void)state;
	assert_false(whole->cut);
	assert_true(cut->cut);
	assert_int_equal(cut->count, 2);
	assert_int_equal(row_of(cut, 0)->key[0], 1);
	assert_true(none->cut);
	assert_int_equal(none->count, 0);
	tcx_table_unref(whole);
	tcx_table_unref(cut);
	tcx_table_unref(none);
}

static void searched(void **state)
{
	static const struct {
		uint8_t key[3];
		size_t len;
		size_t from;
		size_t behind;
	} rows[] = {
		{{0, 0, 0}, 0, 0, 5},	    {{0, 0, 0}, 3, 0, 0},   {{0, 0, 1}, 3, 0, 1},
		{{0, 0, 2}, 3, 1, 1},	    {{1, 0, 0}, 1, 1, 3},   {{1, 0, 0}, 2, 1, 2},
		{{1, 1, 0}, 2, 2, 2},	    {{1, 255, 0}, 3, 2, 3}, {{255, 0, 0}, 3, 4, 5},
		{{255, 255, 255}, 3, 5, 5}, {{254, 0, 0}, 1, 4, 4},
	};
	struct tcx_table *table = read_keys(&sums, some, COUNT(some), 100, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(tcx_table_from(table, rows[i].key, rows[i].len), rows[i].from);
		assert_int_equal(tcx_table_behind(table, rows[i].key, rows[i].len), rows[i].behind);
	}
	tcx_table_unref(table);
}

/* Nothing of the reads that were interrupted is in the table. */
static void read_anew(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table;

	(void)state;
	next.interruptions = 3;
	table = read_keys(&sums, some, COUNT(some), 100, &fault);
	assert_int_equal(next.reads, 4);
	assert_int_equal(table->count, 5);
	assert_int_equal(row_of(table, 3)->sum, 3);
	tcx_table_unref(table);
}

static void given_up(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	next.interruptions = 1000;
	assert_null(read_keys(&sums, some, COUNT(some), 100, &fault));
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
	table = read_keys(&sums, some, COUNT(some), 100, NULL);
	assert_string_equal(table->lacking.text, "row 0 of read 2");
	tcx_table_unref(table);
	next.lacks = false;
	table = read_keys(&sums, some, COUNT(some), 100, NULL);
	assert_string_equal(table->lacking.text, "");
	tcx_table_unref(table);
}

/* Ten tries at most, not ten times ten. */
static void given_up_beside(void **state)
{
	(void)state;
	next.interruptions = 1000;
	outer_reads = 0;
	assert_null(read_keys(&in_need, some, COUNT(some), 100, NULL));
	assert_in_range(outer_reads, 2, 100);
	assert_int_equal(next.reads, outer_reads);
	next.interruptions = 2;
	outer_reads = 0;
	tcx_table_unref(read_keys(&in_need, some, COUNT(some), 100, NULL));
	assert_int_equal(outer_reads, 3);
	assert_int_equal(next.interruptions, 0);
}

static void shared(void **state)
{
	struct tcx_table *table = read_keys(&sums, some, COUNT(some), 100, NULL);

	(void)state;
	assert_ptr_equal(tcx_table_ref(table), table);
	tcx_table_unref(table);
	assert_int_equal(table->count, 5);
	tcx_table_unref(table);
	tcx_table_unref(NULL);
}

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, 3);
}

/* Many rows with few and with many different keys: the same as qsort() and a pass over it. */
static void random_keys(void **state)
{
	enum { ROWS = 5000 };
	static uint8_t keys[ROWS][3];

	(void)state;
	srandom(1213);
	for (uint8_t spread = 1; spread < 128; spread = (uint8_t)(2 * spread)) {
		struct tcx_table *table;
		size_t sum = 0;

		for (size_t i = 0; i < ROWS; i++)
			for (size_t j = 0; j < 3; j++)
				keys[i][j] = (uint8_t)(random() % (2 * spread));
		table = read_keys(&sums, (const uint8_t(*)[3])keys, ROWS, ROWS, NULL);
		for (size_t i = 0; i < table->count; i++) {
			sum += row_of(table, i)->sum;
			if (i > 0)
				assert_true(compare(row_of(table, i - 1), row_of(table, i)) < 0);
		}
		assert_int_equal(sum, ROWS);
		for (size_t i = 0; i < ROWS; i++)
			assert_non_null(tcx_table_find(table, keys[i]));
		tcx_table_unref(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorted_and_unique),
		cmocka_unit_test(merged),
		cmocka_unit_test(empty),
		cmocka_unit_test(limited),
		cmocka_unit_test(searched),
		cmocka_unit_test(read_anew),
		cmocka_unit_test(lacking),
		cmocka_unit_test(given_up),
		cmocka_unit_test(given_up_beside),
		cmocka_unit_test(shared),
		cmocka_unit_test(random_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
