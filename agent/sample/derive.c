/* SPDX-License-Identifier: BSD-2-Clause */
/* The pure step between reading and publishing. */
#include "sample/derive.h"

#include <stdlib.h>

#include "base/clock.h"
#include "sample/rates.h"
#include "sample/since.h"

#define MINUTE_NS (60 * TCX_NS_PER_S)

void tcx_derive_clear(struct tcx_derive *derive)
{
	tcx_window_clear(&derive->minute);
	tcx_window_clear(&derive->window);
}

static bool goes_on(const struct tcx_derive *derive, const struct tcx_derive_settings *settings,
		    const struct tcx_snapshot *before, const struct tcx_snapshot *now)
{
	return before != NULL && before->taken_ns < now->taken_ns &&
	       now->taken_ns - before->taken_ns <= TCX_GAP_INTERVALS * settings->interval_ns &&
	       derive->settings.rate_ns == settings->rate_ns;
}

/* A mean that memory was short for begins anew, so its counter does. */
static void begin_together(struct tcx_snapshot *snapshot)
{
	if (snapshot->rates != NULL)
		return;
	tcx_numbers_unref(snapshot->since);
	snapshot->since = NULL;
}

/* A copy of a snapshot with all that was derived of it, by name. NULL when memory is short. */
static struct tcx_snapshot *carry(const struct tcx_snapshot *snapshot, struct tcx_layout *layout)
{
	int32_t *map = tcx_layout_map(snapshot->layout, layout);
	struct tcx_snapshot *same = map != NULL ? tcx_snapshot_under(snapshot, layout) : NULL;

	if (same != NULL) {
		same->since = tcx_numbers_under(snapshot->since, map, layout->count);
		same->since_ns = snapshot->since_ns;
		same->rates = tcx_rates_under(snapshot->rates, map, layout->count);
		same->minute = tcx_numbers_under(snapshot->minute, map, layout->count);
		same->window = tcx_numbers_under(snapshot->window, map, layout->count);
		begin_together(same);
	}
	free(map);
	return same;
}

/* before has the layout of now. */
static void derive_from(struct tcx_derive *derive, const struct tcx_derive_settings *settings,
			const struct tcx_snapshot *before, struct tcx_snapshot *now)
{
	uint64_t interval_ns = settings->interval_ns;

	tcx_since(before, now, interval_ns);
	now->rates = tcx_rates_new(before, now, settings->rate_ns);
	begin_together(now);
	now->minute = tcx_window_step(&derive->minute, MINUTE_NS,
				      before != NULL ? before->minute : NULL, now, interval_ns);
	if (settings->window_ns == MINUTE_NS) {
		tcx_window_clear(&derive->window);
		now->window = tcx_numbers_ref(now->minute);
		return;
	}
	now->window = tcx_window_step(&derive->window, settings->window_ns,
				      before != NULL ? before->window : NULL, now, interval_ns);
}

void tcx_derive(struct tcx_derive *derive, const struct tcx_derive_settings *settings,
		const struct tcx_snapshot *before, struct tcx_snapshot *now)
{
	struct tcx_derive_settings step = *settings;
	struct tcx_snapshot *same = NULL;

	/* The first reading after a change comes by either interval. */
	step.interval_ns = tcx_clock_later(derive->settings.interval_ns, settings->interval_ns);
	if (!goes_on(derive, &step, before, now))
		before = NULL;
	else if (before->layout != now->layout)
		before = same = carry(before, now->layout);
	if (before == NULL)
		tcx_derive_clear(derive);
	derive_from(derive, &step, before, now);
	derive->settings = *settings;
	tcx_snapshot_unref(same);
}
