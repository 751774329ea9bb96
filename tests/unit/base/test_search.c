/* SPDX-License-Identifier: BSD-2-Clause */
/* The binary search: among any number of items, with keys before, on, between and behind them. */
#include "tests/unit/test.h"

#include "base/search.h"

#define ITEMS 33

/* Item i is 2 * i + 1, so that even keys lie between two. */
static bool is_before(const void *items, size_t i, const void *key)
{
	assert_true(i < *(const size_t *)items);
	return 2 * i + 1 < *(const size_t *)key;
}

static void finds_the_first_that_is_not_before(void **state)
{
	(void)state;
	for (size_t count = 0; count <= ITEMS; count++)
		for (size_t key = 0; key <= 2 * count + 2; key++) {
			size_t before = key / 2 < count ? key / 2 : count;

			assert_int_equal(tcx_search(&count, count, &key, is_before), before);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_first_that_is_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
