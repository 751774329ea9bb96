/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How much each counter grew since the snapshot before. None is not zero: there is no growth of
 * what was not read both times, nor over a discontinuity of its file, which a counter that wraps at
 * 32 bits is, too: no file says how wide its counters are. Gauges, settings and unknown names may
 * fall, so they have none.
 */
#ifndef TCX_SAMPLE_GROWTH_H
#define TCX_SAMPLE_GROWTH_H

#include "sample/snapshot.h"

#define TCX_NO_GROWTH UINT64_MAX

struct tcx_growth {
	uint64_t ns;   /* between the two reads; not 0 */
	uint64_t by[]; /* one per entry of the later layout, or TCX_NO_GROWTH */
};

/*
 * From one snapshot to a later one, whose layout may be another. The caller frees it with free().
 * NULL: there is none before, which may be NULL, or memory is short.
 */
struct tcx_growth *tcx_growth_new(const struct tcx_snapshot *before,
				  const struct tcx_snapshot *now);

#endif
