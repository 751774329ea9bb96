/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the first primary IPv4 address of each link (RTM_GETADDR). */
#include "link_addresses.h"

#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "kernel/netns.h"

#define ATTRIBUTES (IFA_LOCAL + 1)

static bool take_message(void *context, const struct nlmsghdr *message, struct tcx_fault *fault)
{
	const struct nlattr *attributes[ATTRIBUTES];
	const struct ifaddrmsg *body =
		tcx_netlink_parse(message, sizeof(*body), attributes, ATTRIBUTES, fault);
	struct tcx_link_address row;

	if (body == NULL)
		return false;
	if (message->nlmsg_type != RTM_NEWADDR || body->ifa_family != AF_INET ||
	    (body->ifa_flags & IFA_F_SECONDARY) != 0)
		return true;
	if (!tcx_attribute_copy(attributes[IFA_LOCAL], row.address, sizeof(row.address)))
		return true;
	tcx_octets_put32(row.link, body->ifa_index);
	return tcx_table_append(context, &row, fault);
}

static bool read_table(struct tcx_table *table, struct tcx_netns *netns, struct tcx_fault *fault)
{
	const struct ifaddrmsg request = {.ifa_family = AF_INET};
	const struct tcx_netlink_query query = {RTM_GETADDR, &request, sizeof(request),
						take_message, table};

	return tcx_netns_list(netns, table, &query, fault);
}

const struct tcx_table_reader tcx_link_addresses = {
	.kind.row_size = sizeof(struct tcx_link_address),
	.kind.key_size = sizeof(((struct tcx_link_address *)NULL)->link),
	.read = read_table,
};

const uint8_t *tcx_link_address_find(const struct tcx_table *addresses, uint32_t link)
{
	const struct tcx_link_address *found;
	uint8_t key[4];

	tcx_octets_put32(key, link);
	found = tcx_table_find(addresses, key);
	return found != NULL ? found->address : NULL;
}
