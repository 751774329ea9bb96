/* SPDX-License-Identifier: BSD-2-Clause */
/* counterSourceTable of the snapshot group: the state of each file of counters. */
#include "base/clock.h"
#include "mib/objects.h"

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
