/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists in text, such as a search path. */
#ifndef TCX_BASE_LIST_H
#define TCX_BASE_LIST_H

#include <limits.h>
#include <stdbool.h>

/*
 * Takes the next item out of a list, in which any of the separators stand between items; *list is
 * then what is left. False when there is none. A longer item is cut.
 */
bool tcx_list_next(const char **list, const char *separators, char item[PATH_MAX]);

#endif
