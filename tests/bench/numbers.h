/* SPDX-License-Identifier: BSD-2-Clause */
/* What measured numbers come to. */
#ifndef TCX_BENCH_NUMBERS_H
#define TCX_BENCH_NUMBERS_H

#include <stddef.h>

/* Sorts them. count is not 0. */
double numbers_median(double *numbers, size_t count);

#endif
