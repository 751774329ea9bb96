/* SPDX-License-Identifier: BSD-2-Clause */
/* Which counters are meant by the PATTERNs of the command line. */
#ifndef TCX_CLIENT_SELECTION_H
#define TCX_CLIENT_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

struct tcx_selection {
	char *const *patterns; /* of fnmatch(3); not owned */
	size_t count;
};

/* Whether there are patterns, and each is just a name: these can be asked for alone. */
bool tcx_selection_is_names(const struct tcx_selection *selection);

/* Whether a pattern matches, or there is none. */
bool tcx_selection_matches(const struct tcx_selection *selection, const char *name);

/*
 * Whether a counter is to be shown: one that a pattern matches; without patterns one that nstat
 * reads.
 */
bool tcx_selection_has(const struct tcx_selection *selection, const char *name);

/* Whether nstat takes it for no counter: it neither shows it nor keeps it. */
bool tcx_selection_omits(const char *name);

#endif
