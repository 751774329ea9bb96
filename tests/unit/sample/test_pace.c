/* SPDX-License-Identifier: BSD-2-Clause */
/* How the interval of a file follows what its readings cost. */
#include "tests/unit/test.h"

#include "base/clock.h"
#include "sample/pace.h"

#define S  TCX_NS_PER_S
#define MS TCX_NS_PER_MS

/* Costs are a letter each: s is slow, f is fast, just at the limit. */
static const struct row {
	uint64_t usual_ns;
	const char *costs;
	uint64_t interval_ns;
} rows[] = {
	{S, "", 0},
	{S, "f", 0},
	{S, "s", 0},
	{S, "sf", 0},
	{S, "sfsfsf", 0},
	{S, "ss", 2 * S},
	{S, "fss", 2 * S},
	{S, "sss", 2 * S},
	{S, "ssss", 4 * S},
	{S, "ssfss", 4 * S},
	{S, "sssss s", 8 * S},
	{S, "ssssssssssss", 60 * S},
	{S, "ssssssssssssssss", 60 * S},
	{S, "ssssf", 4 * S},
	{S, "ssssff", 2 * S},
	{S, "ssssffff", 0},
	{S, "ssfsfsf", 2 * S},
	{S, "ssff", 0},
	{S, "ssffff", 0},
	{100 * MS, "ss", 200 * MS},
	{40 * S, "ss", 60 * S},
	{60 * S, "ssss", 0},
	{3600 * S, "ssss", 0},
	{0, "ssssss", 0},
};

static void intervals(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tcx_pace pace = {0};

		for (const char *p = rows[i].costs; *p != '\0'; p++)
			if (*p != ' ')
				tcx_pace_note(&pace, *p == 's' ? MS + 1 : MS, rows[i].usual_ns);
		if (pace.interval_ns != rows[i].interval_ns)
			fail_msg("%s: %llu", rows[i].costs, (unsigned long long)pace.interval_ns);
	}
}

static void due(void **state)
{
	const struct tcx_pace each = {0}, fourth = {.interval_ns = 4 * S};

	(void)state;
	assert_true(tcx_pace_is_due(&each, 0, S));
	assert_false(tcx_pace_is_due(&fourth, 3 * S, S));
	assert_true(tcx_pace_is_due(&fourth, 4 * S - MS, S));
	assert_true(tcx_pace_is_due(&fourth, 4 * S, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals),
		cmocka_unit_test(due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
