/* SPDX-License-Identifier: BSD-2-Clause */
/* What tcpextd.conf wants to be watched: limits of numbers, each under a name. */
#ifndef TCX_SAMPLE_THRESHOLDS_H
#define TCX_SAMPLE_THRESHOLDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/reference.h"
#include "sample/layout.h"
#include "sample/measure.h"

/* The longest name of a threshold (thresholdName's SIZE in LINUX-TCPEXT-MIB). */
#define TCX_THRESHOLD_NAME_MAX 32

/* The longest text of a limit. */
#define TCX_LIMIT_MAX 31

/* The numbers are those of thresholdKind. */
enum tcx_threshold_kind {
	TCX_THRESHOLD_VALUE = 1, /* the number as it is */
	TCX_THRESHOLD_RATE,	 /* its mean growth in a second */
	TCX_THRESHOLD_GROWTH,	 /* its growth in the last finished minute */
	TCX_THRESHOLD_PERCENT,	 /* what it is of its limit */
	TCX_THRESHOLD_KINDS = TCX_THRESHOLD_PERCENT
};

/* Rates are in thousandths. */
#define TCX_RATE_SCALE 1000

/* The numbers are those of thresholdSeverity. */
enum tcx_severity {
	TCX_SEVERITY_INFO = 1,
	TCX_SEVERITY_WARNING,
	TCX_SEVERITY_CRITICAL,
	TCX_SEVERITIES = TCX_SEVERITY_CRITICAL
};

/*
 * Values and limits are whole numbers: so many parts of one, as scale says. A limit above is passed
 * by greater values, and is back at its clear or less; one below the other way round.
 */
struct tcx_threshold {
	char name[TCX_THRESHOLD_NAME_MAX + 1];
	char object[TCX_NAME_MAX + 1];
	struct tcx_measure measure;	    /* of no name: the object is of nstatTable */
	char limit_text[TCX_LIMIT_MAX + 1]; /* as configured */
	enum tcx_threshold_kind kind;
	enum tcx_severity severity;
	bool below;
	unsigned int scale; /* 1, 100 or 1000 */
	uint64_t limit;
	uint64_t clear;
	uint64_t for_ns;       /* how long it has to be passed before it is crossed */
	uint64_t clear_for_ns; /* how long it has to be back before it is not crossed any more */
	uint64_t every_ns;     /* from one notification to the next while it is crossed; 0: one */
};

/* Immutable once it is in use; threads share it by reference. */
struct tcx_thresholds {
	atomic_uint references;
	size_t count;
	struct tcx_threshold *items;	       /* owned; in the order of their names as an index */
	const struct tcx_measuring *measuring; /* reads measures; NULL: none is watched */
};

/* None yet, with one reference; NULL when memory is short. */
struct tcx_thresholds *tcx_thresholds_new(void);

TCX_REFERENCE_DECLARE(tcx_thresholds);

/* Adds a copy, in the place of one of the same name. False when memory is short. */
bool tcx_thresholds_put(struct tcx_thresholds *thresholds, const struct tcx_threshold *threshold);

/* The tables that have to be read for them: bits 1 << enum tcx_table_id. May be NULL. */
uint32_t tcx_thresholds_tables(const struct tcx_thresholds *thresholds);

/* Takes one out. False: there is none of this name. */
bool tcx_thresholds_remove(struct tcx_thresholds *thresholds, const char *name);

/* The one of this name, or NULL. */
const struct tcx_threshold *tcx_thresholds_find(const struct tcx_thresholds *thresholds,
						const char *name);

/* Whether it watches the rows of a table, each by itself. */
static inline bool tcx_threshold_has_rows(const struct tcx_threshold *threshold)
{
	return threshold->measure.name != NULL && threshold->measure.table != TCX_TABLES;
}

/* Whether a value passes a limit, in the threshold's direction. */
static inline bool tcx_threshold_passes(const struct tcx_threshold *threshold, uint64_t value,
					uint64_t limit)
{
	return threshold->below ? value < limit : value > limit;
}

/* Whether both watch the same in the same way, so that the state of the one is the other's. */
bool tcx_threshold_is_same(const struct tcx_threshold *a, const struct tcx_threshold *b);

#endif
