/* SPDX-License-Identifier: BSD-2-Clause */
/* The states of a threshold that watches the rows of a table. */
#ifndef TCX_SAMPLE_WATCH_ROWS_H
#define TCX_SAMPLE_WATCH_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/measure.h"
#include "sample/readings.h"
#include "sample/states.h"

/* So many rows have a state of their own, at most. */
#define TCX_WATCH_ROWS_MAX 100

struct tcx_watch_rows {
	const struct tcx_threshold *threshold;
	const struct tcx_measuring *measuring;
	void *reading; /* of these; not NULL */
	const struct tcx_readings *readings;
	const struct tcx_state *before; /* of the same threshold, its own state first */
	size_t before_count;		/* 0: there was none */
	struct tcx_moment now;
};

/* Adds the states that follow. False when memory is short. */
bool tcx_watch_rows(const struct tcx_watch_rows *rows, struct tcx_states *states);

#endif
