/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of network namespaces, in a folder that only this process sees them in. */
#ifndef TCX_UNIT_NAMES_H
#define TCX_UNIT_NAMES_H

#include <stdbool.h>

/* Before there are threads: mounts from then on are the process's own. False: it may not. */
bool names_begin(void);

/* Makes a namespace of this name, in place of what has it. */
void names_make(const char *folder, const char *name);

/* Gives the namespace of a name another one as well. */
void names_join(const char *folder, const char *name, const char *other);

/* Makes a name, by its whole path, of a file of nsfs, such as /proc/123/ns/net. */
void names_bind(const char *what, const char *path);

/* Takes a name away. */
void names_remove(const char *folder, const char *name);

#endif
