/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps where a window began; when it is over, subtracts what was there from what is now. */
#include "sample/window.h"

#include <string.h>

#include "base/clock.h"

/* What a snapshot that comes a little early may lack: half an interval, or this part of all. */
#define EARLY_PART 60

void tcx_window_clear(struct tcx_window *window)
{
	tcx_snapshot_unref(window->base);
	window->base = NULL;
}

static void begin(struct tcx_window *window, uint64_t length_ns, const struct tcx_snapshot *now)
{
	tcx_window_clear(window);
	window->base = tcx_snapshot_copy(now);
	window->length_ns = length_ns;
}

static bool is_over(const struct tcx_window *window, const struct tcx_snapshot *now,
		    uint64_t interval_ns)
{
	uint64_t early_ns = tcx_clock_earlier(interval_ns / 2, window->length_ns / EARLY_PART);

	return now->taken_ns - window->base->taken_ns + early_ns >= window->length_ns;
}

/* Whether the value of an entry was read, and is as fresh as can be. */
static bool is_read(const struct tcx_snapshot *snapshot, size_t i)
{
	return tcx_snapshot_has(snapshot, i, snapshot->taken_ns);
}

/* What never began is later than any reading. */
static uint64_t growth_of(const struct tcx_snapshot *base, const struct tcx_snapshot *now, size_t i)
{
	if (!is_read(base, i) || !is_read(now, i) ||
	    tcx_snapshot_since(now, i) > tcx_snapshot_taken(base, i))
		return TCX_NO_NUMBER;
	return now->values[i] - base->values[i];
}

/* Of what is idle it is the same as of all others that are. */
static struct tcx_numbers *share(struct tcx_numbers *growth, const struct tcx_layout *layout)
{
	if (memcmp(growth->of, layout->still->of, layout->count * sizeof(growth->of[0])) != 0)
		return growth;
	tcx_numbers_unref(growth);
	return tcx_numbers_ref(layout->still);
}

/* By the layout of now. NULL when memory is short. */
static struct tcx_numbers *subtract(const struct tcx_snapshot *base, const struct tcx_snapshot *now)
{
	struct tcx_snapshot *same = NULL;
	struct tcx_numbers *growth = NULL;

	if (base->layout != now->layout)
		base = same = tcx_snapshot_under(base, now->layout);
	if (base != NULL && now->since != NULL)
		growth = tcx_numbers_new(now->layout->count);
	for (size_t i = 0; growth != NULL && i < now->layout->count; i++)
		growth->of[i] = growth_of(base, now, i);
	tcx_snapshot_unref(same);
	return growth != NULL ? share(growth, now->layout) : NULL;
}

struct tcx_numbers *tcx_window_step(struct tcx_window *window, uint64_t length_ns,
				    struct tcx_numbers *last, struct tcx_snapshot *now,
				    uint64_t interval_ns)
{
	struct tcx_numbers *growth = NULL;

	if (window->base != NULL && window->length_ns == length_ns) {
		if (!is_over(window, now, interval_ns))
			return tcx_numbers_ref(last);
		growth = subtract(window->base, now);
	}
	begin(window, length_ns, now);
	return growth;
}
