/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts of a whole. */
#ifndef TCX_BASE_RATIO_H
#define TCX_BASE_RATIO_H

#include <stdint.h>

/*
 * What a part is of a whole, which is not 0, in hundredths of a percent, rounded down; UINT64_MAX
 * where it is more. Of a whole beyond 2^50 it may be one off.
 */
uint64_t tcx_hundredths(uint64_t part, uint64_t whole);

#endif
