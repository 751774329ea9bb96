/* SPDX-License-Identifier: BSD-2-Clause */
/* How unlike two words are, for who has to guess which one was meant. */
#ifndef TCX_BASE_DISTANCE_H
#define TCX_BASE_DISTANCE_H

#include <stddef.h>

/* A longer word is compared by so many characters. */
#define TCX_DISTANCE_MAX 128

/* How many characters have to be put in, taken out or changed (Levenshtein); their case is one. */
size_t tcx_distance(const char *a, const char *b);

#endif
