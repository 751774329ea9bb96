/* SPDX-License-Identifier: BSD-2-Clause */
/* The clock of ages and intervals, CLOCK_BOOTTIME: it never steps, and counts suspend. */
#ifndef TCX_BASE_CLOCK_H
#define TCX_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

#define TCX_NS_PER_MS 1000000ULL
#define TCX_NS_PER_S  1000000000ULL

/* A time that does not come. */
#define TCX_NEVER UINT64_MAX

static inline uint64_t tcx_clock_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * TCX_NS_PER_S + (uint64_t)time->tv_nsec;
}

/* Nanoseconds since boot. */
static inline uint64_t tcx_clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return tcx_clock_ns(&now);
}

static inline uint64_t tcx_clock_earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t tcx_clock_later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static inline struct timespec tcx_clock_timespec(uint64_t ns)
{
	return (struct timespec){(time_t)(ns / TCX_NS_PER_S), (long)(ns % TCX_NS_PER_S)};
}

#endif
