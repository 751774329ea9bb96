/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decimal numbers as procfs prints them. Each format of a file adds its own syntax around them. A
 * refresh parses hundreds, so this is inline.
 */
#ifndef TCX_BASE_NUMBER_H
#define TCX_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tcx_number {
	uint64_t value; /* two's complement when negative */
	bool negative;
};

/* Nineteen digits always fit 64 bits; only longer numbers need a check. */
#define TCX_SAFE_DIGITS 19

/* Reads digits alone, as tcx_number_parse() does. */
static inline const char *tcx_number_digits(const char *p, const char *end, uint64_t *value)
{
	const char *first = p;
	uint64_t v = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		if (p - first >= TCX_SAFE_DIGITS && v > (UINT64_MAX - digit) / 10)
			return NULL;
		v = v * 10 + digit;
	}
	*value = v;
	return p > first ? p : NULL;
}

/*
 * Reads digits, with at most one minus sign in front, from [text, end). Returns the place behind
 * them. NULL without a number, or beyond 64 bits (negative: 63 bits).
 */
static inline const char *tcx_number_parse(const char *text, const char *end,
					   struct tcx_number *number)
{
	number->negative = text < end && *text == '-';
	text = tcx_number_digits(text + number->negative, end, &number->value);
	if (!number->negative || text == NULL)
		return text;
	if (number->value > (uint64_t)INT64_MAX + 1)
		return NULL;
	number->value = -number->value;
	return text;
}

#endif
