/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of the kernel's memory and tables, which are settings in /proc/sys/net: what the table
 * TCX_TABLE_LIMITS holds (kernel/limits.c).
 */
#ifndef TCX_SAMPLE_LIMITS_H
#define TCX_SAMPLE_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

enum tcx_limit {
	TCX_LIMIT_TCP_MEM_PRESSURE, /* pages; the second and third number of tcp_mem */
	TCX_LIMIT_TCP_MEM_MAX,
	TCX_LIMIT_UDP_MEM_MIN, /* pages; the numbers of udp_mem */
	TCX_LIMIT_UDP_MEM_PRESSURE,
	TCX_LIMIT_UDP_MEM_MAX,
	TCX_LIMIT_TCP_ORPHANS,	 /* sockets */
	TCX_LIMIT_TCP_TIME_WAIT, /* sockets */
	TCX_LIMIT_IP_FRAGMENTS,	 /* octets */
	TCX_LIMIT_IP6_FRAGMENTS, /* octets */
	TCX_LIMIT_ARP_ENTRIES,
	TCX_LIMIT_NDISC_ENTRIES,
	TCX_LIMITS
};

/*
 * The one row. Some settings are of the host, and a network namespace that is not its first has no
 * file of them.
 */
struct tcx_limits {
	uint8_t key; /* 0 */
	bool known[TCX_LIMITS];
	uint64_t numbers[TCX_LIMITS];
};

#endif
