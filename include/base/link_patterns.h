/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns of interface names (ignoreInterface). A list does not change once it is shared by
 * reference; NULL is the empty one.
 */
#ifndef TCX_BASE_LINK_PATTERNS_H
#define TCX_BASE_LINK_PATTERNS_H

#include <stdbool.h>

/* Characters of all patterns together, each with the one that ends it. */
#define TCX_LINK_PATTERNS_MAX 1023

struct tcx_link_patterns;

/* Adds a pattern of fnmatch(3). False when there is no room for it. */
bool tcx_link_patterns_add(struct tcx_link_patterns **patterns, const char *word);

/* One more owner. Returns patterns, which may be NULL. */
struct tcx_link_patterns *tcx_link_patterns_ref(struct tcx_link_patterns *patterns);

/* One owner less; the last one frees it. patterns may be NULL. */
void tcx_link_patterns_unref(struct tcx_link_patterns *patterns);

bool tcx_link_patterns_match(const struct tcx_link_patterns *patterns, const char *name);

#endif
