/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists in text, such as a search path. */
#ifndef TCX_BASE_LIST_H
#define TCX_BASE_LIST_H

#include <limits.h>
#include <stdbool.h>

/* Takes the next item off *list, up to a separator, and cuts a long one. False: there is none. */
bool tcx_list_next(const char **list, const char *separators, char item[PATH_MAX]);

/* Whether a name matches one of the list's patterns of fnmatch(3), which blanks separate. */
bool tcx_list_matches(const char *list, const char *name);

/* Characters of a list that is kept, with a blank behind each item. */
#define TCX_LIST_MAX 1023

struct tcx_list {
	char text[TCX_LIST_MAX + 1];
};

#endif
