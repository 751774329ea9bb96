/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the IPv4 addresses of this host (RTM_GETADDR). */
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/ip_tables.h"
#include "kernel/netns.h"

#define ATTRIBUTES (IFA_BROADCAST + 1)

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct nlattr *attributes[ATTRIBUTES];
	const struct ifaddrmsg *body =
		tcx_netlink_parse(message, sizeof(*body), attributes, ATTRIBUTES, fault);
	struct tcx_address row = {0};
	uint8_t broadcast[4] = {0};

	if (body == NULL)
		return false;
	if (message->nlmsg_type != RTM_NEWADDR || body->ifa_family != AF_INET)
		return true;
	/* IFA_ADDRESS is the far end of a point-to-point link. */
	if (!tcx_attribute_copy(attributes[IFA_LOCAL], row.address, sizeof(row.address))) {
		tcx_table_lacks(context, "an address of interface %u has no IFA_LOCAL",
				body->ifa_index);
		return true;
	}
	tcx_attribute_copy(attributes[IFA_BROADCAST], broadcast, sizeof(broadcast));
	row.prefix_len = body->ifa_prefixlen;
	row.broadcast_bit = broadcast[3] & 1;
	row.link = body->ifa_index;
	return tcx_table_append(context, &row, fault);
}

static bool read_table(struct tcx_table *table, struct tcx_netns *netns, struct tcx_fault *fault)
{
	const struct ifaddrmsg request = {.ifa_family = AF_INET};
	const struct tcx_netlink_query query = {RTM_GETADDR, &request, sizeof(request),
						take_message, table};

	return tcx_netns_list(netns, table, &query, fault);
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

const struct tcx_table_reader tcx_addresses = {
	.kind.row_size = sizeof(struct tcx_address),
	.kind.key_size = sizeof(((struct tcx_address *)NULL)->address),
	.kind.merge = merge,
	.read = read_table,
};
