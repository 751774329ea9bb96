/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Patterns of interface names (ignoreInterface). A list does not change once it is shared by
 * reference; NULL is the empty one.
 */
#ifndef TCX_BASE_LINK_PATTERNS_H
#define TCX_BASE_LINK_PATTERNS_H

#include <stdbool.h>

#include "base/reference.h"

/* Characters of all patterns together, each with the one that ends it. */
#define TCX_LINK_PATTERNS_MAX 1023

struct tcx_link_patterns;

/* Adds a pattern of fnmatch(3). False when there is no room for it. */
bool tcx_link_patterns_add(struct tcx_link_patterns **patterns, const char *word);

TCX_REFERENCE_DECLARE(tcx_link_patterns);

bool tcx_link_patterns_match(const struct tcx_link_patterns *patterns, const char *name);

#endif
