/* SPDX-License-Identifier: BSD-2-Clause */
/* A stable radix sort of fixed-size rows. */
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

#define OCTETS 256

/*
 * A radix sort from the last octet of the key to the first: each pass distributes the rows by one
 * octet and keeps the order of the pass before. Octets equal in all rows cost one look.
 */
struct rows {
	uint8_t *from;
	uint8_t *to;
	size_t count;
	size_t size;
};

static bool is_sorted(const uint8_t *rows, size_t count, size_t row_size, size_t key_size)
{
	for (size_t i = 1; i < count; i++, rows += row_size)
		if (memcmp(rows, rows + row_size, key_size) > 0)
			return false;
	return true;
}

static void count_octets(const struct rows *rows, size_t octet, size_t counts[OCTETS])
{
	const uint8_t *at = rows->from + octet;

	memset(counts, 0, OCTETS * sizeof(counts[0]));
	for (size_t i = 0; i < rows->count; i++, at += rows->size)
		counts[*at]++;
}

static void counts_to_places(size_t counts[OCTETS])
{
	size_t place = 0;

	for (size_t i = 0; i < OCTETS; i++) {
		size_t count = counts[i];

		counts[i] = place;
		place += count;
	}
}

static void deal(struct rows *rows, size_t octet, size_t places[OCTETS])
{
	const uint8_t *row = rows->from;
	uint8_t *dealt = rows->to;

	for (size_t i = 0; i < rows->count; i++, row += rows->size)
		memcpy(dealt + places[row[octet]]++ * rows->size, row, rows->size);
	rows->to = rows->from;
	rows->from = dealt;
}

bool tcx_sort_rows(uint8_t *rows, size_t count, size_t row_size, size_t key_size)
{
	struct rows pass = {rows, NULL, count, row_size};
	uint8_t *copy;
	size_t counts[OCTETS];

	if (is_sorted(rows, count, row_size, key_size))
		return true;
	copy = malloc(count * row_size);
	if (copy == NULL)
		return false;
	pass.to = copy;
	for (size_t octet = key_size; octet-- > 0;) {
		count_octets(&pass, octet, counts);
		if (counts[pass.from[octet]] == count)
			continue;
		counts_to_places(counts);
		deal(&pass, octet, counts);
	}
	if (pass.from == copy)
		memcpy(rows, copy, count * row_size);
	free(copy);
	return true;
}
