/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Since when each counter counts without a break. It begins when it is first read, and anew when it
 * goes backwards, which a counter that wraps at 32 bits does, too: no file says how wide its
 * counters are. Where a known one goes backwards all of its file begin anew, as they may have
 * passed their old values since; an unknown one, which may be no counter, begins anew alone. So
 * does what could not be read for more than TCX_GAP_INTERVALS. Gauges and settings never begin.
 */
#ifndef TCX_SAMPLE_SINCE_H
#define TCX_SAMPLE_SINCE_H

#include <stdint.h>

#include "sample/numbers.h"
#include "sample/snapshot.h"

/* So many intervals may pass from one reading to the next; the interval is that of the file. */
#define TCX_GAP_INTERVALS 10

/*
 * From one snapshot, with its own since, to the next one of the same layout: sets now->since, when
 * each entry began. before may be NULL: all begin. interval_ns is that of the readings. Where
 * nothing changed it is before->since, with another reference. now->since is NULL when memory is
 * short.
 */
void tcx_since(const struct tcx_snapshot *before, struct tcx_snapshot *now, uint64_t interval_ns);

#endif
