/* SPDX-License-Identifier: BSD-2-Clause */
/* Thresholds by name: adding, taking out, finding, comparing. */
#include "sample/thresholds.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct tcx_thresholds *tcx_thresholds_new(void)
{
	return tcx_reference_new(sizeof(struct tcx_thresholds), NULL);
}

static void free_thresholds(struct tcx_thresholds *thresholds)
{
	free(thresholds->items);
	free(thresholds);
}

TCX_REFERENCE_DEFINE(tcx_thresholds, free_thresholds)

static int compare(const char *a, const char *b)
{
	return tcx_layout_compare(a, strlen(a), b, strlen(b));
}

static bool is_before(const void *items, size_t i, const void *name)
{
	return compare(((const struct tcx_threshold *)items)[i].name, name) < 0;
}

static size_t place_of(const struct tcx_thresholds *thresholds, const char *name)
{
	return tcx_search(thresholds->items, thresholds->count, name, is_before);
}

static bool is_at(const struct tcx_thresholds *thresholds, size_t i, const char *name)
{
	return i < thresholds->count && strcmp(thresholds->items[i].name, name) == 0;
}

const struct tcx_threshold *tcx_thresholds_find(const struct tcx_thresholds *thresholds,
						const char *name)
{
	size_t i = place_of(thresholds, name);

	return is_at(thresholds, i, name) ? &thresholds->items[i] : NULL;
}

bool tcx_thresholds_put(struct tcx_thresholds *thresholds, const struct tcx_threshold *threshold)
{
	size_t i = place_of(thresholds, threshold->name), count = thresholds->count;
	struct tcx_threshold *items;

	if (!is_at(thresholds, i, threshold->name)) {
		if (!tcx_array_append(&thresholds->items, &thresholds->count, threshold,
				      sizeof(*threshold)))
			return false;
		items = thresholds->items;
		memmove(&items[i + 1], &items[i], (count - i) * sizeof(*items));
	}
	thresholds->items[i] = *threshold;
	return true;
}

bool tcx_thresholds_remove(struct tcx_thresholds *thresholds, const char *name)
{
	size_t i = place_of(thresholds, name);
	struct tcx_threshold *item = thresholds->items + i;

	if (!is_at(thresholds, i, name))
		return false;
	thresholds->count--;
	memmove(item, item + 1, (thresholds->count - i) * sizeof(*item));
	return true;
}

uint32_t tcx_thresholds_tables(const struct tcx_thresholds *thresholds)
{
	uint32_t tables = 0;

	for (size_t i = 0; thresholds != NULL && i < thresholds->count; i++)
		if (thresholds->items[i].measure.name != NULL)
			tables |= thresholds->items[i].measure.tables;
	return tables;
}

bool tcx_threshold_is_same(const struct tcx_threshold *a, const struct tcx_threshold *b)
{
	return a == b || (strcmp(a->name, b->name) == 0 && strcmp(a->object, b->object) == 0 &&
			  a->kind == b->kind && a->below == b->below && a->scale == b->scale &&
			  a->limit == b->limit && a->clear == b->clear && a->for_ns == b->for_ns &&
			  a->clear_for_ns == b->clear_for_ns);
}
