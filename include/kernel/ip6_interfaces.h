/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv6 of each interface, of /proc/net/dev_snmp6. */
#ifndef TCX_KERNEL_IP6_INTERFACES_H
#define TCX_KERNEL_IP6_INTERFACES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

/* What the file of an interface holds (snmp6_dev_seq_show()). */
struct tcx_ip6_interface {
	uint8_t index[4];  /* the key: the ifIndex that the file begins with */
	char name[16];	   /* of the file: IFNAMSIZ, with its zero byte; any octets but '/' */
	uint64_t since_ns; /* of the reading with which its counters began; tcx_clock_now() */
	uint32_t began;	   /* when its IPv6 did, by the kernel; 0: it does not tell */
	bool known[TCX_COUNTED_COLUMNS]; /* the kernel has printed it, once, as a number */
	uint64_t numbers[TCX_COUNTED_COLUMNS];
};

#endif
