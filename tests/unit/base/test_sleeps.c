/* SPDX-License-Identifier: BSD-2-Clause */
/* Moments before, between and after sleeps of the machine, as it had been awake. */
#include "tests/unit/test.h"

#include <time.h>

#include "base/clock.h"
#include "base/sleeps.h"

/* Before the first note it slept 5 s, then 10 s and 60 s. */
static const struct {
	uint64_t now, awake;
} notes[] = {{100, 95}, {130, 125}, {160, 145}, {170, 155}, {300, 225}};

static const struct {
	uint64_t moment, awake;
} moments[] = {
	{3, 0},	    {20, 15},	{100, 95},  {140, 135}, {144, 139}, {150, 145}, {159, 145},
	{160, 145}, {169, 154}, {230, 215}, {290, 225}, {300, 225}, {400, 325},
};

static void table(void **state)
{
	struct tcx_sleeps sleeps = {0};

	(void)state;
	assert_int_equal(tcx_sleeps_awake(&sleeps, 7), 7);
	for (size_t i = 0; i < COUNT(notes); i++)
		tcx_sleeps_note(&sleeps, notes[i].now * TCX_NS_PER_S,
				notes[i].awake * TCX_NS_PER_S);
	assert_int_equal(sleeps.count, 3);
	for (size_t i = 0; i < COUNT(moments); i++)
		assert_int_equal(tcx_sleeps_awake(&sleeps, moments[i].moment * TCX_NS_PER_S),
				 moments[i].awake * TCX_NS_PER_S);
}

/* It is the latest moment, or a little more or less: no sleep. */
static void no_sleep(void **state)
{
	struct tcx_sleeps sleeps = {0};
	const uint64_t ms = TCX_NS_PER_MS;

	(void)state;
	tcx_sleeps_note(&sleeps, 1000 * ms, 600 * ms);
	tcx_sleeps_note(&sleeps, 2000 * ms, 1591 * ms);
	tcx_sleeps_note(&sleeps, 3000 * ms, 2700 * ms);
	assert_int_equal(sleeps.count, 1);
	tcx_sleeps_note(&sleeps, 4000 * ms, 3590 * ms);
	assert_int_equal(sleeps.count, 2);
}

/* More than there is room for: the first ones stay where they are, and the last. */
static void many(void **state)
{
	struct tcx_sleeps sleeps = {0};
	const uint64_t each = 100 * TCX_NS_PER_S;

	(void)state;
	for (uint64_t i = 1; i <= 3 * TCX_SLEEPS_MAX; i++) {
		tcx_sleeps_note(&sleeps, 2 * i * each, i * each);
		assert_int_equal(tcx_sleeps_awake(&sleeps, 2 * i * each + 1), i * each + 1);
		assert_int_equal(tcx_sleeps_awake(&sleeps, each + 7), 7);
	}
	assert_int_equal(sleeps.count, TCX_SLEEPS_MAX);
	for (uint64_t at = 0, before = 0; at < 6 * TCX_SLEEPS_MAX * each; at += each / 3) {
		uint64_t awake = tcx_sleeps_awake(&sleeps, at);

		assert_true(awake >= before && awake <= at);
		before = awake;
	}
}

static void look(void **state)
{
	struct tcx_sleeps sleeps = {0};
	struct timespec before, after;
	uint64_t awake;

	(void)state;
	clock_gettime(CLOCK_MONOTONIC, &before);
	awake = tcx_sleeps_look(&sleeps);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(awake, tcx_clock_ns(&before), tcx_clock_ns(&after));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(no_sleep),
		cmocka_unit_test(many),
		cmocka_unit_test(look),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
