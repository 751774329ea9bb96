/* SPDX-License-Identifier: BSD-2-Clause */
/* Thresholds to hold readings against. */
#ifndef TCX_BENCH_THRESHOLDS_H
#define TCX_BENCH_THRESHOLDS_H

#include "sample/thresholds.h"

#define THRESHOLDS 50

/* Half of them are on counters, the others on values of health; none is ever crossed. */
struct tcx_thresholds *thresholds_make(void);

#endif
