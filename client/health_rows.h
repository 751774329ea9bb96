/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of health as rows: mibs/health.def with its words; and what is asked for of them. */
#ifndef TCX_CLIENT_HEALTH_ROWS_H
#define TCX_CLIENT_HEALTH_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "sample/health.h"
#include "scalars.h"

struct tcx_health_row {
	uint32_t sub_id;    /* below health */
	const char *object; /* its descriptor */
	const char *unit;   /* "percent", which it has in hundredths of one, or what it counts */
	const char *text;   /* what it says */
	const char *advice; /* what to do */
};

extern const struct tcx_health_row tcx_health_rows[TCX_HEALTHS];

/* What one PDU asks for: how the thresholds stand, and behind that the values in their order. */
enum tcx_health_cell {
	TCX_HEALTH_SEQUENCE, /* snapshotSequence: a host that lacks it has no agent */
	TCX_HEALTH_ACTIVE,
	TCX_HEALTH_WORST,
	TCX_HEALTH_SEVERITY,
	TCX_HEALTH_VALUES,
	TCX_HEALTH_CELLS = TCX_HEALTH_VALUES + TCX_HEALTHS
};

extern const struct tcx_scalar tcx_health_scalars[TCX_HEALTH_CELLS];

/* The words of healthWorstSeverity; "" for what is none. */
const char *tcx_health_severity(uint64_t severity);

#endif
