/* SPDX-License-Identifier: BSD-2-Clause */
/* The snapshot group: age and state of the counters. */
#include "mib/objects.h"

#include "base/clock.h"

TCX_SHOW(snapshotSequence)
{
	tcx_value_counter64(value, request->latest != NULL ? request->latest->sequence : 0);
	return true;
}

TCX_SHOW(snapshotAge)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  (request->now_ns - request->latest->taken_ns) / TCX_NS_PER_MS);
	return true;
}

TCX_SHOW(snapshotTime)
{
	if (request->latest == NULL)
		return false;
	tcx_value_date(value, &request->latest->when);
	return true;
}

TCX_SHOW(snapshotInterval)
{
	tcx_value_gauge32_latched(value, request->interval_ns / TCX_NS_PER_MS);
	return true;
}

TCX_SHOW(snapshotMaxAge)
{
	tcx_value_gauge32_latched(value, request->max_age_ns / TCX_NS_PER_MS);
	return true;
}

TCX_SHOW(snapshotCost)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value, request->latest->cost_ns / 1000);
	return true;
}

TCX_SHOW(snapshotFailures)
{
	tcx_value_counter64(value, request->status.failures);
	return true;
}

TCX_SHOW(snapshotLastFailure)
{
	tcx_value_text(value, request->status.last_failure.text);
	return true;
}

TCX_SHOW(snapshotKnown)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  tcx_snapshot_count(request->latest, true, request->oldest_ns));
	return true;
}

TCX_SHOW(snapshotUnknown)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  tcx_snapshot_count(request->latest, false, request->oldest_ns));
	return true;
}

TCX_SHOW(snapshotAgentVersion)
{
	tcx_value_text(value, TCX_VERSION);
	return true;
}

TCX_SHOW(snapshotDiscontinuityTime)
{
	if (request->latest == NULL)
		return false;
	tcx_value_ticks(value, tcx_request_uptime_at(request, request->latest->discontinuity_ns));
	return true;
}
