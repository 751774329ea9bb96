/* SPDX-License-Identifier: BSD-2-Clause */
/* Arrays: growing by one item at a time, sorting by what items begin with, binary search. */
#ifndef TCX_BASE_ARRAY_H
#define TCX_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Appends a copy of an item of size octets. array points to the pointer to the items, which is NULL
 * at first, with *count 0. Lower *count to remove the last items. False, with nothing changed, when
 * memory is short.
 */
bool tcx_array_append(void *array, size_t *count, const void *item, size_t size);

/*
 * Sorts count rows by their first key_size octets; equal ones keep their order. False, with nothing
 * changed, when memory is short: it needs a copy.
 */
bool tcx_sort_rows(uint8_t *rows, size_t count, size_t row_size, size_t key_size);

/* Whether the item of this number, from 0, comes before the key. */
typedef bool tcx_search_before(const void *items, size_t i, const void *key);

/*
 * The first of count sorted items that does not come before the key, or count. In the header so
 * that the comparison is inlined.
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
