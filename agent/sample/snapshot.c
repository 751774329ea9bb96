/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of one reading, their ages, and the search for one of them. */
#include "sample/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "sample/states.h"

struct tcx_snapshot *tcx_snapshot_new(struct tcx_layout *layout)
{
	struct tcx_snapshot *snapshot = tcx_reference_new(
		sizeof(*snapshot) + layout->count * sizeof(snapshot->values[0]), NULL);

	if (snapshot != NULL)
		snapshot->layout = tcx_layout_ref(layout);
	return snapshot;
}

static void free_snapshot(struct tcx_snapshot *snapshot)
{
	tcx_layout_unref(snapshot->layout);
	free(snapshot->taken);
	free(snapshot->rates);
	tcx_states_unref(snapshot->states);
	tcx_numbers_unref(snapshot->since);
	tcx_numbers_unref(snapshot->minute);
	tcx_numbers_unref(snapshot->window);
	free(snapshot);
}

TCX_REFERENCE_DEFINE(tcx_snapshot, free_snapshot)

/* Gives each value an age of its own. */
static bool add_ages(struct tcx_snapshot *snapshot)
{
	size_t count = snapshot->layout->count;

	if (snapshot->taken != NULL)
		return true;
	snapshot->taken = malloc((count + 1) * sizeof(snapshot->taken[0]));
	if (snapshot->taken == NULL)
		return false;
	for (size_t i = 0; i < count; i++)
		snapshot->taken[i] = snapshot->taken_ns;
	return true;
}

bool tcx_snapshot_keep(struct tcx_snapshot *snapshot, const struct tcx_snapshot *before,
		       size_t first, size_t end)
{
	if (!add_ages(snapshot))
		return false;
	for (size_t i = first; i < end; i++) {
		snapshot->values[i] = before != NULL ? before->values[i] : 0;
		snapshot->taken[i] = before != NULL ? tcx_snapshot_taken(before, i) : 0;
	}
	return true;
}

struct tcx_snapshot *tcx_snapshot_copy(const struct tcx_snapshot *snapshot)
{
	size_t size = snapshot->layout->count * sizeof(snapshot->values[0]);
	struct tcx_snapshot *copy = tcx_snapshot_new(snapshot->layout);

	if (copy == NULL)
		return NULL;
	copy->taken_ns = snapshot->taken_ns;
	memcpy(copy->interval_ns, snapshot->interval_ns, sizeof(copy->interval_ns));
	memcpy(copy->values, snapshot->values, size);
	if (snapshot->taken == NULL)
		return copy;
	if (!add_ages(copy)) {
		tcx_snapshot_unref(copy);
		return NULL;
	}
	memcpy(copy->taken, snapshot->taken, size);
	return copy;
}

struct tcx_snapshot *tcx_snapshot_under(const struct tcx_snapshot *snapshot,
					struct tcx_layout *layout)
{
	struct tcx_snapshot *same = tcx_snapshot_new(layout);
	int32_t *map = tcx_layout_map(snapshot->layout, layout);

	if (same == NULL || map == NULL || !add_ages(same)) {
		tcx_snapshot_unref(same);
		free(map);
		return NULL;
	}
	same->taken_ns = snapshot->taken_ns;
	memcpy(same->interval_ns, snapshot->interval_ns, sizeof(same->interval_ns));
	for (size_t i = 0; i < layout->count; i++) {
		if (map[i] < 0)
			continue;
		same->values[i] = snapshot->values[map[i]];
		same->taken[i] = tcx_snapshot_taken(snapshot, (size_t)map[i]);
	}
	free(map);
	return same;
}

static bool value_at(const struct tcx_snapshot *snapshot, int32_t slot, uint64_t oldest_ns,
		     uint64_t *value)
{
	if (slot < 0 || !tcx_snapshot_has(snapshot, (size_t)slot, oldest_ns))
		return false;
	*value = snapshot->values[slot];
	return true;
}

bool tcx_snapshot_get(const struct tcx_snapshot *snapshot, enum tcx_counter counter,
		      uint64_t oldest_ns, uint64_t *value)
{
	return snapshot != NULL &&
	       value_at(snapshot, snapshot->layout->slot[counter], oldest_ns, value);
}

bool tcx_snapshot_get_type(const struct tcx_snapshot *snapshot, enum tcx_icmp_column column,
			   uint8_t type, uint64_t oldest_ns, uint64_t *value)
{
	return snapshot != NULL &&
	       value_at(snapshot, snapshot->layout->type_slot[column][type], oldest_ns, value);
}

size_t tcx_snapshot_count(const struct tcx_snapshot *snapshot, bool known, uint64_t oldest_ns)
{
	const struct tcx_layout *layout = snapshot->layout;
	size_t count = 0;

	for (size_t i = 0; i < layout->by_name_count; i++) {
		size_t at = layout->by_name[i];

		count += (layout->entries[at].counter != TCX_NONE) == known &&
			 tcx_snapshot_has(snapshot, at, oldest_ns);
	}
	return count;
}

bool tcx_snapshot_hides(const struct tcx_snapshot *snapshot, enum tcx_counter counter)
{
	enum tcx_source source = tcx_catalogue_section(tcx_catalogue_row(counter)->section)->source;

	return (snapshot->faulty & 1U << source) != 0;
}

uint32_t tcx_snapshot_went_back(const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	const struct tcx_entry *entries = now->layout->entries;
	uint32_t sources = 0;

	for (size_t i = 0; i < now->layout->count; i++)
		if (now->values[i] < before->values[i] && now->layout->counts[i])
			sources |= 1U << entries[i].source;
	return sources;
}
