/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the IPv4 addresses of this host, and the first primary one of each link (RTM_GETADDR). */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "kernel/ip_tables.h"
#include "kernel/netlink.h"
#include "route_lists.h"

static bool take_address(struct tcx_table *table, const void *message,
			 const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct ifaddrmsg *body = message;
	struct tcx_address row = {0};
	uint8_t broadcast[4] = {0};

	if (body->ifa_family != AF_INET)
		return true;
	/* IFA_ADDRESS is the far end of a point-to-point link. */
	if (!tcx_attribute_copy(attributes[IFA_LOCAL], row.address, sizeof(row.address))) {
		tcx_table_lacks(table, "an address of interface %u has no IFA_LOCAL",
				body->ifa_index);
		return true;
	}
	tcx_attribute_copy(attributes[IFA_BROADCAST], broadcast, sizeof(broadcast));
	row.prefix_len = body->ifa_prefixlen;
	row.broadcast_bit = broadcast[3] & 1;
	row.link = body->ifa_index;
	return tcx_table_append(table, &row, fault);
}

static bool take_link_address(struct tcx_table *table, const void *message,
			      const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct ifaddrmsg *body = message;
	struct tcx_link_address row;

	if (body->ifa_family != AF_INET || (body->ifa_flags & IFA_F_SECONDARY) != 0 ||
	    !tcx_attribute_copy(attributes[IFA_LOCAL], row.address, sizeof(row.address)))
		return true;
	tcx_octets_put32(row.link, body->ifa_index);
	return tcx_table_append(table, &row, fault);
}

/* One interface may have an address twice; the longer prefix counts. */
static void merge(void *kept, const void *other)
{
	const struct tcx_address *before = kept;
	const struct tcx_address *row = other;

	if (row->link < before->link ||
	    (row->link == before->link && row->prefix_len > before->prefix_len))
		memcpy(kept, other, sizeof(*row));
}

static const struct ifaddrmsg request = {.ifa_family = AF_INET};

const struct tcx_table_reader tcx_addresses = {
	.kind.row_size = sizeof(struct tcx_address),
	.kind.key_size = sizeof(((struct tcx_address *)NULL)->address),
	.kind.merge = merge,
	.dump = {RTM_GETADDR, &request, sizeof(request), .take = take_address},
};

const struct tcx_table_reader tcx_link_addresses = {
	.kind.row_size = sizeof(struct tcx_link_address),
	.kind.key_size = sizeof(((struct tcx_link_address *)NULL)->link),
	.dump = {RTM_GETADDR, &request, sizeof(request), .take = take_link_address},
};
