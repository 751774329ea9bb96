/* SPDX-License-Identifier: BSD-2-Clause */
/* Notes for each counter when it began. Each refresh does it: one pass, unless all is not well. */
#include "sample/since.h"

#include "base/clock.h"

/* What rises by 2^63 at once is an unknown number that fell below 0. */
static bool fell(uint64_t before, uint64_t now)
{
	return now < before || now - before > INT64_MAX;
}

static bool any_fell(const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	const bool *grows = now->layout->grows;
	bool any = false;

	for (size_t i = 0; i < now->layout->count; i++)
		any |= grows[i] & fell(before->values[i], now->values[i]);
	return any;
}

static bool begins_anew(const struct tcx_snapshot *before, const struct tcx_snapshot *now, size_t i,
			uint64_t interval_ns)
{
	uint64_t own_ns = before->interval_ns[now->layout->entries[i].source];
	uint64_t most_ns = TCX_GAP_INTERVALS * tcx_clock_later(own_ns, interval_ns);

	return tcx_snapshot_since(before, i) == TCX_NO_NUMBER ||
	       fell(before->values[i], now->values[i]) ||
	       tcx_snapshot_taken(now, i) - tcx_snapshot_taken(before, i) > most_ns;
}

/* What is not in this reading goes on, or begins with the next one that it is in. */
static uint64_t since_of(const struct tcx_snapshot *before, const struct tcx_snapshot *now,
			 size_t i, uint64_t interval_ns)
{
	bool is_read = tcx_snapshot_taken(now, i) == now->taken_ns;
	bool goes_on = before != NULL && (now->anew & 1U << now->layout->entries[i].source) == 0;

	if (!now->layout->grows[i])
		return TCX_NO_NUMBER;
	if (goes_on && (!is_read || !begins_anew(before, now, i, interval_ns)))
		return tcx_snapshot_since(before, i);
	return is_read ? now->taken_ns : TCX_NO_NUMBER;
}

void tcx_since(const struct tcx_snapshot *before, struct tcx_snapshot *now, uint64_t interval_ns)
{
	if (before != NULL && before->since == NULL)
		before = NULL;
	if (before == NULL && now->taken == NULL) {
		now->since = tcx_numbers_ref(now->layout->still);
		now->since_ns = now->taken_ns;
	} else if (before != NULL && before->taken == NULL && now->taken == NULL &&
		   now->anew == 0 && !any_fell(before, now)) {
		now->since = tcx_numbers_ref(before->since);
		now->since_ns = before->since_ns;
	} else {
		now->since = tcx_numbers_new(now->layout->count);
		for (size_t i = 0; now->since != NULL && i < now->layout->count; i++)
			now->since->of[i] = since_of(before, now, i, interval_ns);
	}
}
