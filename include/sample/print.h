/* SPDX-License-Identifier: BSD-2-Clause */
/* tcpextd --print: the counters on standard output. */
#ifndef TCX_SAMPLE_PRINT_H
#define TCX_SAMPLE_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "sample/snapshot.h"

/*
 * Prints what "nstat -asz" prints, name for name, and behind it sockstat's values under their names
 * here. The settings and tcpCurrEstab, which nstat leaves out, are left out too.
 * False when it cannot be written.
 */
bool tcx_print(FILE *out, const struct tcx_snapshot *snapshot);

#endif
