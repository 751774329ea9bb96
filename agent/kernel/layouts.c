/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the layouts that are in use, so that whoever makes one more of the same gets that. */
#include "kernel/layouts.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

struct tcx_layouts {
	atomic_uint references;
	pthread_mutex_t lock; /* guards what follows */
	size_t count;
	struct tcx_layout **all; /* owned, with references; the likely one first */
};

struct tcx_layouts *tcx_layouts_new(struct tcx_fault *fault)
{
	struct tcx_layouts *layouts = tcx_reference_new(sizeof(*layouts), fault);

	if (layouts != NULL)
		pthread_mutex_init(&layouts->lock, NULL);
	return layouts;
}

static void free_layouts(struct tcx_layouts *layouts)
{
	for (size_t i = 0; i < layouts->count; i++)
		tcx_layout_unref(layouts->all[i]);
	free(layouts->all);
	pthread_mutex_destroy(&layouts->lock);
	free(layouts);
}

TCX_REFERENCE_DEFINE(tcx_layouts, free_layouts)

static bool same_entries(const struct tcx_layout *a, const struct tcx_layout *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->entries[i].source != b->entries[i].source ||
		    strcmp(a->entries[i].name, b->entries[i].name) != 0)
			return false;
	return true;
}

static bool same_lines(const struct tcx_layout *a, const struct tcx_layout *b)
{
	for (size_t i = 0; i < a->line_count; i++)
		if (a->lines[i].len != b->lines[i].len || a->lines[i].first != b->lines[i].first ||
		    a->lines[i].count != b->lines[i].count ||
		    memcmp(a->lines[i].text, b->lines[i].text, a->lines[i].len) != 0)
			return false;
	return true;
}

static bool is_same(const struct tcx_layout *a, const struct tcx_layout *b)
{
	return a->count == b->count && a->line_count == b->line_count && same_entries(a, b) &&
	       same_lines(a, b);
}

/* Those that nobody else has. */
static void drop_unused(struct tcx_layouts *layouts)
{
	size_t kept = 0;

	for (size_t i = 0; i < layouts->count; i++) {
		if (tcx_reference_is_last(&layouts->all[i]->references))
			tcx_layout_unref(layouts->all[i]);
		else
			layouts->all[kept++] = layouts->all[i];
	}
	layouts->count = kept;
}

/* The place of an equal one, or of itself, appended. layouts->count: memory is short. */
static size_t place_of(struct tcx_layouts *layouts, struct tcx_layout *layout)
{
	size_t place = 0;

	while (place < layouts->count && !is_same(layouts->all[place], layout))
		place++;
	if (place == layouts->count &&
	    tcx_array_append(&layouts->all, &layouts->count, &layout, sizeof(layout)))
		tcx_layout_ref(layout);
	return place;
}

struct tcx_layout *tcx_layouts_share(struct tcx_layouts *layouts, struct tcx_layout *layout)
{
	struct tcx_layout *shared = layout;
	size_t place;

	if (layouts == NULL)
		return layout;
	pthread_mutex_lock(&layouts->lock);
	drop_unused(layouts);
	place = place_of(layouts, layout);
	if (place < layouts->count) {
		shared = tcx_layout_ref(layouts->all[place]);
		layouts->all[place] = layouts->all[0];
		layouts->all[0] = shared;
		tcx_layout_unref(layout);
	}
	pthread_mutex_unlock(&layouts->lock);
	return shared;
}

struct tcx_layout *tcx_layouts_likely(struct tcx_layouts *layouts)
{
	struct tcx_layout *likely = NULL;

	if (layouts == NULL)
		return NULL;
	pthread_mutex_lock(&layouts->lock);
	if (layouts->count > 0)
		likely = tcx_layout_ref(layouts->all[0]);
	pthread_mutex_unlock(&layouts->lock);
	return likely;
}
