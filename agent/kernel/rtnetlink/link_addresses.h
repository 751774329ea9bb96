/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address that each link has of its own, for direct routes that name none: RFC1213 has the
 * agent's address on that network as their next hop.
 */
#ifndef TCX_KERNEL_RTNETLINK_LINK_ADDRESSES_H
#define TCX_KERNEL_RTNETLINK_LINK_ADDRESSES_H

#include <stdint.h>

#include "kernel/read_table.h"

struct tcx_link_address {
	uint8_t link[4];    /* ifIndex: the key */
	uint8_t address[4]; /* the first primary IPv4 address, in the kernel's order */
};

extern const struct tcx_table_reader tcx_link_addresses;

/* The four octets of a link's address; NULL when it has none. */
const uint8_t *tcx_link_address_find(const struct tcx_table *addresses, uint32_t link);

#endif
