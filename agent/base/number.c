/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses decimal numbers. Each format of a file adds its own syntax around them. */
#include "base/number.h"

#include <stddef.h>

/* Nineteen digits always fit 64 bits; only longer numbers need a check. */
#define SAFE_DIGITS 19

static const char *digits(const char *p, const char *end, uint64_t *value)
{
	const char *first = p;
	uint64_t v = 0;

	for (; p < end && *p >= '0' && *p <= '9'; p++) {
		unsigned int digit = (unsigned int)(*p - '0');

		if (p - first >= SAFE_DIGITS && v > (UINT64_MAX - digit) / 10)
			return NULL;
		v = v * 10 + digit;
	}
	*value = v;
	return p > first ? p : NULL;
}

const char *tcx_number_parse(const char *text, const char *end, struct tcx_number *number)
{
	number->negative = text < end && *text == '-';
	text = digits(text + number->negative, end, &number->value);
	if (!number->negative || text == NULL)
		return text;
	if (number->value > (uint64_t)INT64_MAX + 1)
		return NULL;
	number->value = -number->value;
	return text;
}
