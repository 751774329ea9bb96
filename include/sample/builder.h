/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A snapshot while it is being read. Readers name the values one by one, in the order of the file,
 * and put each or leave it out; as long as the names are those of the layout, that is one
 * comparison and one store.
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

struct tcx_builder {
	struct tcx_layout *layout;
	struct tcx_snapshot *snapshot;	   /* of the layout; NULL while collecting */
	const struct tcx_snapshot *before; /* of the layout too, or NULL: keeps what is missing */
	bool collecting; /* first pass over new files: names go to the layout, values are dropped */
	bool diverged;	 /* a name is not among those that the layout has still to come */
	bool missing;	 /* a value of this source was left out */
	bool no_memory;
	bool print_signed;  /* the kernel prints this file's counters as if they had a sign */
	const char *prefix; /* of this file's names, as its row has it */
	uint8_t source;	    /* whose text is being read */
	size_t position;    /* of the next value */
	size_t line;	    /* of the layout: the lines before are passed */
};

/*
 * Finds the next value by its name, prefix + name; what the layout has in between is missing. While
 * collecting, the name goes to the layout. Returns false at a fault, or, with builder->diverged
 * set, when the layout has no such name to come: the caller then makes a new layout.
 */
bool tcx_builder_name(struct tcx_builder *builder, const char *prefix, size_t prefix_len,
		      const char *name, size_t name_len, struct tcx_fault *fault);

/* Puts the value that was named, and passes it. While collecting, the value is dropped. */
bool tcx_builder_put(struct tcx_builder *builder, const struct tcx_number *number,
		     struct tcx_fault *fault);

/*
 * The values from first on up to end are missing in this reading: they stay as they were in the
 * snapshot before. The next value is the one at end.
 */
void tcx_builder_miss(struct tcx_builder *builder, size_t first, size_t end);

/* Ends a source: all that the layout still has of it is missing. */
void tcx_builder_end_source(struct tcx_builder *builder);

/*
 * How many names a line has, when it is byte for byte one that the layout has still to come of this
 * source; else 0. What comes before it in the layout is missing.
 */
size_t tcx_builder_known_line(struct tcx_builder *builder, const char *text, size_t len);

/*
 * How long the name is that text begins with, when it is the one that the layout has next, and a
 * blank follows; else 0.
 */
size_t tcx_builder_known_name(const struct tcx_builder *builder, const char *text, size_t len);

/* The entry of the next value. The caller knows that it is there. */
const struct tcx_entry *tcx_builder_next(const struct tcx_builder *builder);

#endif
