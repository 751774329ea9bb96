/* SPDX-License-Identifier: BSD-2-Clause */
/* Readings as texts, for tests of what follows from them. */
#include "tests/unit/words.h"

#include <stdlib.h>
#include <string.h>

bool words_next(const char **text, const char **name, size_t *len)
{
	*text += strspn(*text, " ");
	*name = *text;
	*len = strcspn(*text, "=?~ ");
	*text += strcspn(*text, " ");
	return *len > 0;
}

static uint8_t source_of(const char *name, size_t len)
{
	uint8_t type;
	enum tcx_counter counter = tcx_catalogue_find(name, len, &type);

	return counter == TCX_NONE
		       ? TCX_SOURCE_NETSTAT
		       : (uint8_t)tcx_catalogue_section(tcx_catalogue_row(counter)->section)
				 ->source;
}

struct tcx_layout *words_layout(const char *text)
{
	struct tcx_layout *layout = tcx_layout_new();
	const char *name;
	size_t len;

	while (words_next(&text, &name, &len))
		if (!tcx_layout_append(layout, source_of(name, len), "", 0, name, len, NULL))
			abort();
	if (!tcx_layout_finish(layout))
		abort();
	return layout;
}
