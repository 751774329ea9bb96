/* SPDX-License-Identifier: BSD-2-Clause */
/* What counters do from one reading to the next, the worst first. */
#ifndef TCX_CLIENT_MOVES_H
#define TCX_CLIENT_MOVES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters.h"
#include "symptoms.h"

struct tcx_move {
	char name[TCX_NAME_MAX + 1];
	enum tcx_concern concern;
	uint64_t value;
	uint64_t grown; /* since its first reading */
	double rate;	/* in a second, between the last two */
	uint64_t last;	/* when it grew last; 0: it did not */
};

struct tcx_moves {
	struct tcx_move *items; /* owned; in the order of nstat until they are sorted */
	size_t count;
	uint64_t at; /* when they were read, by base/clock.h; 0: never */
};

/*
 * Takes a reading that is of that time. Gauges and settings do not move. Where a counter fell they
 * all began anew, and the growth up to this reading is not known. False: memory is short, and
 * nothing is changed.
 */
bool tcx_moves_take(struct tcx_moves *moves, const struct tcx_counters *now, uint64_t at);

/* By concern, then by rate, then by when they moved last, then by what they grew. */
void tcx_moves_sort(struct tcx_moves *moves);

void tcx_moves_clear(struct tcx_moves *moves);

#endif
