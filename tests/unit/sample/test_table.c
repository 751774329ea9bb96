/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables: order, duplicates, the limit, what is lacking, and searching. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "sample/table.h"

struct row {
	uint8_t key[3];
	uint8_t order; /* of reading */
	uint16_t sum;
};

static const struct tcx_table_kind first_stays = {
	.row_size = sizeof(struct row),
	.key_size = sizeof(((struct row *)NULL)->key),
};

static void add(void *kept, const void *other)
{
	((struct row *)kept)->sum += ((const struct row *)other)->sum;
}

static const struct tcx_table_kind sums = {
	.row_size = sizeof(struct row),
	.key_size = sizeof(((struct row *)NULL)->key),
	.merge = add,
};

static struct tcx_table *table_of(const struct tcx_table_kind *kind, const uint8_t (*keys)[3],
				  size_t count, size_t max_rows)
{
	struct tcx_table *table = tcx_table_new(kind, max_rows, 1, NULL);

	assert_non_null(table);
	for (size_t i = 0; i < count; i++) {
		struct row row = {.order = (uint8_t)i, .sum = 1};

		memcpy(row.key, keys[i], sizeof(row.key));
		if (!tcx_table_append(table, &row, NULL))
			break;
	}
	assert_true(tcx_table_sort_unique(table, NULL));
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
	struct tcx_table *table = table_of(&first_stays, some, COUNT(some), 100);

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

/* What is appended behind sorted rows is in its place, and merged, when they are sorted again. */
static void sorted_again(void **state)
{
	struct tcx_table *table = table_of(&sums, some, COUNT(some), 100);

	(void)state;
	for (size_t i = 0; i < COUNT(some); i++) {
		struct row row = {.sum = 1};

		memcpy(row.key, some[i], sizeof(row.key));
		assert_true(tcx_table_append(table, &row, NULL));
		assert_true(tcx_table_sort_unique(table, NULL));
	}
	tcx_table_trim(table);
	assert_int_equal(table->count, 5);
	for (size_t i = 0; i < table->count; i++) {
		const struct row *row = tcx_table_find(table, row_of(table, i)->key);

		assert_ptr_equal(row, row_of(table, i));
	}
	assert_int_equal(row_of(table, 3)->sum, 6);
	tcx_table_unref(table);
}

static void merged(void **state)
{
	static const uint8_t key[] = {2, 0, 0};
	struct tcx_table *table = table_of(&sums, some, COUNT(some), 100);
	const struct row *row = tcx_table_find(table, key);

	(void)state;
	assert_int_equal(row->sum, 3);
	tcx_table_unref(table);
}

static void empty(void **state)
{
	static const uint8_t key[] = {0, 0, 0};
	struct tcx_table *table = table_of(&sums, some, 0, 100);

	(void)state;
	assert_int_equal(table->count, 0);
	assert_null(tcx_table_find(table, key));
	tcx_table_unref(table);
}

/* As many rows as allowed are no reason to say that some are missing; one more is. */
static void limited(void **state)
{
	struct tcx_table *whole = table_of(&sums, some, COUNT(some), COUNT(some));
	struct tcx_table *cut = table_of(&sums, some, COUNT(some), 2);
	struct tcx_table *none = table_of(&sums, some, COUNT(some), 0);

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
	static const uint8_t missing[][3] = {{0, 0, 0},	    {0, 0, 2}, {1, 0, 1},
					     {1, 254, 255}, {2, 0, 1}, {255, 255, 255}};
	struct tcx_table *table = table_of(&sums, some, COUNT(some), 100);

	(void)state;
	for (size_t i = 0; i < table->count; i++)
		assert_ptr_equal(tcx_table_find(table, row_of(table, i)->key), row_of(table, i));
	for (size_t i = 0; i < COUNT(missing); i++)
		assert_null(tcx_table_find(table, missing[i]));
	tcx_table_unref(table);
}

/* In the order of their keys from the first on; one that is there is given as it is. */
static void inserted(void **state)
{
	struct tcx_table *table = table_of(&first_stays, some, 0, 5);

	(void)state;
	for (uint8_t i = 0; i < COUNT(some); i++) {
		struct row row = {.order = i, .sum = 7}, *there;

		memcpy(row.key, some[i], sizeof(row.key));
		there = tcx_table_insert(table, &row, NULL);
		assert_memory_equal(there->key, some[i], sizeof(row.key));
		assert_in_range(there->order, 0, i);
		there->sum = 8;
		assert_int_equal(table->sorted, table->count);
		for (size_t k = 1; k < table->count; k++)
			assert_true(memcmp(row_of(table, k - 1), row_of(table, k), 3) < 0);
	}
	assert_int_equal(table->count, 5);
	assert_false(table->cut);
	assert_non_null(tcx_table_insert(table, &(const struct row){.key = {2, 0, 0}}, NULL));
	assert_null(tcx_table_insert(table, &(const struct row){.key = {9}}, NULL));
	assert_true(table->cut);
	for (size_t i = 0; i < table->count; i++)
		assert_int_equal(row_of(table, i)->sum, 8);
	tcx_table_unref(table);
}

/* The first of several stays. */
static void lacking(void **state)
{
	struct tcx_table *table = table_of(&sums, some, COUNT(some), 100);

	(void)state;
	assert_string_equal(table->lacking.text, "");
	tcx_table_lacks(table, "row %d", 1);
	tcx_table_lacks(table, "row %d", 2);
	assert_string_equal(table->lacking.text, "row 1");
	tcx_table_unref(table);
}

static void shared(void **state)
{
	struct tcx_table *table = table_of(&sums, some, COUNT(some), 100);

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
		table = table_of(&sums, (const uint8_t(*)[3])keys, ROWS, ROWS);
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
		cmocka_unit_test(sorted_again),
		cmocka_unit_test(merged),
		cmocka_unit_test(empty),
		cmocka_unit_test(limited),
		cmocka_unit_test(searched),
		cmocka_unit_test(inserted),
		cmocka_unit_test(lacking),
		cmocka_unit_test(shared),
		cmocka_unit_test(random_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
