/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from a reading and the one before: since when counters count, their mean rates, and
 * how much they grew in the last minute. It reads nothing and asks no clock: the times are those of
 * the readings.
 */
#ifndef TCX_SAMPLE_DERIVE_H
#define TCX_SAMPLE_DERIVE_H

#include <stdint.h>

#include "sample/snapshot.h"
#include "sample/window.h"

struct tcx_derive_settings {
	uint64_t interval_ns; /* from one reading to the next */
	uint64_t rate_ns;     /* rateTime: in which a mean rate comes to 90 % of a steady one */
	uint64_t window_ns;   /* healthWindow */
};

/* What is kept from one reading to the next; of whoever reads. Zeros are the beginning. */
struct tcx_derive {
	struct tcx_derive_settings settings; /* of the last step */
	struct tcx_window minute;
	struct tcx_window window;
};

/*
 * Hangs at a snapshot that is not published yet all that follows from it; before is the last one,
 * or NULL. All begins anew where more than TCX_GAP_INTERVALS have passed between them, as on a
 * machine that was suspended, and with another rate_ns. What is left out for lack of memory is
 * NULL, and begins anew. Keeps references to now.
 */
void tcx_derive(struct tcx_derive *derive, const struct tcx_derive_settings *settings,
		const struct tcx_snapshot *before, struct tcx_snapshot *now);

/* Frees what it keeps. */
void tcx_derive_clear(struct tcx_derive *derive);

#endif
