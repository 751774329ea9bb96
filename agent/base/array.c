/* SPDX-License-Identifier: BSD-2-Clause */
/* Appends to arrays, which grow as needed. */
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

/* The capacity doubles, so the array is full when the count is a power of two. */
bool tcx_array_append(void *array, size_t *count, const void *item, size_t size)
{
	char *items;

	memcpy(&items, array, sizeof(items));
	if ((*count & (*count - 1)) == 0)
		items = reallocarray(items, *count > 0 ? 2 * *count : 1, size);
	if (items == NULL)
		return false;
	memcpy(array, &items, sizeof(items));
	memcpy(items + (*count)++ * size, item, size);
	return true;
}
