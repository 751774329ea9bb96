/* SPDX-License-Identifier: BSD-2-Clause */
/* The snapshot group: age and state of the counters, and of each file in counterSourceTable. */
#include "base/clock.h"
#include "mib/objects.h"

/* One that needs a snapshot, however old. */
#define OF_LATEST(name, put) TCX_SHOW_IF(name, request->latest != NULL, put)

TCX_SHOW_OF(snapshotSequence,
	    tcx_value_counter64(value, request->latest != NULL ? request->latest->sequence : 0))
OF_LATEST(snapshotAge,
	  tcx_value_gauge32_latched(value,
				    (request->now_ns - request->latest->taken_ns) / TCX_NS_PER_MS))
OF_LATEST(snapshotTime, tcx_value_date(value, &request->latest->when))
TCX_SHOW_OF(snapshotInterval,
	    tcx_value_gauge32_latched(value, request->interval_ns / TCX_NS_PER_MS))
TCX_SHOW_OF(snapshotMaxAge, tcx_value_gauge32_latched(value, request->max_age_ns / TCX_NS_PER_MS))
OF_LATEST(snapshotCost, tcx_value_gauge32_latched(value, request->latest->cost_ns / 1000))
TCX_SHOW_OF(snapshotFailures, tcx_value_counter64(value, request->status.failures))
TCX_SHOW_OF(snapshotLastFailure, tcx_value_text(value, request->status.last_failure.text))
OF_LATEST(snapshotKnown, tcx_value_gauge32_latched(value, tcx_snapshot_count(request->latest, true,
									     request->oldest_ns)))
OF_LATEST(snapshotUnknown,
	  tcx_value_gauge32_latched(value,
				    tcx_snapshot_count(request->latest, false, request->oldest_ns)))
TCX_SHOW_OF(snapshotAgentVersion, tcx_value_text(value, TCX_VERSION))
OF_LATEST(snapshotDiscontinuityTime,
	  tcx_value_ticks(value, tcx_request_uptime_at(request, request->latest->discontinuity_ns)))

#define STATUS (&request->status.sources[row])

TCX_SHOW_OF(counterSourceName, tcx_value_text(value, tcx_catalogue_source(row)->title))
TCX_SHOW_OF(counterSourceFile, tcx_value_text(value, tcx_catalogue_source(row)->path))
TCX_SHOW_OF(counterSourceState, tcx_value_integer(value, STATUS->state))
TCX_SHOW_IF(counterSourceAge, STATUS->good_ns > 0,
	    tcx_value_gauge32_latched(value, (request->now_ns - STATUS->good_ns) / TCX_NS_PER_MS))
TCX_SHOW_IF(counterSourceCost, STATUS->state != TCX_SOURCE_ABSENT,
	    tcx_value_gauge32_latched(value, STATUS->cost_ns / 1000))
TCX_SHOW_OF(counterSourceFailures, tcx_value_counter64(value, STATUS->failures))
TCX_SHOW_OF(counterSourceLastFailure, tcx_value_text(value, STATUS->cause.text))
TCX_SHOW_IF(counterSourceDiscontinuityTime, STATUS->discontinuity_ns > 0,
	    tcx_value_ticks(value, tcx_request_uptime_at(request, STATUS->discontinuity_ns)))
