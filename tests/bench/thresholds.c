/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes thresholds of all kinds. */
#include "thresholds.h"

#include <stdio.h>
#include <stdlib.h>

#include "mib/measures.h"
#include "sample/health.h"

#define OF_COUNTERS (THRESHOLDS / 2)

static void add_threshold(struct tcx_thresholds *thresholds, int i)
{
	static const enum tcx_threshold_kind kinds[] = {TCX_THRESHOLD_VALUE, TCX_THRESHOLD_RATE,
							TCX_THRESHOLD_GROWTH};
	struct tcx_threshold threshold = {
		.kind = kinds[i % 3], .scale = 1, .limit = UINT64_MAX / 2, .clear = 1};
	const char *object = i < OF_COUNTERS ? tcx_catalogue_row(TCX_TcpExtSyncookiesSent + i)->name
					     : tcx_health_label((enum tcx_health)(i - OF_COUNTERS));

	snprintf(threshold.name, sizeof(threshold.name), "t%02d", i);
	snprintf(threshold.object, sizeof(threshold.object), "%s", object);
	tcx_measure_find(object, &threshold.measure);
	if (!tcx_thresholds_put(thresholds, &threshold))
		abort();
}

struct tcx_thresholds *thresholds_make(void)
{
	struct tcx_thresholds *thresholds = tcx_thresholds_new();

	if (thresholds == NULL)
		abort();
	thresholds->measuring = &tcx_measuring;
	for (int i = 0; i < THRESHOLDS; i++)
		add_threshold(thresholds, i);
	return thresholds;
}
