/* SPDX-License-Identifier: BSD-2-Clause */
/* Binary search in anything sorted and numbered from 0. */
#ifndef TCX_BASE_SEARCH_H
#define TCX_BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Whether the item of this number comes before the key. */
typedef bool tcx_search_before(const void *items, size_t i, const void *key);

/*
 * The first of count items that does not come before the key, or count. In the header so that the
 * comparison is inlined.
 */
static inline size_t tcx_search(const void *items, size_t count, const void *key,
				tcx_search_before *before)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (before(items, middle, key))
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

#endif
