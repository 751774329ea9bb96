/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The array that grows: items stay what they were, also where some were taken away meanwhile. And
 * the binary search, with keys before, on, between and behind the items.
 */
#include "tests/unit/test.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"

#define ITEMS 1000

struct array {
	uint64_t *items;
	size_t count;
};

static void append_up_to(struct array *array, size_t count)
{
	while (array->count < count) {
		uint64_t item = 3 * array->count;

		assert_true(tcx_array_append(&array->items, &array->count, &item, sizeof(item)));
	}
	assert_int_equal(array->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(array->items[i], 3 * i);
}

static void keeps_what_was_appended(void **state)
{
	struct array array = {NULL, 0};

	(void)state;
	append_up_to(&array, ITEMS);
	for (size_t left = 0; left < 70; left++) {
		array.count = left;
		append_up_to(&array, left + 1);
		append_up_to(&array, ITEMS);
	}
	free(array.items);
}

/* To the sanitizers: reallocarray() fails as it does without them. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
	return __asan_default_options();
}

static void says_when_memory_is_short(void **state)
{
	struct array array = {NULL, 0};
	uint64_t item = 1;

	(void)state;
	append_up_to(&array, 4);
	assert_false(tcx_array_append(&array.items, &array.count, &item, SIZE_MAX));
	append_up_to(&array, 4);
	free(array.items);
}

#define SEARCHED 33

/* In a search item i is 2 * i + 1, so that even keys lie between two. */
static bool is_before(const void *items, size_t i, const void *key)
{
	assert_true(i < *(const size_t *)items);
	return 2 * i + 1 < *(const size_t *)key;
}

static void finds_the_first_that_is_not_before(void **state)
{
	(void)state;
	for (size_t count = 0; count <= SEARCHED; count++)
		for (size_t key = 0; key <= 2 * count + 2; key++) {
			size_t before = key / 2 < count ? key / 2 : count;

			assert_int_equal(tcx_search(&count, count, &key, is_before), before);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_what_was_appended),
		cmocka_unit_test(says_when_memory_is_short),
		cmocka_unit_test(finds_the_first_that_is_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
