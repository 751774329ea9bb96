/* SPDX-License-Identifier: BSD-2-Clause */
/* What each processor takes in, of /proc/net/softnet_stat. */
#ifndef TCX_KERNEL_SOFTNET_CPUS_H
#define TCX_KERNEL_SOFTNET_CPUS_H

#include <stdint.h>

#include "kernel/read_table.h"

/*
 * One processor that is online. Numbers are the kernel's own, of 32 bits, and wrap. There is no row
 * at all where the kernel does not tell which line is whose (before 5.10), or tells it twice.
 */
struct tcx_softnet_cpu {
	uint8_t index[4]; /* the key: the number of the processor and 1 */
	uint32_t processed;
	uint32_t dropped;
	uint32_t time_squeeze;
	uint32_t received_rps;
	uint32_t flow_limit_count;
	uint32_t backlog_length;
};

#endif
