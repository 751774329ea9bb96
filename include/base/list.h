/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists in text, such as a search path. */
#ifndef TCX_BASE_LIST_H
#define TCX_BASE_LIST_H

#include <limits.h>
#include <stdbool.h>

/*
 * Takes the next item off *list; any of the separators end it. Cuts an item that is too long. False
 * when there is none.
 */
bool tcx_list_next(const char **list, const char *separators, char item[PATH_MAX]);

#endif
