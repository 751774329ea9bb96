/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd --print and --print all: the counters on standard output. */
#ifndef TCX_SAMPLE_PRINT_H
#define TCX_SAMPLE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "sample/snapshot.h"

/*
 * Prints what "nstat -asz" prints, then sockstat's values under our names, and with all those of
 * the other files; without the settings and tcpCurrEstab, which nstat omits. False when writing
 * fails.
 */
bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot, bool all);

#endif
