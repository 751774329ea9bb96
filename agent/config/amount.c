/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads numbers with decimals and units exactly: what is compared later are whole numbers. */
#include "amount.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/clock.h"

#define DECIMALS_MAX 9
#define TIME_MAX_NS  (TCX_NS_PER_S * 365 * 24 * 3600)

struct unit {
	char letter;
	uint64_t times;
};

static const struct unit sizes[] = {{'K', 1000}, {'M', 1000000}, {'G', 1000000000}, {0, 1}};
static const struct unit times[] = {{'S', 1}, {'M', 60}, {'H', 3600}, {0, 1}};

/* The unit that a text is, with an empty one as the last; NULL: it is none. */
static const struct unit *find(const struct unit *units, const char *text)
{
	while (units->letter != 0 &&
	       (toupper((unsigned char)text[0]) != units->letter || text[1] != '\0'))
		units++;
	return units->letter != 0 || text[0] == '\0' ? units : NULL;
}

static bool add_digit(struct tcx_amount *amount, char digit, bool is_decimal)
{
	if (is_decimal)
		amount->parts *= 10;
	return !__builtin_mul_overflow(amount->number, 10, &amount->number) &&
	       !__builtin_add_overflow(amount->number, (uint64_t)(digit - '0'), &amount->number);
}

/* Reads digits with at most one point. Returns what is behind; NULL: there are none. */
static const char *read_digits(const char *text, struct tcx_amount *amount)
{
	const char *point = NULL;
	size_t digits = 0;

	*amount = (struct tcx_amount){0, 1};
	for (; isdigit((unsigned char)*text) || (*text == '.' && point == NULL); text++) {
		if (*text == '.')
			point = text;
		else if ((point != NULL && text - point > DECIMALS_MAX) ||
			 !add_digit(amount, *text, point != NULL))
			return NULL;
		else
			digits++;
	}
	return digits > 0 ? text : NULL;
}

static bool read_amount(const char *text, const struct unit *units, struct tcx_amount *amount)
{
	const char *rest = read_digits(text, amount);
	const struct unit *unit = rest != NULL ? find(units, rest) : NULL;

	if (unit == NULL)
		return false;
	*amount = tcx_amount_times(*amount, unit->times, 1);
	return true;
}

bool tcx_amount_read(const char *text, struct tcx_amount *amount)
{
	return read_amount(text, sizes, amount);
}

static uint64_t common_divisor(uint64_t a, uint64_t b)
{
	while (b != 0) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* Decimals go with thousands before they are multiplied. Of large ones the rest does not matter. */
struct tcx_amount tcx_amount_times(struct tcx_amount amount, uint64_t by, uint64_t parts)
{
	const uint64_t common = common_divisor(amount.parts, by);
	struct tcx_amount result;

	amount.parts /= common;
	by /= common;
	if (!__builtin_mul_overflow(amount.number, by, &result.number) &&
	    !__builtin_mul_overflow(amount.parts, parts, &result.parts))
		return result;
	if (!__builtin_mul_overflow(amount.number / parts, by, &result.number))
		return (struct tcx_amount){result.number, amount.parts};
	return TCX_AMOUNT_GREATEST;
}

uint64_t tcx_amount_floor(struct tcx_amount amount)
{
	return amount.number / amount.parts;
}

uint64_t tcx_amount_ceiling(struct tcx_amount amount)
{
	return amount.number / amount.parts + (amount.number % amount.parts != 0);
}

bool tcx_amount_time(const char *text, uint64_t *nanoseconds)
{
	struct tcx_amount amount;

	if (!read_amount(text, times, &amount))
		return false;
	*nanoseconds = tcx_amount_floor(tcx_amount_times(amount, TCX_NS_PER_S, 1));
	return *nanoseconds <= TIME_MAX_NS;
}
