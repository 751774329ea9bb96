/* SPDX-License-Identifier: BSD-2-Clause */
/* Decimal numbers as procfs prints them. */
#ifndef TCX_BASE_NUMBER_H
#define TCX_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

struct tcx_number {
	uint64_t value; /* two's complement when negative */
	bool negative;
};

/*
 * Reads one number from [text, end): digits, with at most one minus sign in front.
 * Returns the place behind the last digit, or NULL when there is no number or when it needs more
 * than 64 bits (a signed one: more than 63 and the sign).
 */
const char *tcx_number_parse(const char *text, const char *end, struct tcx_number *number);

#endif
