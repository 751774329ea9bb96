/* SPDX-License-Identifier: BSD-2-Clause */
/* An array that grows by one item at a time. */
#ifndef TCX_BASE_ARRAY_H
#define TCX_BASE_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Appends a copy of an item of size octets. array is the address of the pointer to the items, which
 * is NULL while *count is 0 and nothing was ever appended. Items may be taken away by lowering
 * *count. False, with nothing changed, when memory is short.
 */
bool tcx_array_append(void *array, size_t *count, const void *item, size_t size);

#endif
