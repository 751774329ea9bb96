/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters by name: a list that is short enough to be searched from its beginning. */
#include "counters.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

bool tcx_counters_is_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] <= ' ' || name[i] > '~' || strchr("#\"\\", name[i]) != NULL)
			return false;
	return len > 0 && len <= TCX_NAME_MAX;
}

bool tcx_counters_add(struct tcx_counters *counters, const char *name, size_t len, uint64_t value,
		      uint32_t position)
{
	struct tcx_counted_value item = {.value = value, .position = position};

	memcpy(item.name, name, len);
	return counters->count < TCX_COUNTERS_MAX &&
	       tcx_array_append(&counters->items, &counters->count, &item, sizeof(item));
}

static int compare(const void *a, const void *b)
{
	const struct tcx_counted_value *one = a, *other = b;

	return (one->position > other->position) - (one->position < other->position);
}

void tcx_counters_sort(struct tcx_counters *counters)
{
	if (counters->count > 1)
		qsort(counters->items, counters->count, sizeof(counters->items[0]), compare);
}

const struct tcx_counted_value *tcx_counters_find(const struct tcx_counters *counters,
						  const char *name)
{
	for (size_t i = 0; i < counters->count; i++)
		if (strcmp(counters->items[i].name, name) == 0)
			return &counters->items[i];
	return NULL;
}

void tcx_counters_clear(struct tcx_counters *counters)
{
	free(counters->items);
	*counters = (struct tcx_counters){.items = NULL};
}
