/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The readings of a table that growth is of: two in a row, and a minute. The minute ends with the
 * first reading that is so far from where it began, and the next one begins there: nothing slides,
 * and nothing is copied but references.
 */
#ifndef TCX_SAMPLE_READINGS_H
#define TCX_SAMPLE_READINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "sample/table.h"

/* Zeros at first. All have a reference; NULL: there was none. */
struct tcx_readings {
	struct tcx_table *newest;
	bool is_new; /* the last step had another one before, */
	bool anew;   /* or none that is near enough */
	struct tcx_table *before;
	struct tcx_table *begin; /* of the minute that goes on */
	struct tcx_table *from;	 /* the ends of the last one that is over */
	struct tcx_table *to;
};

/*
 * Goes on to a table; NULL: there is none that is fresh, and all begins anew. So it does where more
 * than gap_ns have passed since the reading before. grows: those before the newest are of use.
 */
void tcx_readings_step(struct tcx_readings *readings, struct tcx_table *newest, bool grows,
		       uint64_t gap_ns);

/* Lets go of all. */
void tcx_readings_clear(struct tcx_readings *readings);

#endif
