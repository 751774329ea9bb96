/* SPDX-License-Identifier: BSD-2-Clause */
/* One reading of a host's counters, all of one snapshot. */
#ifndef TCX_CLIENT_QUERY_H
#define TCX_CLIENT_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "counters.h"
#include "peer.h"

struct tcx_answer {
	struct tcx_counters counters; /* in nstat's order, if wanted, without those that nstat
					 omits; owned */
	bool one_instant;	      /* false: the snapshot was renewed while it was read */
	uint64_t sequence;	      /* of the snapshot */
	int attempts;		      /* at a reading; 0: as many as are usual */
	size_t rows_at_once;	      /* that made it one instant: tried first the next time */
	bool has_uptime;
	uint32_t uptime; /* of the host (hrSystemUptime), in hundredths of a second */
};

/* How much of each counter. */
enum tcx_extent { TCX_VALUES = 1, TCX_IN_ORDER, TCX_WITH_RATES };

/*
 * Asks for the counters of these names, with count 0 for all, of which there must be some. One that
 * the host does not have is not in the answer. A reading during which the snapshot is renewed is
 * tried again a few times. What *answer had is freed; it begins as zeros.
 */
bool tcx_query(const struct tcx_peer *peer, char *const *names, size_t count,
	       enum tcx_extent extent, struct tcx_answer *answer, struct tcx_fault *fault);

#endif
