/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of a whole, up to the largest numbers. */
#include "tests/unit/test.h"

#include "base/ratio.h"

#define MAX UINT64_MAX

static void table(void **state)
{
	static const struct {
		uint64_t part, whole, hundredths;
	} cases[] = {
		{0, 1, 0},
		{1, 1, 10000},
		{1, 3, 3333},
		{2, 3, 6666}, /* rounded down */
		{1, 10001, 0},
		{1, 10000, 1},
		{7, 2, 35000}, /* more than the whole */
		{0, MAX, 0},
		{MAX, MAX, 10000},
		{MAX / 2, MAX, 4999},
		{1ULL << 60, 1ULL << 62, 2500},
		/* at the edges of 64 bits */
		{MAX / 10000, 1, MAX / 10000 * 10000},
		{MAX / 10000 + 1, 1, MAX},
		{MAX, 1, MAX},
		{MAX, 9999, MAX},
		{MAX, 10001, 18444899583751176497U},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (tcx_hundredths(cases[i].part, cases[i].whole) != cases[i].hundredths)
			fail_msg("case %zu: %llu", i,
				 (unsigned long long)tcx_hundredths(cases[i].part, cases[i].whole));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
