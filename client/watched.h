/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known of a host that is watched, and the page that shows it. */
#ifndef TCX_CLIENT_WATCHED_H
#define TCX_CLIENT_WATCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/fault.h"
#include "losses.h"
#include "moves.h"
#include "page.h"
#include "selection.h"
#include "vitals.h"

/* Scalars of the host. */
enum tcx_watched_cell {
	TCX_WATCHED_SEQUENCE,
	TCX_WATCHED_AGE, /* of the snapshot, in milliseconds */
	TCX_WATCHED_ACTIVE,
	TCX_WATCHED_WORST,
	TCX_WATCHED_SEVERITY,
	TCX_WATCHED_CELLS
};

struct tcx_watched {
	/* What is wanted. */
	const char *host;
	double seconds; /* from one reading to the next */
	bool zeros;
	const struct tcx_selection *selection;

	/* What was read last; all are owned. */
	struct tcx_cell cells[TCX_WATCHED_CELLS];
	struct tcx_vitals vitals;
	struct tcx_losses losses;
	struct tcx_moves moves;
	bool one_instant;
	uint64_t sequence;	/* of the snapshot of moves; 0: none */
	unsigned int snapshots; /* that moves had; from two on there are rates */

	/* How it went, by the clock of the day; 0: never. */
	time_t begun, answered, failed_since;
	bool failed;
	struct tcx_fault fault;
};

/* Takes counters of the snapshot that was read at a time. False: memory is short. */
bool tcx_watched_take(struct tcx_watched *watched, const struct tcx_counters *counters,
		      uint64_t at);

/* Makes the page of it, for lines of so many columns. */
void tcx_watched_page(const struct tcx_watched *watched, time_t now, size_t columns,
		      struct tcx_page *page);

void tcx_watched_clear(struct tcx_watched *watched);

#endif
