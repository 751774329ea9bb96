/* SPDX-License-Identifier: BSD-2-Clause */
/* Divides so that no product overflows. */
#include "base/ratio.h"

/* The whole, in hundredths of a percent. */
#define WHOLE 10000

uint64_t tcx_hundredths(uint64_t part, uint64_t whole)
{
	uint64_t times = part / whole, rest = part % whole;

	while (whole > UINT64_MAX / WHOLE) {
		whole >>= 1;
		rest >>= 1;
	}
	rest = rest * WHOLE / whole;
	return times > (UINT64_MAX - rest) / WHOLE ? UINT64_MAX : times * WHOLE + rest;
}
