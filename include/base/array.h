/* SPDX-License-Identifier: BSD-2-Clause */
/* An array that grows by one item at a time. */
#ifndef TCX_BASE_ARRAY_H
#define TCX_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Appends a copy of an item of size octets. array points to the pointer to the items, which is NULL
 * at first, with *count 0. Lower *count to remove the last items. False, with nothing changed, when
 * memory is short.
 */
bool tcx_array_append(void *array, size_t *count, const void *item, size_t size);

#endif
