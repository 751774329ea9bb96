/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the main IPv4 routing table (RTM_GETROUTE) and picks one route per destination. */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel/ip_tables.h"
#include "kernel/netns_reader.h"
#include "route_lists.h"

#define ATTRIBUTES (RTA_NH_ID + 1)

/* The type of a route, while being read, that names a nexthop object; link is its id. */
#define VIA_NEXTHOP_OBJECT 0

/* ipRouteProto by RTPROT_*; all others are other. RFC1213 has no Babel, EIGRP or DHCP. */
static const uint8_t protocols[UINT8_MAX + 1] = {
	[RTPROT_REDIRECT] = TCX_PROTOCOL_ICMP, [RTPROT_KERNEL] = TCX_PROTOCOL_LOCAL,
	[RTPROT_BOOT] = TCX_PROTOCOL_LOCAL,    [RTPROT_STATIC] = TCX_PROTOCOL_LOCAL,
	[RTPROT_RA] = TCX_PROTOCOL_ICMP,       [RTPROT_BGP] = TCX_PROTOCOL_BGP,
	[RTPROT_ISIS] = TCX_PROTOCOL_IS_IS,    [RTPROT_OSPF] = TCX_PROTOCOL_OSPF,
	[RTPROT_RIP] = TCX_PROTOCOL_RIP,
};

/*
 * ipRouteType by RTN_*; all others are other. Unicast routes are direct until a gateway is seen. A
 * route that refuses or drops packets exists: RFC1213's invalid means a removed row.
 */
static const uint8_t types[UINT8_MAX + 1] = {
	[RTN_UNICAST] = TCX_ROUTE_DIRECT,
	[RTN_LOCAL] = TCX_ROUTE_DIRECT,
};

static uint8_t or_other(uint8_t number)
{
	return number != 0 ? number : TCX_ROUTE_OTHER;
}

/* The gateway of a hop. RTA_VIA is of another family, for which RFC1213 has no words. */
static void read_hop(struct tcx_route *row, const struct nlattr **attributes)
{
	if (attributes[RTA_GATEWAY] == NULL && attributes[RTA_VIA] == NULL)
		return;
	memset(row->next_hop, 0, sizeof(row->next_hop));
	tcx_attribute_copy(attributes[RTA_GATEWAY], row->next_hop, sizeof(row->next_hop));
	if (row->type == TCX_ROUTE_DIRECT)
		row->type = TCX_ROUTE_INDIRECT;
}

/* A hop of a multipath route (fib_add_nexthop()) and its attributes, len octets. */
static bool read_multipath_hop(struct tcx_route *row, const struct rtnexthop *hop, size_t len,
			       struct tcx_fault *fault)
{
	const struct nlattr *attributes[ATTRIBUTES];
	const size_t begin = sizeof(*hop);

	if (!tcx_netlink_parse_attributes((const char *)hop + begin, len - begin, attributes,
					  ATTRIBUTES, fault))
		return false;
	row->link = (uint32_t)hop->rtnh_ifindex;
	row->dead = (hop->rtnh_flags & RTNH_F_DEAD) != 0;
	read_hop(row, attributes);
	return true;
}

/*
 * rtnh_hops is the weight less one. A dead hop is the last choice. One without a carrier
 * (RTNH_F_LINKDOWN) counts as alive, unless the kernel ignores it and says dead.
 */
static int rank(const struct rtnexthop *hop)
{
	bool dead = (hop->rtnh_flags & RTNH_F_DEAD) != 0;

	return hop->rtnh_hops + (dead ? 0 : UINT8_MAX + 1);
}

static bool read_multipath(struct tcx_route *row, const struct nlattr *attribute,
			   struct tcx_fault *fault)
{
	const char *at = mnl_attr_get_payload(attribute);
	size_t left = mnl_attr_get_payload_len(attribute);
	const struct rtnexthop *best = NULL;

	while (left >= sizeof(*best)) {
		const struct rtnexthop *hop = (const void *)at;
		size_t len = RTNH_ALIGN(hop->rtnh_len);

		if (hop->rtnh_len < sizeof(*hop) || hop->rtnh_len > left)
			return tcx_fault_set(fault, "rtnetlink: a next hop is cut short");
		if (best == NULL || rank(hop) > rank(best))
			best = hop;
		at += len;
		left -= len < left ? len : left;
	}
	return best == NULL || read_multipath_hop(row, best, best->rtnh_len, fault);
}

static uint32_t table_of(const struct rtmsg *body, const struct nlattr **attributes)
{
	uint32_t table = body->rtm_table;

	tcx_attribute_copy(attributes[RTA_TABLE], &table, sizeof(table));
	return table;
}

