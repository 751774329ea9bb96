/* SPDX-License-Identifier: BSD-2-Clause */
/* Appends to arrays, which grow as needed, and sorts their rows. */
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

#define OCTETS 256

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

static bool is_sorted(const uint8_t *rows, size_t count, size_t row_size, size_t key_size)
{
	for (size_t i = 1; i < count; i++, rows += row_size)
		if (memcmp(rows, rows + row_size, key_size) > 0)
			return false;
	return true;
}

/* places[i] becomes how many rows have an octet below i: the place of the first that has i. */
static void find_places(const uint8_t *octet, size_t count, size_t row_size,
			size_t places[OCTETS + 1])
{
	memset(places, 0, (OCTETS + 1) * sizeof(places[0]));
	for (size_t i = 0; i < count; i++, octet += row_size)
		places[*octet + 1]++;
	for (size_t i = 0; i < OCTETS; i++)
		places[i + 1] += places[i];
}

/* Copies the rows in the order of one octet. False, with nothing done, if it is equal in all. */
static bool deal(uint8_t *to, const uint8_t *from, size_t count, size_t row_size, size_t octet)
{
	size_t places[OCTETS + 1];

	find_places(from + octet, count, row_size, places);
	if (places[from[octet] + 1] - places[from[octet]] == count)
		return false;
	for (size_t i = 0; i < count; i++, from += row_size)
		memcpy(to + places[from[octet]]++ * row_size, from, row_size);
	return true;
}

/* A radix sort, from the last octet of the key to the first: rows keep their order if equal. */
bool tcx_sort_rows(uint8_t *rows, size_t count, size_t row_size, size_t key_size)
{
	uint8_t *copy, *from = rows, *to;

	if (is_sorted(rows, count, row_size, key_size))
		return true;
	copy = to = malloc(count * row_size);
	if (copy == NULL)
		return false;
	for (size_t octet = key_size; octet-- > 0;)
		if (deal(to, from, count, row_size, octet)) {
			uint8_t *dealt = to;

			to = from;
			from = dealt;
		}
	if (from == copy)
		memcpy(rows, copy, count * row_size);
	free(copy);
	return true;
}
