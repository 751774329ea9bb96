/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers: what is one, where it ends, and what 64 bits hold. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

static const struct {
	const char *text;
	int taken; /* characters that belong to the number; -1: there is none */
	uint64_t value;
	bool negative;
} rows[] = {
	{"0", 1, 0, false},
	{"7", 1, 7, false},
	{"007", 3, 7, false},
	{"42 43", 2, 42, false},
	{"42abc", 2, 42, false},
	{"42-", 2, 42, false},
	{"9999999999999999999", 19, 9999999999999999999ULL, false},
	{"18446744073709551609", 20, UINT64_MAX - 6, false},
	{"18446744073709551610", 20, UINT64_MAX - 5, false},
	{"18446744073709551615", 20, UINT64_MAX, false},
	{"18446744073709551616", -1, 0, false},
	{"18446744073709551620", -1, 0, false},
	{"18446744073709551700", -1, 0, false},
	{"20000000000000000000", -1, 0, false},
	{"99999999999999999999", -1, 0, false},
	{"184467440737095516150", -1, 0, false},
	{"00000000000000000000000000000000000001", 38, 1, false},
	{"00000018446744073709551615", 26, UINT64_MAX, false},
	{"00000018446744073709551616", -1, 0, false},
	{"-1", 2, (uint64_t)-1, true},
	{"-0", 2, 0, true},
	{"-42 7", 3, (uint64_t)-42, true},
	{"-9223372036854775807", 20, (uint64_t)INT64_MIN + 1, true},
	{"-9223372036854775808", 20, (uint64_t)INT64_MIN, true},
	{"-9223372036854775809", -1, 0, true},
	{"-18446744073709551615", -1, 0, true},
	{"-18446744073709551616", -1, 0, true},
	{"", -1, 0, false},
	{"-", -1, 0, true},
	{"--1", -1, 0, true},
	{"- 1", -1, 0, true},
	{"+1", -1, 0, false},
	{" 1", -1, 0, false},
	{"x", -1, 0, false},
	{"/", -1, 0, false}, /* before '0' */
	{":", -1, 0, false}, /* behind '9' */
	{"0x10", 1, 0, false},
	{"1e3", 1, 1, false},
	{"1.5", 1, 1, false},
};

/* Each text in a buffer of its own length, so that a sanitizer sees a read behind it. */
static void numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t len = strlen(rows[i].text);
		char *text = malloc(len > 0 ? len : 1);
		struct tcx_number number;
		const char *end;

		memcpy(text, rows[i].text, len);
		end = tcx_number_parse(text, text + len, &number);
		if ((end != NULL ? end - text : -1) != rows[i].taken)
			fail_msg("'%s': %td characters taken, not %d", rows[i].text,
				 end != NULL ? end - text : -1, rows[i].taken);
		if (end != NULL) {
			assert_int_equal(number.value, rows[i].value);
			assert_int_equal(number.negative, rows[i].negative);
		}
		free(text);
	}
}

/* Every number around a power of ten or two comes back as it was printed. */
static void round_trips(void **state)
{
	(void)state;
	for (int shift = 0; shift < 64; shift++) {
		for (int64_t off = -2; off <= 2; off++) {
			uint64_t value = (1ULL << shift) + (uint64_t)off;
			struct tcx_number number;
			char text[24];
			int len = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

			assert_ptr_equal(tcx_number_parse(text, text + len, &number), text + len);
			assert_int_equal(number.value, value);
			assert_false(number.negative);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(round_trips),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
