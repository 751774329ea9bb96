/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers by entry: made, shared, and carried over to another layout. */
#include "sample/numbers.h"

static void free_numbers(struct tcx_numbers *numbers)
{
	free(numbers);
}

TCX_REFERENCE_DEFINE(tcx_numbers, free_numbers)

struct tcx_numbers *tcx_numbers_new(size_t count)
{
	struct tcx_numbers *numbers;

	return tcx_reference_new(sizeof(*numbers) + count * sizeof(numbers->of[0]), NULL);
}

struct tcx_numbers *tcx_numbers_under(const struct tcx_numbers *numbers, const int32_t *map,
				      size_t count)
{
	struct tcx_numbers *same = numbers != NULL ? tcx_numbers_new(count) : NULL;

	if (same == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		same->of[i] = map[i] >= 0 ? numbers->of[map[i]] : TCX_NO_NUMBER;
	return same;
}
