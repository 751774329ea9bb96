/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits and times as people write them, and what they come to. */
#include "tests/unit/test.h"

#include "agent/config/amount.h"
#include "base/clock.h"

/* In parts of one; floor and ceiling. */
static const struct {
	const char *text;
	uint64_t parts;
	uint64_t floor, ceiling;
} amounts[] = {
	{"0", 1, 0, 0},
	{"7", 1, 7, 7},
	{"007", 1, 7, 7},
	{"7.", 1, 7, 7},
	{".5", 1, 0, 1},
	{"0.5", 100, 50, 50},
	{"2.5", 1, 2, 3},
	{"99.999", 100, 9999, 10000},
	{"1K", 1, 1000, 1000},
	{"1.5k", 1, 1500, 1500},
	{"0.0005K", 1, 0, 1},
	{"0.000000001G", 1, 1, 1},
	{"20.123456789G", 1, 20123456789, 20123456789},
	{"20.123456789G", 1000, 20123456789000, 20123456789000},
	{"3M", 1000, 3000000000, 3000000000},
	{"2G", 1, 2000000000, 2000000000},
	{"18446744073709551615", 1, UINT64_MAX, UINT64_MAX},
	{"18446744073709551615", 100, UINT64_MAX, UINT64_MAX}, /* it is more */
	{"18446744073G", 1, UINT64_C(18446744073000000000), UINT64_C(18446744073000000000)},
	{"18446744074G", 1, UINT64_MAX, UINT64_MAX},
	{"1844674407370955.1615", 1, UINT64_C(1844674407370955), UINT64_C(1844674407370956)},
};

static const char *const wrong[] = {
	"",
	".",
	"-1",
	"+1",
	"1e3",
	"0x10",
	"1.2.3",
	"1KK",
	"K",
	"1 K",
	"1%",
	"inf",
	"nan",
	"1T",
	"1s",
	"..",
	"18446744073709551616",
	"0.0000000001",
	"\xc2\xb5",
};

static void read_amounts(void **state)
{
	struct tcx_amount amount;

	(void)state;
	for (size_t i = 0; i < COUNT(amounts); i++) {
		if (!tcx_amount_read(amounts[i].text, &amount))
			fail_msg("'%s' is none", amounts[i].text);
		amount = tcx_amount_times(amount, amounts[i].parts, 1);
		assert_int_equal(tcx_amount_floor(amount), amounts[i].floor);
		assert_int_equal(tcx_amount_ceiling(amount), amounts[i].ceiling);
	}
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (tcx_amount_read(wrong[i], &amount))
			fail_msg("'%s' is one", wrong[i]);
}

/* 90 % of 1.2 is 1.08, not 0.9 of 1. */
static void parts(void **state)
{
	struct tcx_amount amount;

	(void)state;
	assert_true(tcx_amount_read("1.2", &amount));
	assert_int_equal(tcx_amount_floor(tcx_amount_times(amount, 9, 10)), 1);
	assert_true(tcx_amount_read("18000000000000000000", &amount));
	assert_int_equal(tcx_amount_floor(tcx_amount_times(amount, 9, 10)),
			 UINT64_C(16200000000000000000));
	assert_int_equal(tcx_amount_floor(tcx_amount_times(amount, 11, 10)), UINT64_MAX);
}

static void read_times(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} times[] = {
		{"0", 0},
		{"90", 90 * TCX_NS_PER_S},
		{"0.1", TCX_NS_PER_S / 10},
		{"90s", 90 * TCX_NS_PER_S},
		{"1.5m", 90 * TCX_NS_PER_S},
		{"2H", 7200 * TCX_NS_PER_S},
		{"8760h", 365 * 24 * 3600 * TCX_NS_PER_S},
	};
	static const char *const none[] = {"",	  "s",	   "-1",       "1d",
					   "1ms", "8761h", "31536001", "99999999999999999999"};
	uint64_t ns;

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		if (!tcx_amount_time(times[i].text, &ns))
			fail_msg("'%s' is none", times[i].text);
		assert_int_equal(ns, times[i].ns);
	}
	for (size_t i = 0; i < COUNT(none); i++)
		if (tcx_amount_time(none[i], &ns))
			fail_msg("'%s' is one", none[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_amounts),
		cmocka_unit_test(parts),
		cmocka_unit_test(read_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
