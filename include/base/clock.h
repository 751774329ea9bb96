/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of ages and intervals, CLOCK_BOOTTIME: it never steps, and counts suspend. */
#ifndef TCX_BASE_CLOCK_H
#define TCX_BASE_CLOCK_H

#include <stdint.h>

#define TCX_NS_PER_MS 1000000ULL
#define TCX_NS_PER_S  1000000000ULL

/* Nanoseconds since boot. */
uint64_t tcx_clock_now(void);

#endif
