/* SPDX-License-Identifier: BSD-2-Clause */
/* The format of nstat's output; tcpextd --print and --print all. */
#ifndef TCX_SAMPLE_PRINT_H
#define TCX_SAMPLE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "catalogue/catalogue.h"
#include "sample/snapshot.h"

/* What nstat calls its source: its first line, and its object in JSON. */
#define TCX_PRINT_TITLE "kernel"

/* Whether nstat takes it for no counter (useless_numbers[] in its source). */
bool tcx_print_omits(enum tcx_counter counter);

/* What nstat prints as a rate unless its daemon runs. */
#define TCX_PRINT_NO_RATE "0.0"

/* nstat's first line, and its line of a counter; behind stands at the end. */
void tcx_print_title(FILE *out);
void tcx_print_counter(FILE *out, const char *name, uint64_t value, const char *rate,
		       const char *behind);

/*
 * Prints what "nstat -asz" prints, then sockstat's values under our names, and with all those of
 * the other files; without the settings and tcpCurrEstab, which nstat omits. False when writing
 * fails.
 */
bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot, bool all);

#endif
