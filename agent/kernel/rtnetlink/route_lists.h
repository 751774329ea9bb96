/* SPDX-License-Identifier: BSD-2-Clause */
/* The lists that routes refer to. */
#ifndef TCX_KERNEL_RTNETLINK_ROUTE_LISTS_H
#define TCX_KERNEL_RTNETLINK_ROUTE_LISTS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

/* Each link's own address, which RFC1213 has as the next hop of direct routes that name none. */
struct tcx_link_address {
	uint8_t link[4];    /* ifIndex: the key */
	uint8_t address[4]; /* the first primary IPv4 address, in the kernel's order */
};

/*
 * The kernel's nexthop objects. Routes only name one if net.ipv4.nexthop_compat_mode is 0, which
 * keeps dumps of many routes short.
 */
struct tcx_nexthop {
	uint8_t id[4]; /* the key */
	uint8_t gateway[4];
	bool has_gateway; /* IPv4, or IPv6 with the octets 0 */
	bool blackhole;
	uint32_t link;	   /* ifIndex */
	uint32_t heaviest; /* id of a group's heaviest member, the first of equals; 0: no group */
};

extern const struct tcx_table_reader tcx_link_addresses, tcx_nexthops;

/* The nexthop with this id, or the heaviest member if it is a group; NULL when there is none. */
const struct tcx_nexthop *tcx_nexthop_find(const struct tcx_table *nexthops, uint32_t id);

#endif
