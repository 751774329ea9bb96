/* Parts of a link's message that the table of links and the watch both need. */
#ifndef TCX_LINKS_INSIDE_H
#define TCX_LINKS_INSIDE_H

#include <stdint.h>

#include "kernel/netlink.h"

/* enum tcx_link_status of an IFLA_OPERSTATE; 0 when the message has none. */
uint8_t tcx_link_status_of(const struct nlattr *operstate);

/* Has the kernel list all links to a sink. */
bool tcx_links_list(struct tcx_netlink *netlink, tcx_netlink_sink *sink, void *context,
		    struct tcx_fault *fault);

#endif
