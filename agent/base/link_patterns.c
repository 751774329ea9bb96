#include "base/link_patterns.h"

#include <fnmatch.h>
#include <string.h>

static const char *next_word(const char *word)
{
	return word + strlen(word) + 1;
}

bool tcx_link_patterns_add(struct tcx_link_patterns *patterns, const char *word)
{
	const char *end = patterns->words;
	size_t used;

	while (*end != '\0')
		end = next_word(end);
	used = (size_t)(end - patterns->words);
	if (used + strlen(word) + 2 > sizeof(patterns->words))
		return false;
	strcpy(patterns->words + used, word);
	return true;
}

bool tcx_link_patterns_match(const struct tcx_link_patterns *patterns, const char *name)
{
	for (const char *word = patterns->words; *word != '\0'; word = next_word(word))
		if (fnmatch(word, name, 0) == 0)
			return true;
	return false;
}
