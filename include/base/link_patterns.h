/* Names of interfaces by patterns, as ignoreInterface has them. A plain value, copied as it is. */
#ifndef TCX_LINK_PATTERNS_H
#define TCX_LINK_PATTERNS_H

#include <stdbool.h>

#define TCX_LINK_PATTERNS_SIZE 1024

struct tcx_link_patterns {
	char words[TCX_LINK_PATTERNS_SIZE]; /* each with its zero byte; an empty one ends them */
};

/* Adds a pattern of fnmatch(3). False when there is no room for it. */
bool tcx_link_patterns_add(struct tcx_link_patterns *patterns, const char *word);

bool tcx_link_patterns_match(const struct tcx_link_patterns *patterns, const char *name);

static inline bool tcx_link_patterns_empty(const struct tcx_link_patterns *patterns)
{
	return patterns->words[0] == '\0';
}

#endif
