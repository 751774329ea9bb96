/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits text into items at separators, and looks for one that matches. */
#include "base/list.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

bool tcx_list_next(const char **list, const char *separators, char item[PATH_MAX])
{
	size_t len;

	*list += strspn(*list, separators);
	len = strcspn(*list, separators);
	snprintf(item, PATH_MAX, "%.*s", (int)len, *list);
	*list += len;
	return len > 0;
}

bool tcx_list_matches(const char *list, const char *name)
{
	char pattern[PATH_MAX];

	while (tcx_list_next(&list, " ", pattern))
		if (fnmatch(pattern, name, 0) == 0)
			return true;
	return false;
}
