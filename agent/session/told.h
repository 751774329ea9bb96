/* SPDX-License-Identifier: BSD-2-Clause */
/* What was told of each threshold and row, so that what is new follows from how they stand now. */
#ifndef TCX_SESSION_TOLD_H
#define TCX_SESSION_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mib/notifications.h"
#include "sample/states.h"

struct tcx_told {
	const char *context; /* that the states are of; of the caller; NULL: the default one */
	bool gone;	     /* so is the context's namespace, and with it the states */
	size_t count;
	struct tcx_told_state *all; /* owned; in the order of the states */
};

/*
 * Hands on a notice for each of which something is new, with how many changes before were missed.
 * add() returns false when it has no room: then it is handed on again the next time. states: NULL
 * while there are no thresholds. False when not all was taken.
 */
bool tcx_told_follow(struct tcx_told *told, const struct tcx_states *states,
		     const struct tcx_moment *now,
		     bool (*add)(void *arg, const struct tcx_notice *notice, uint64_t missed),
		     void *arg);

/* Nothing counts as told any more. */
void tcx_told_clear(struct tcx_told *told);

#endif
