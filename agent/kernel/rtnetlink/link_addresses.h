/* SPDX-License-Identifier: BSD-2-Clause */
/* Each link's own address, which RFC1213 has as the next hop of direct routes that name none. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_ADDRESSES_H
#define TCX_KERNEL_RTNETLINK_LINK_ADDRESSES_H

#include <stdint.h>

#include "kernel/read_table.h"

struct tcx_link_address {
	uint8_t link[4];    /* ifIndex: the key */
	uint8_t address[4]; /* the first primary IPv4 address, in the kernel's order */
};

extern const struct tcx_table_reader tcx_link_addresses;

/* A link's address, four octets; NULL when it has none. */
const uint8_t *tcx_link_address_find(const struct tcx_table *addresses, uint32_t link);

#endif
