/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's nexthop objects. Routes only name one if net.ipv4.nexthop_compat_mode is 0, which
 * keeps dumps of many routes short.
 */
#ifndef TCX_KERNEL_RTNETLINK_NEXTHOPS_H
#define TCX_KERNEL_RTNETLINK_NEXTHOPS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

struct tcx_nexthop {
	uint8_t id[4]; /* the key */
	uint8_t gateway[4];
	bool has_gateway; /* IPv4, or IPv6 with the octets 0 */
	bool blackhole;
	uint32_t link;	   /* ifIndex */
	uint32_t heaviest; /* id of a group's heaviest member, the first of equals; 0: no group */
};

extern const struct tcx_table_reader tcx_nexthops;

/* The nexthop with this id, or the heaviest member if it is a group; NULL when there is none. */
const struct tcx_nexthop *tcx_nexthop_find(const struct tcx_table *nexthops, uint32_t id);

#endif
