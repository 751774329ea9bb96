/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the kernel's nexthop objects (RTM_GETNEXTHOP). */
#include "route_lists.h"

#include <linux/nexthop.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/octets.h"
#include "kernel/netlink.h"

/*
 * The weight less one. Its upper half is the octet behind it since kernel 6.12, 0 before, which has
 * two names in linux/nexthop.h.
 */
static unsigned int weight_of(const struct nexthop_grp *member)
{
	const uint8_t *octets = (const uint8_t *)member + offsetof(struct nexthop_grp, weight);

	return octets[0] | (unsigned int)octets[1] << 8;
}

static uint32_t heaviest_of(const struct nlattr *group)
{
	const struct nexthop_grp *member = mnl_attr_get_payload(group);
	size_t count = mnl_attr_get_payload_len(group) / sizeof(*member);
	size_t heaviest = 0;

	for (size_t i = 1; i < count; i++)
		if (weight_of(&member[i]) > weight_of(&member[heaviest]))
			heaviest = i;
	return count > 0 ? member[heaviest].id : 0;
}

static bool take_nexthop(struct tcx_table *table, const void *message,
			 const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct nhmsg *body = message;
	struct tcx_nexthop row = {0};
	uint32_t id;

	tcx_attribute_copy(attributes[NHA_OIF], &row.link, sizeof(row.link));
	if (!tcx_attribute_copy(attributes[NHA_ID], &id, sizeof(id))) {
		tcx_table_lacks(table, "a nexthop of interface %u has no NHA_ID", row.link);
		return true;
	}
	tcx_octets_put32(row.id, id);
	row.has_gateway = attributes[NHA_GATEWAY] != NULL;
	if (body->nh_family == AF_INET)
		tcx_attribute_copy(attributes[NHA_GATEWAY], row.gateway, sizeof(row.gateway));
	row.blackhole = attributes[NHA_BLACKHOLE] != NULL;
	if (attributes[NHA_GROUP] != NULL)
		row.heaviest = heaviest_of(attributes[NHA_GROUP]);
	return tcx_table_append(table, &row, fault);
}

static const struct nhmsg request = {.nh_family = AF_UNSPEC};

const struct tcx_table_reader tcx_nexthops = {
	.kind.row_size = sizeof(struct tcx_nexthop),
	.kind.key_size = sizeof(((struct tcx_nexthop *)NULL)->id),
	.dump = {RTM_GETNEXTHOP, &request, sizeof(request), .take = take_nexthop},
};

/* A group's members are no groups. */
const struct tcx_nexthop *tcx_nexthop_find(const struct tcx_table *nexthops, uint32_t id)
{
	const struct tcx_nexthop *found = tcx_table_find_number(nexthops, id);

	return found == NULL || found->heaviest == 0
		       ? found
		       : tcx_table_find_number(nexthops, found->heaviest);
}
