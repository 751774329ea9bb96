/* SPDX-License-Identifier: BSD-2-Clause */
/* A reading as a text: words that begin with a counter's name, such as "TcpInSegs=5 TcpOutSegs?".
 */
#ifndef TCX_UNIT_WORDS_H
#define TCX_UNIT_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "sample/layout.h"

/* The next word of a text, which moves on, and how long its name is. False: there is none. */
bool words_next(const char **text, const char **name, size_t *len);

/* A layout of these names, each of the file that has it; unknown ones are of net/netstat. */
struct tcx_layout *words_layout(const char *text);

#endif
