/* SPDX-License-Identifier: BSD-2-Clause */
/* A number for each entry of a layout, such as what it grew by. Snapshots share it by reference. */
#ifndef TCX_SAMPLE_NUMBERS_H
#define TCX_SAMPLE_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/reference.h"

/* Of an entry that has none: it is not zero. */
#define TCX_NO_NUMBER UINT64_MAX

struct tcx_numbers {
	atomic_uint references;
	uint64_t of[]; /* by entry */
};

/* Zeros. NULL when memory is short. */
struct tcx_numbers *tcx_numbers_new(size_t count);

/*
 * A copy under another layout: map has for each of its count entries the one here, or -1
 * (tcx_layout_map()). NULL for NULL, and when memory is short.
 */
struct tcx_numbers *tcx_numbers_under(const struct tcx_numbers *numbers, const int32_t *map,
				      size_t count);

TCX_REFERENCE_DECLARE(tcx_numbers);

#endif
