/*
 * A snapshot while it is being read. Readers add values one by one, in the order of the file; as
 * long as the names are those of the layout, adding is one comparison and one store.
 */
#ifndef TCX_DRAFT_H
#define TCX_DRAFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcx_fault.h"
#include "tcx_layout.h"
#include "tcx_number.h"

struct tcx_draft {
	struct tcx_layout *layout;
	bool collecting; /* first pass over new files: names go to the layout, values are dropped */
	bool diverged;	 /* a name was not the one that the layout expects next */
	size_t position; /* of the next value */
	size_t line;	 /* of the layout: the next line of names */
	uint64_t *values;
};

/*
 * Adds one value under the name prefix + name. Returns false at a fault, or, with draft->diverged
 * set, when the kernel prints other names than the layout has: the caller then makes a new layout.
 */
bool tcx_draft_add(struct tcx_draft *draft, const char *prefix, size_t prefix_len, const char *name,
		   size_t name_len, const struct tcx_number *number, struct tcx_fault *fault);

/*
 * Adds the next value of the layout. The caller knows that it is there and that the name is right.
 */
bool tcx_draft_put(struct tcx_draft *draft, const struct tcx_number *number,
		   struct tcx_fault *fault);

/*
 * How many names a line has, when it is byte for byte the one that the layout has next; else 0.
 * Their values then go to tcx_draft_put().
 */
size_t tcx_draft_known_line(struct tcx_draft *draft, const char *text, size_t len);

/*
 * How long the name is that text begins with, when it is the one that the layout has next, and a
 * blank follows; else 0.
 */
size_t tcx_draft_known_name(const struct tcx_draft *draft, const char *text, size_t len);

/* The entry of the next value. The caller knows that it is there. */
const struct tcx_entry *tcx_draft_next(const struct tcx_draft *draft);

#endif
