/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked of links: their list, their status and their speed. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H
#define TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H

#include <stdint.h>

#include "kernel/netlink.h"

/* enum tcx_link_status of an IFLA_OPERSTATE; 0 when the message has none. */
uint8_t tcx_link_status_of(const struct nlattr *operstate);

/* Dumps all links to a callback. */
bool tcx_links_list(struct tcx_netlink *netlink, tcx_netlink_callback *callback, void *context,
		    struct tcx_fault *fault);

/*
 * In Mbit/s; 0 when the driver does not know it. fd is any socket of the interface's network
 * namespace; name has IFNAMSIZ characters. Source: SIOCETHTOOL, ETHTOOL_GLINKSETTINGS (ETHTOOL_GSET
 * before kernel 4.6).
 */
uint32_t tcx_link_speed(int fd, const char *name);

#endif
