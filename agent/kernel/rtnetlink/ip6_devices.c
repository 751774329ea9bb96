/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads when IPv6 of each interface began (RTM_GETMULTICAST): when it joined ff02::1, all nodes.
 * The kernel does that as it gives IPv6 to an interface (ipv6_add_dev()) and leaves as it takes it,
 * and keeps the time. The one of IFLA_INET6_CACHEINFO is another: each loss of carrier moves it.
 */
#include "ip6_devices.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/netlink.h"

static const struct in6_addr all_nodes = {{{0xff, 0x02, [15] = 1}}};

static bool take_group(struct tcx_table *table, const void *message,
		       const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct ifaddrmsg *body = message;
	struct in6_addr group;
	struct ifa_cacheinfo times;
	struct tcx_ip6_device row = {0};

	if (body->ifa_family != AF_INET6 ||
	    !tcx_attribute_copy(attributes[IFA_MULTICAST], &group, sizeof(group)) ||
	    memcmp(&group, &all_nodes, sizeof(group)) != 0 ||
	    !tcx_attribute_copy(attributes[IFA_CACHEINFO], &times, sizeof(times)))
		return true;
	tcx_octets_put32(row.link, body->ifa_index);
	row.began = times.cstamp;
	return tcx_table_append(table, &row, fault);
}

static const struct ifaddrmsg request = {.ifa_family = AF_INET6};

const struct tcx_table_reader tcx_ip6_devices = {
	.kind.row_size = sizeof(struct tcx_ip6_device),
	.kind.key_size = sizeof(((struct tcx_ip6_device *)NULL)->link),
	.dump = {RTM_GETMULTICAST, &request, sizeof(request), .nothing = EOPNOTSUPP,
		 .take = take_group},
};
