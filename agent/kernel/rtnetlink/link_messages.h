/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table of links and the link watch share. */
#ifndef TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H
#define TCX_KERNEL_RTNETLINK_LINK_MESSAGES_H

#include <stdint.h>

#include "kernel/netlink.h"

/* enum tcx_link_status of an IFLA_OPERSTATE; 0 when the message has none. */
uint8_t tcx_link_status_of(const struct nlattr *operstate);

/* Dumps all links to a callback. */
bool tcx_links_list(struct tcx_netlink *netlink, tcx_netlink_callback *callback, void *context,
		    struct tcx_fault *fault);

#endif
