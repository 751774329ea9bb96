/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A time such as a minute, again and again, and what counters grew by in each. It ends with the
 * first snapshot that is so far from where it began, and the next one begins there: nothing slides,
 * and nothing is kept but the values of one snapshot. It takes longer where less is read.
 *
 * There is no growth of what was not read both times, nor of what began anew in between
 * (sample/since.h). Of a file that is read less often it is that from its newest reading then to
 * its newest one now.
 */
#ifndef TCX_SAMPLE_WINDOW_H
#define TCX_SAMPLE_WINDOW_H

#include <stdint.h>

#include "sample/numbers.h"
#include "sample/snapshot.h"

/* Zeros are a window that has not begun. */
struct tcx_window {
	struct tcx_snapshot *base; /* owned; where it began, without what was derived */
	uint64_t length_ns;
};

/*
 * Goes on to a snapshot, which has its since. last is the growth in the window that finished last,
 * under the layout of now, or NULL. Returns what it is by now, with a reference for the caller;
 * NULL: none has finished, or memory was short. Another length_ns than before begins anew.
 */
struct tcx_numbers *tcx_window_step(struct tcx_window *window, uint64_t length_ns,
				    struct tcx_numbers *last, struct tcx_snapshot *now,
				    uint64_t interval_ns);

/* Lets go of the base; the next step begins anew. */
void tcx_window_clear(struct tcx_window *window);

#endif