static bool read_row(struct tcx_route *row, const struct rtmsg *body,
		     const struct nlattr **attributes, struct tcx_fault *fault)
{
	row->prefix_len = body->rtm_dst_len;
	row->dead = (body->rtm_flags & RTNH_F_DEAD) != 0;
	row->tos = body->rtm_tos;
	row->type = or_other(types[body->rtm_type]);
	row->protocol = or_other(protocols[body->rtm_protocol]);
	tcx_attribute_copy(attributes[RTA_DST], row->destination, sizeof(row->destination));
	/* A nexthop object that drops is of lo, says the kernel; a route that does is of none. */
	if (body->rtm_type != RTN_BLACKHOLE)
		tcx_attribute_copy(attributes[RTA_OIF], &row->link, sizeof(row->link));
	tcx_attribute_copy(attributes[RTA_PRIORITY], &row->metric, sizeof(row->metric));
	/* RFC1213: the next hop of a direct route is the agent's own address there. */
	if (row->type == TCX_ROUTE_DIRECT)
		tcx_attribute_copy(attributes[RTA_PREFSRC], row->next_hop, sizeof(row->next_hop));
	if (attributes[RTA_MULTIPATH] != NULL)
		return read_multipath(row, attributes[RTA_MULTIPATH], fault);
	read_hop(row, attributes);
	if (row->link == 0 && row->type == TCX_ROUTE_DIRECT &&
	    tcx_attribute_copy(attributes[RTA_NH_ID], &row->link, sizeof(row->link)))
		row->type = VIA_NEXTHOP_OBJECT;
	return true;
}

/* Kernels before 4.20 ignore the table asked for and list all. */
static bool take_route(struct tcx_table *table, const void *message,
		       const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct rtmsg *body = message;
	struct tcx_route row = {0};

	if (body->rtm_family != AF_INET || (body->rtm_flags & RTM_F_CLONED) != 0 ||
	    table_of(body, attributes) != RT_TABLE_MAIN)
		return true;
	return read_row(&row, body, attributes, fault) && tcx_table_append(table, &row, fault);
}

static bool is_zero(const uint8_t address[4])
{
	static const uint8_t zeros[4];

	return memcmp(address, zeros, sizeof(zeros)) == 0;
}

static bool names_nexthop(const struct tcx_route *row)
{
	return row->type == VIA_NEXTHOP_OBJECT;
}

/* A nexthop that is gone leads nowhere. */
static void follow(struct tcx_route *row, const struct tcx_table *nexthops)
{
	const struct tcx_nexthop *nexthop = tcx_nexthop_find(nexthops, row->link);

	row->link = nexthop != NULL ? nexthop->link : 0;
	row->type = nexthop == NULL || nexthop->blackhole ? TCX_ROUTE_OTHER
		    : nexthop->has_gateway		  ? TCX_ROUTE_INDIRECT
							  : TCX_ROUTE_DIRECT;
	if (row->type == TCX_ROUTE_INDIRECT)
		memcpy(row->next_hop, nexthop->gateway, sizeof(row->next_hop));
	else if (row->type != TCX_ROUTE_DIRECT)
		memset(row->next_hop, 0, sizeof(row->next_hop));
}

static bool lacks_address(const struct tcx_route *row)
{
	return row->type == TCX_ROUTE_DIRECT && is_zero(row->next_hop);
}

static void put_address(struct tcx_route *row, const struct tcx_table *addresses)
{
	const struct tcx_link_address *found = tcx_table_find_number(addresses, row->link);

	if (found != NULL)
		memcpy(row->next_hop, found->address, sizeof(row->next_hop));
}

/* Reads a list that routes refer to, only if a row needs it. */
static bool complete(struct tcx_table *table, struct tcx_netns_reader *reader,
		     const struct tcx_table_reader *list_reader,
		     bool (*is_needed)(const struct tcx_route *row),
		     void (*use)(struct tcx_route *row, const struct tcx_table *list),
		     struct tcx_fault *fault)
{
	struct tcx_route *rows = (struct tcx_route *)table->rows;
	struct tcx_table *list = NULL;

	for (size_t i = 0; i < table->count; i++) {
		if (!is_needed(&rows[i]))
			continue;
		if (list == NULL)
			list = tcx_table_read_beside(list_reader, reader, fault);
		if (list == NULL)
			return false;
		use(&rows[i], list);
	}
	if (list != NULL && list->lacking.text[0] != '\0')
		tcx_table_lacks(table, "%s", list->lacking.text);
	tcx_table_unref(list);
	return true;
}

/* Nexthops first, since some of them lead to direct routes. */
static bool complete_all(struct tcx_table *table, struct tcx_netns_reader *reader,
			 struct tcx_fault *fault)
{
	return complete(table, reader, &tcx_nexthops, names_nexthop, follow, fault) &&
	       complete(table, reader, &tcx_link_addresses, lacks_address, put_address, fault);
}

/*
 * Whether other is the better row for the destination, see struct tcx_route: alive, then of the
 * longest prefix, but for 0.0.0.0 of the shortest, which is the default route.
 */
static bool is_better(const struct tcx_route *other, const struct tcx_route *kept)
{
	if (other->dead != kept->dead)
		return kept->dead;
	if (other->prefix_len != kept->prefix_len)
		return (other->prefix_len > kept->prefix_len) != is_zero(kept->destination);
	if ((other->tos == 0) != (kept->tos == 0))
		return other->tos == 0;
	return other->metric < kept->metric;
}

static void merge(void *kept, const void *other)
{
	if (is_better(other, kept))
		memcpy(kept, other, sizeof(struct tcx_route));
}

static const struct rtmsg request = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN};

/* Without any address there is no main table, which kernels since 4.20 refuse. */
const struct tcx_table_reader tcx_routes = {
	.kind.row_size = sizeof(struct tcx_route),
	.kind.key_size = offsetof(struct tcx_route, next_hop),
	.kind.merge = merge,
	.dump = {RTM_GETROUTE, &request, sizeof(request), .take = take_route, .nothing = ENOENT},
	.read = complete_all,
};
