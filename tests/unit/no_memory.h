/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lets our own allocations fail, one in each round. What the libraries allocate succeeds. A program
 * that uses it is linked with $(WITHOUT_MEMORY).
 *
 *     for (unsigned int at = 0; no_memory_next(&at);) {
 *             ... of which the allocation number `at' of this thread fails ...
 *             failed = no_memory_stop();
 *     }
 */
#ifndef TCX_UNIT_NO_MEMORY_H
#define TCX_UNIT_NO_MEMORY_H

#include <stdbool.h>

/* Goes on to the next round. False: in the last one there was no such allocation any more. */
bool no_memory_next(unsigned int *at);

/* No other one fails in this round. Whether one did; or, false, the round has been one without. */
bool no_memory_stop(void);

#endif
