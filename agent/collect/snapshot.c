#include "tcx_snapshot.h"

#include <stdlib.h>

#include "tcx_reference.h"

struct tcx_snapshot *tcx_snapshot_new(struct tcx_layout *layout)
{
	struct tcx_snapshot *snapshot =
		calloc(1, sizeof(*snapshot) + layout->count * sizeof(snapshot->values[0]));

	if (snapshot == NULL)
		return NULL;
	tcx_reference_init(&snapshot->references);
	snapshot->layout = tcx_layout_ref(layout);
	return snapshot;
}

struct tcx_snapshot *tcx_snapshot_ref(struct tcx_snapshot *snapshot)
{
	tcx_reference_take(&snapshot->references);
	return snapshot;
}

void tcx_snapshot_unref(struct tcx_snapshot *snapshot)
{
	if (snapshot == NULL || !tcx_reference_give(&snapshot->references))
		return;
	tcx_layout_unref(snapshot->layout);
	free(snapshot);
}

static bool value_at(const struct tcx_snapshot *snapshot, int32_t slot, uint64_t *value)
{
	if (slot < 0)
		return false;
	*value = snapshot->values[slot];
	return true;
}

bool tcx_snapshot_get(const struct tcx_snapshot *snapshot, enum tcx_counter counter,
		      uint64_t *value)
{
	return snapshot != NULL && value_at(snapshot, snapshot->layout->slot[counter], value);
}

bool tcx_snapshot_get_type(const struct tcx_snapshot *snapshot, enum tcx_column column,
			   uint8_t type, uint64_t *value)
{
	return snapshot != NULL &&
	       value_at(snapshot, snapshot->layout->type_slot[column][type], value);
}

bool tcx_snapshot_went_back(const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	uint64_t old, new;

	for (int i = 0; i < TCX_COUNTERS; i++) {
		if (tcx_catalogue_row((enum tcx_counter)i)->kind != TCX_counter)
			continue;
		if (tcx_snapshot_get(before, (enum tcx_counter)i, &old) &&
		    tcx_snapshot_get(now, (enum tcx_counter)i, &new) && new < old)
			return true;
	}
	return false;
}
