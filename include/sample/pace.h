/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How often a file is read whose reading costs. To read xfrm_stat, for one, the kernel may walk all
 * security associations under a lock.
 */
#ifndef TCX_SAMPLE_PACE_H
#define TCX_SAMPLE_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* Zeros are the pace of a file that is read each time. */
struct tcx_pace {
	uint64_t interval_ns; /* of its own; 0: it is read each time */
	unsigned int slow;    /* readings in a row that took long */
	unsigned int fast;    /* that did not */
};

/*
 * Notes what a reading cost. After two in a row of over a millisecond the interval doubles, up to a
 * minute; after two of less it is halved. usual_ns is the interval of all files; 0 changes nothing.
 */
void tcx_pace_note(struct tcx_pace *pace, uint64_t cost_ns, uint64_t usual_ns);

/* Whether the file is to be read, so long after the last time. */
bool tcx_pace_is_due(const struct tcx_pace *pace, uint64_t since_ns, uint64_t usual_ns);

#endif
