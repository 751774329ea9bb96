/* SPDX-License-Identifier: BSD-2-Clause */
/* The distance of two words, row by row of the table that has it for their beginnings. */
#include "base/distance.h"

#include <ctype.h>
#include <string.h>

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static int letter(char c)
{
	return tolower((unsigned char)c);
}

/* From the distances of a beginning of a to all of b, those of one that has this letter more. */
static void next_row(size_t *row, char a, const char *b, size_t b_len)
{
	size_t aslant = row[0]++;

	for (size_t k = 1; k <= b_len; k++) {
		size_t above = row[k];
		size_t changed = aslant + (letter(a) != letter(b[k - 1]));

		row[k] = least(changed, 1 + least(above, row[k - 1]));
		aslant = above;
	}
}

size_t tcx_distance(const char *a, const char *b)
{
	size_t a_len = strnlen(a, TCX_DISTANCE_MAX), b_len = strnlen(b, TCX_DISTANCE_MAX);
	size_t row[TCX_DISTANCE_MAX + 1];

	for (size_t k = 0; k <= b_len; k++)
		row[k] = k;
	for (size_t i = 0; i < a_len; i++)
		next_row(row, a[i], b, b_len);
	return row[b_len];
}
