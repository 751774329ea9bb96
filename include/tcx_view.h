/* What one request sees: a snapshot and the agent's own state, the same for all its varbinds. */
#ifndef TCX_VIEW_H
#define TCX_VIEW_H

#include <stdint.h>

#include "tcx_collector.h"
#include "tcx_snapshot.h"

struct tcx_view {
	struct tcx_snapshot *latest;	  /* with a reference, or NULL before the first one */
	const struct tcx_snapshot *fresh; /* latest, or NULL once it is older than max_age_ns */
	uint64_t now_ns;		  /* when the request came, on tcx_clock_now()'s clock */
	uint64_t interval_ns;
	uint64_t max_age_ns;
	uint64_t uptime_zero_ns; /* when sysUpTime was 0, on the same clock */
	struct tcx_collector_status status;
};

/* sysUpTime at a moment, in hundredths of a second: a TimeStamp (RFC 2579). 0 when it lies before
 * sysUpTime began. */
uint64_t tcx_view_uptime_at(const struct tcx_view *view, uint64_t moment_ns);

#endif
