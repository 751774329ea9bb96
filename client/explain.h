/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --explain: what a counter counts and what a rise means, without a host. */
#ifndef TCX_CLIENT_EXPLAIN_H
#define TCX_CLIENT_EXPLAIN_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Explains each counter and each value of health whose name, or object, matches a pattern of
 * fnmatch(3). False: there is none.
 */
bool tcx_explain(FILE *out, const char *pattern);

#endif
