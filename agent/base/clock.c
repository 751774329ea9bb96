/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the monotonic clock. Nothing here knows wall-clock time. */
#include "base/clock.h"

uint64_t tcx_clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return tcx_clock_ns(&now);
}
