/* SPDX-License-Identifier: BSD-2-Clause */
/* The snapshot group: age and state of the counters, their files and the tables. Reads none. */
#include "base/clock.h"
#include "mib/objects.h"

/* One that needs a snapshot, however old. */
#define OF_LATEST(name, ...) TCX_SHOW_IF(name, request->latest != NULL, __VA_ARGS__)

TCX_SHOW_OF(snapshotSequence, counter64, request->latest != NULL ? request->latest->sequence : 0)
OF_LATEST(snapshotAge, gauge32_latched,
	  (request->now_ns - request->latest->taken_ns) / TCX_NS_PER_MS)
OF_LATEST(snapshotTime, date, &request->latest->when)
TCX_SHOW_OF(snapshotInterval, gauge32_latched, request->interval_ns / TCX_NS_PER_MS)
TCX_SHOW_OF(snapshotMaxAge, gauge32_latched, request->max_age_ns / TCX_NS_PER_MS)
OF_LATEST(snapshotCost, gauge32_latched, request->latest->cost_ns / 1000)
TCX_SHOW_OF(snapshotFailures, counter64, request->status.failures)
TCX_SHOW_OF(snapshotLastFailure, text, tcx_cause_text(request->status.last_failure))
OF_LATEST(snapshotKnown, gauge32_latched,
	  tcx_snapshot_count(request->latest, true, request->oldest_ns))
OF_LATEST(snapshotUnknown, gauge32_latched,
	  tcx_snapshot_count(request->latest, false, request->oldest_ns))
TCX_SHOW_OF(snapshotAgentVersion, text, TCX_VERSION)
OF_LATEST(snapshotDiscontinuityTime, ticks,
	  tcx_request_uptime_at(request, request->latest->discontinuity_ns))

#define STATUS (&request->status.sources[row])

TCX_SHOW_OF(counterSourceName, text, tcx_catalogue_source(row)->title)
TCX_SHOW_OF(counterSourceFile, text, tcx_catalogue_source(row)->path)
TCX_SHOW_OF(counterSourceState, integer, STATUS->state)
TCX_SHOW_IF(counterSourceAge, STATUS->good_ns > 0, gauge32_latched,
	    (request->now_ns - STATUS->good_ns) / TCX_NS_PER_MS)
TCX_SHOW_IF(counterSourceCost, STATUS->state != TCX_SOURCE_ABSENT, gauge32_latched,
	    STATUS->cost_ns / 1000)
TCX_SHOW_OF(counterSourceFailures, counter64, STATUS->failures)
TCX_SHOW_OF(counterSourceLastFailure, text, tcx_cause_text(STATUS->cause))
TCX_SHOW_IF(counterSourceDiscontinuityTime, STATUS->discontinuity_ns > 0, ticks,
	    tcx_request_uptime_at(request, STATUS->discontinuity_ns))

enum { IS_TRUE = 1, IS_FALSE = 2 }; /* TruthValue */

TCX_SHOW_IF(kernelTableName, request->tables != NULL, text, tcx_catalogue_table_name(row))
TCX_SHOW_IF(kernelTableSurvey, request->tables != NULL, text, tcx_catalogue_table_survey(row))

/* The table with a reference; NULL while the agent holds none. */
static struct tcx_table *peek(const struct tcx_request *request, size_t row)
{
	return request->tables != NULL ? tcx_tables_peek(request->tables, row) : NULL;
}

/* source is a constant, so a value may point to it when the table is gone. */
#define INFO_OF(name, as, shown)                                                                   \
	TCX_SHOW(name)                                                                             \
	{                                                                                          \
		struct tcx_table *table = peek(request, row);                                      \
                                                                                                   \
		if (table == NULL)                                                                 \
			return false;                                                              \
		tcx_value_##as(value, shown);                                                      \
		tcx_table_unref(table);                                                            \
		return true;                                                                       \
	}

INFO_OF(kernelTableRows, gauge32_latched, table->count)
INFO_OF(kernelTableAge, gauge32_latched, (tcx_clock_now() - table->taken_ns) / TCX_NS_PER_MS)
INFO_OF(kernelTableCost, gauge32_latched, table->cost_ns / 1000)
INFO_OF(kernelTableCut, integer, table->cut ? IS_TRUE : IS_FALSE)
INFO_OF(kernelTableSource, text, table->source)
