/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists in text, such as a search path. */
#ifndef TCX_BASE_LIST_H
#define TCX_BASE_LIST_H

#include <limits.h>
#include <stdbool.h>

/* Takes the next item off *list, up to a separator, and cuts a long one. False: there is none. */
bool tcx_list_next(const char **list, const char *separators, char item[PATH_MAX]);

#endif
