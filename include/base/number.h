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
 * Reads digits, with at most one minus sign in front, from [text, end). Returns the place behind
 * them. NULL without a number, or beyond 64 bits (negative: 63 bits).
 */
const char *tcx_number_parse(const char *text, const char *end, struct tcx_number *number);

#endif
