/* SPDX-License-Identifier: BSD-2-Clause */
/* Subtracts two snapshots. Each refresh does it: one pass over numbers, unless all is not well. */
#include "sample/growth.h"

#include <stdlib.h>

/* Returns whether a counter went backwards. */
static bool subtract(struct tcx_growth *growth, const struct tcx_snapshot *before,
		     const struct tcx_snapshot *now)
{
	const bool *counts = now->layout->counts;
	bool back = false;

	for (size_t i = 0; i < now->layout->count; i++) {
		back |= counts[i] & (now->values[i] < before->values[i]);
		growth->by[i] = counts[i] ? now->values[i] - before->values[i] : TCX_NO_GROWTH;
	}
	return back;
}

/* Where one counter of a file went back, the others may have passed their old values since. */
static void forget(struct tcx_growth *growth, const struct tcx_snapshot *before,
		   const struct tcx_snapshot *now)
{
	uint32_t back = tcx_snapshot_went_back(before, now) | now->anew;

	for (size_t i = 0; i < now->layout->count; i++)
		if (tcx_snapshot_taken(before, i) != before->taken_ns ||
		    tcx_snapshot_taken(now, i) != now->taken_ns ||
		    (back & 1U << now->layout->entries[i].source) != 0)
			growth->by[i] = TCX_NO_GROWTH;
}

struct tcx_growth *tcx_growth_new(const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	struct tcx_growth *growth = NULL;
	struct tcx_snapshot *same = NULL;

	if (before == NULL || before->taken_ns >= now->taken_ns)
		return NULL;
	if (before->layout != now->layout)
		before = same = tcx_snapshot_under(before, now->layout);
	if (before != NULL)
		growth = malloc(sizeof(*growth) + now->layout->count * sizeof(growth->by[0]));
	if (growth != NULL) {
		growth->ns = now->taken_ns - before->taken_ns;
		if (subtract(growth, before, now) || before->taken != NULL || now->taken != NULL ||
		    now->anew != 0)
			forget(growth, before, now);
	}
	tcx_snapshot_unref(same);
	return growth;
}
