/* SPDX-License-Identifier: BSD-2-Clause */
/* A counted list of patterns for the names of interfaces. */
#include "base/link_patterns.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct tcx_link_patterns {
	atomic_uint references;
	size_t used;			   /* of words */
	char words[TCX_LINK_PATTERNS_MAX]; /* each with its zero byte */
};

bool tcx_link_patterns_add(struct tcx_link_patterns **patterns, const char *word)
{
	size_t size = strlen(word) + 1;

	if (*patterns == NULL)
		*patterns = tcx_reference_new(sizeof(**patterns), NULL);
	if (*patterns == NULL || (*patterns)->used + size > sizeof((*patterns)->words))
		return false;
	memcpy((*patterns)->words + (*patterns)->used, word, size);
	(*patterns)->used += size;
	return true;
}

TCX_REFERENCE_DEFINE(tcx_link_patterns, free)

bool tcx_link_patterns_match(const struct tcx_link_patterns *patterns, const char *name)
{
	for (size_t i = 0; patterns != NULL && i < patterns->used;
	     i += strlen(patterns->words + i) + 1)
		if (fnmatch(patterns->words + i, name, 0) == 0)
			return true;
	return false;
}
