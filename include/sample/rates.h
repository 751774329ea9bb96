/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mean rate of each counter, as the daemon of nstat has it: an exponentially weighted mean that
 * comes to 90 % of a steady rate in the time that it is over. It begins at 0 when the counter
 * begins (sample/since.h), and is not shown before that time has passed. A counter that is read
 * less often than others has the mean of its last reading.
 */
#ifndef TCX_SAMPLE_RATES_H
#define TCX_SAMPLE_RATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/snapshot.h"

struct tcx_rates {
	uint64_t time_ns; /* what the means are over; not 0 */
	size_t count;	  /* of the means; 0: all of them are 0, as of what is idle */
	double mean[];	  /* per second, by entry; of no meaning where the entry has not begun */
};

/*
 * From one snapshot, with its rates, to the next one of the same layout, which has its since.
 * before may be NULL: all begin. The caller frees it with free(). NULL when memory is short.
 */
struct tcx_rates *tcx_rates_new(const struct tcx_snapshot *before, const struct tcx_snapshot *now,
				uint64_t time_ns);

/* A copy under another layout, as tcx_numbers_under() makes it. */
struct tcx_rates *tcx_rates_under(const struct tcx_rates *rates, const int32_t *map, size_t count);

/* An entry's mean rate. False: it has none, since it is no counter or has not counted for long. */
bool tcx_rates_get(const struct tcx_snapshot *snapshot, size_t entry, double *per_second);

/* The nearest whole number to one that is not negative; the largest one if it is larger. */
uint64_t tcx_rates_round(double number);

#endif
