/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What counters say when they are put together: the rows of mibs/health.def, and their values. A
 * value is made of one snapshot, so that all that are asked for together belong together; nothing
 * is kept. Absent is not zero: see TERM and minimum there.
 */
#ifndef TCX_SAMPLE_HEALTH_H
#define TCX_SAMPLE_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "catalogue/table_ids.h"
#include "sample/limits.h"
#include "sample/snapshot.h"

/* One of mibs/health.def each: TCX_healthListenDrops ... */
enum tcx_health {
#define HEALTH(sub_id, object, over, unit, minimum, text, advice) TCX_##object,
#include "mibs/health.def"
	TCX_HEALTHS
};

/* The object's descriptor. Rows must be below TCX_HEALTHS. */
const char *tcx_health_label(enum tcx_health row);

/* What the value is of, such as "segments"; "percent", which it has in hundredths of one. */
const char *tcx_health_unit(enum tcx_health row);
bool tcx_health_is_percent(enum tcx_health row);

/*
 * Whether it is a part of a whole, as its formula says: no more than 100 %, but for a moment where
 * the whole is a limit.
 */
bool tcx_health_is_part(enum tcx_health row);

/* The table of the kernel that it is made of beside the snapshot; TCX_TABLES: none. */
enum tcx_table_id tcx_health_table(enum tcx_health row);

/* How full the fullest thing in a table is, in hundredths of a percent. */
struct tcx_use {
	bool known; /* there is one, and the kernel tells of it */
	uint32_t worst;
};

struct tcx_health_input {
	const struct tcx_snapshot *snapshot; /* NULL: there is none */
	uint64_t oldest_ns;		     /* values read before are too old */
	/* Needed by rows of these tables alone: */
	const struct tcx_limits *limits; /* NULL: not known */
	struct tcx_use uses[TCX_TABLES];
};

/* A row's value in its unit, rounded down. False: there is none. */
bool tcx_health_value(enum tcx_health row, const struct tcx_health_input *input, uint64_t *value);

#endif
