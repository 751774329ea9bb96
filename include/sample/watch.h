/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds thresholds against what was read: a step from the states before to those that follow. */
#ifndef TCX_SAMPLE_WATCH_H
#define TCX_SAMPLE_WATCH_H

#include "sample/layout.h"
#include "sample/measure.h"
#include "sample/readings.h"
#include "sample/states.h"
#include "sample/thresholds.h"

/* What is kept from one step to the next. Zeros at first. */
struct tcx_watch {
	struct tcx_thresholds
		*thresholds; /* of the last step, with a reference; so has the layout */
	struct tcx_layout *layout;
	int32_t *entries; /* owned; by threshold: of the layout, -1: no such counter */
	uint32_t tables;  /* that thresholds are of: bits 1 << enum tcx_table_id */
	uint32_t growing; /* of whose rows growth is watched */
	struct tcx_readings readings[TCX_TABLES];
};

/*
 * The states after a reading, with a reference for the caller; those of a threshold that is the
 * same go on from before, which may be NULL. NULL: memory is short, or thresholds are NULL.
 */
struct tcx_states *tcx_watch_step(struct tcx_watch *watch, struct tcx_thresholds *thresholds,
				  const struct tcx_states *before,
				  const struct tcx_observed *observed);

/* Frees what the watch owns, and makes it zeros. */
void tcx_watch_clear(struct tcx_watch *watch);

#endif
