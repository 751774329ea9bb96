/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Builds a snapshot. Readers name each value in the order of the file, then put it or leave it out.
 * As long as the names follow the layout, that costs one comparison and one store.
 */
#ifndef TCX_SAMPLE_BUILDER_H
#define TCX_SAMPLE_BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/number.h"
#include "sample/layout.h"
#include "sample/snapshot.h"
#include "sample/totals.h"

struct tcx_builder {
	struct tcx_layout *layout;
	struct tcx_snapshot *snapshot;	   /* of the layout; NULL while collecting */
	const struct tcx_snapshot *before; /* of the layout too, or NULL: gives missing values */
	bool collecting; /* first pass over new files: names go to the layout, values are dropped */
	bool diverged;	 /* the layout has no such name ahead: a new one is needed */
	bool missing;	 /* a value of this source was left out */
	bool no_memory;
	bool print_signed; /* the kernel prints this file's counters as signed */
	bool gauges_wrap;  /* it prints a gauge below 0 as a large number; none is over 2^31 */
	struct tcx_totals *totals; /* of this file, where it has lines of processors */
	const char *prefix;	   /* of this file's names, as its row has it */
	uint8_t source;		   /* whose text is being read */
	size_t position;	   /* of the next value */
	size_t line;		   /* next line of the layout */
};

/*
 * Moves on to the value named prefix + name; all that the layout has in between is missing. While
 * collecting, appends the name to the layout. False with a fault; or with builder->diverged when
 * the layout has no such name ahead, and the caller must make a new layout.
 */
bool tcx_builder_name(struct tcx_builder *builder, const char *prefix, size_t prefix_len,
		      const char *name, size_t name_len, struct tcx_fault *fault);

/* Stores the named value and moves on. While collecting, drops the value. */
bool tcx_builder_put(struct tcx_builder *builder, const struct tcx_number *number,
		     struct tcx_fault *fault);

/* Marks the values [first, end) as missing: they keep their last values. Moves on to end. */
void tcx_builder_miss(struct tcx_builder *builder, size_t first, size_t end);

/* Ends a source: what the layout still has of it is missing. */
void tcx_builder_end_source(struct tcx_builder *builder);

/*
 * The number of names in a line that equals one which the layout has ahead of this source; else 0.
 * What the layout has before that line is missing.
 */
size_t tcx_builder_known_line(struct tcx_builder *builder, const char *text, size_t len);

/* The length of the layout's next name, if text begins with it and a blank follows; else 0. */
size_t tcx_builder_known_name(const struct tcx_builder *builder, const char *text, size_t len);

/* The entry of the next value, which must exist. */
static inline const struct tcx_entry *tcx_builder_next(const struct tcx_builder *builder)
{
	return &builder->layout->entries[builder->position];
}

#endif
