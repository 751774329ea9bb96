/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of links: their list, their status and their speed. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H
#define TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H

#include <linux/rtnetlink.h>
#include <stdint.h>

#include "kernel/netlink.h"

/* enum tcx_link_status of an IFLA_OPERSTATE; 0 when the message has none. */
uint8_t tcx_link_status_of(const struct nlattr *operstate);

/* RTM_GETLINK of all links. */
struct tcx_links_request {
	struct ifinfomsg link;
	struct nlattr attribute;
	uint32_t mask;
};

extern const struct tcx_links_request tcx_links_request;

/*
 * In Mbit/s; 0 when the driver does not know it. fd is any socket of the interface's network
 * namespace; name has IFNAMSIZ characters. Source: SIOCETHTOOL, ETHTOOL_GLINKSETTINGS (ETHTOOL_GSET
 * before kernel 4.6).
 */
uint32_t tcx_link_speed(int fd, const char *name);

#endif
