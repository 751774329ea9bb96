/* SPDX-License-Identifier: BSD-2-Clause */
/* counterSourceTable of the snapshot group: the state of each file of counters. */
#include "base/clock.h"
#include "mib/objects.h"

/* The row of a source; rows count from 1. */
static const struct tcx_source_status *status_of(const struct tcx_request *request, size_t row)
{
	return &request->status.sources[row];
}

TCX_SHOW(counterSourceName)
{
	tcx_value_text(value, tcx_catalogue_source(row)->name);
	return true;
}

TCX_SHOW(counterSourceFile)
{
	tcx_value_text(value, tcx_catalogue_source(row)->path);
	return true;
}

TCX_SHOW(counterSourceState)
{
	tcx_value_integer(value, status_of(request, row)->state);
	return true;
}

TCX_SHOW(counterSourceAge)
{
	uint64_t good_ns = status_of(request, row)->good_ns;

	tcx_value_gauge32_latched(value, (request->now_ns - good_ns) / TCX_NS_PER_MS);
	return good_ns > 0;
}

TCX_SHOW(counterSourceCost)
{
	tcx_value_gauge32_latched(value, status_of(request, row)->cost_ns / 1000);
	return status_of(request, row)->state != TCX_SOURCE_ABSENT;
}

TCX_SHOW(counterSourceFailures)
{
	tcx_value_counter64(value, status_of(request, row)->failures);
	return true;
}

TCX_SHOW(counterSourceLastFailure)
{
	tcx_value_text(value, status_of(request, row)->cause.text);
	return true;
}

TCX_SHOW(counterSourceDiscontinuityTime)
{
	uint64_t when_ns = status_of(request, row)->discontinuity_ns;

	tcx_value_ticks(value, tcx_request_uptime_at(request, when_ns));
	return when_ns > 0;
}
