/* SPDX-License-Identifier: BSD-2-Clause */
/* What the table of links and the link watch share: request and status. */
#include "link_messages.h"

#include <linux/if.h>

#include "kernel/links.h"

/*
 * With any mask the kernel first measures its links (rtnl_calcit()). Without one, a link that needs
 * a large datagram, as with hundreds of alternative names, ends the list early and silently. This
 * bit is RTEXT_FILTER_MRP, about bridges: it adds nothing to a list of links.
 */
#define WHOLE_LINKS (1 << 4)

/*
 * IF_OPER_*. The kernel reports DOWN for a link that is not IFF_UP (rtnl_fill_ifinfo()), so
 * UNKNOWN, as the loopback has, means up.
 */
static const uint8_t statuses[] = {
	[IF_OPER_UNKNOWN] = TCX_LINK_UP,      [IF_OPER_NOTPRESENT] = TCX_LINK_NOT_PRESENT,
	[IF_OPER_DOWN] = TCX_LINK_DOWN,	      [IF_OPER_LOWERLAYERDOWN] = TCX_LINK_LOWER_LAYER_DOWN,
	[IF_OPER_TESTING] = TCX_LINK_TESTING, [IF_OPER_DORMANT] = TCX_LINK_DORMANT,
	[IF_OPER_UP] = TCX_LINK_UP,
};

uint8_t tcx_link_status_of(const struct nlattr *operstate)
{
	uint8_t number;

	if (!tcx_attribute_copy(operstate, &number, sizeof(number)))
		return 0;
	return number < sizeof(statuses) ? statuses[number] : TCX_LINK_UNKNOWN;
}

const struct tcx_links_request tcx_links_request = {
	.link = {.ifi_family = AF_UNSPEC},
	.attribute = {.nla_len = sizeof(struct nlattr) + sizeof(uint32_t),
		      .nla_type = IFLA_EXT_MASK},
	.mask = WHOLE_LINKS,
};
