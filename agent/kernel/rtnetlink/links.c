/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the table of network interfaces (RTM_GETLINK). */
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/if.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stddef.h>
#include <string.h>

#include "base/list.h"
#include "base/octets.h"
#include "kernel/links.h"
#include "kernel/netns_reader.h"
#include "link_messages.h"

#define STATS_ATTRIBUTES (TCA_STATS_QUEUE + 1)

/* Counters that an older kernel lacks stay 0. */
static bool read_counters(struct tcx_link *row, const struct nlattr *attribute)
{
	tcx_attribute_copy_most(attribute, &row->counters, sizeof(row->counters));
	return attribute != NULL;
}

/* The kernel gives zeros for a link without an address. */
static void read_address(struct tcx_link *row, const struct nlattr *attribute)
{
	static const uint8_t zeros[sizeof(row->address)];
	size_t len = tcx_attribute_copy_most(attribute, row->address, sizeof(row->address));

	if (memcmp(row->address, zeros, len) != 0)
		row->address_len = (uint8_t)len;
}

static bool read_name(struct tcx_link *row, const struct nlattr *attribute)
{
	size_t len = attribute != NULL ? mnl_attr_get_payload_len(attribute) : 0;

	if (len == 0 || len > sizeof(row->name))
		return false;
	tcx_attribute_copy(attribute, row->name, len);
	row->name[sizeof(row->name) - 1] = '\0';
	return true;
}

static bool read_status(struct tcx_link *row, const struct nlattr *attribute)
{
	uint8_t status = tcx_link_status_of(attribute);

	row->status = status != 0 ? status : TCX_LINK_UNKNOWN;
	return status != 0;
}

static bool read_mtu(struct tcx_link *row, const struct nlattr *attribute)
{
	return tcx_attribute_copy(attribute, &row->mtu, sizeof(row->mtu));
}

/* What every link must have; log lines use its name once that is known. */
static const struct {
	uint16_t type;
	const char *name;
	enum tcx_link_lack lack;
	bool (*read)(struct tcx_link *row, const struct nlattr *attribute);
} parts[] = {
	{IFLA_IFNAME, "IFLA_IFNAME", TCX_LINK_NO_NAME, read_name},
	{IFLA_OPERSTATE, "IFLA_OPERSTATE", TCX_LINK_NO_STATUS, read_status},
	{IFLA_MTU, "IFLA_MTU", TCX_LINK_NO_MTU, read_mtu},
	{IFLA_STATS64, "IFLA_STATS64", TCX_LINK_NO_COUNTERS, read_counters},
};

static void read_parts(struct tcx_link *row, const struct nlattr **attributes,
		       struct tcx_table *table)
{
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (parts[i].read(row, attributes[parts[i].type]))
			continue;
		row->lacks |= parts[i].lack;
		tcx_table_lacks(table, "interface %u (%s) has no %s", tcx_octets_get32(row->index),
				row->name[0] != '\0' ? row->name : "without a name", parts[i].name);
	}
}

static bool take_link(struct tcx_table *table, const void *message,
		      const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct ifinfomsg *body = message;
	struct tcx_link row = {0};

	if (body->ifi_family != AF_UNSPEC)
		return true;
	if (body->ifi_index <= 0) {
		tcx_table_lacks(table, "an interface has no number");
		return true;
	}
	tcx_octets_put32(row.index, (uint32_t)body->ifi_index);
	row.type = body->ifi_type;
	row.flags = body->ifi_flags;
	row.admin_up = (body->ifi_flags & IFF_UP) != 0;
	read_address(&row, attributes[IFLA_ADDRESS]);
	read_parts(&row, attributes, table);
	return tcx_table_append(table, &row, fault);
}

static void leave_out(struct tcx_table *table, const char *ignored)
{
	struct tcx_link *rows = (struct tcx_link *)table->rows;
	size_t kept = 0;

	for (size_t i = 0; i < table->count; i++)
		if (!tcx_list_matches(ignored, rows[i].name))
			rows[kept++] = rows[i];
	table->count = kept;
}

static bool read_queue_len(const struct nlattr *stats, uint32_t *len, struct tcx_fault *fault)
{
	const struct nlattr *attributes[STATS_ATTRIBUTES];
	struct gnet_stats_queue queue = {0};

	if (!tcx_netlink_parse_attributes(mnl_attr_get_payload(stats),
					  mnl_attr_get_payload_len(stats), attributes,
					  STATS_ATTRIBUTES, fault))
		return false;
	tcx_attribute_copy(attributes[TCA_STATS_QUEUE], &queue, sizeof(queue));
	*len = queue.qlen;
	return true;
}

/* Only the root qdisc, which counts its children too. */
static bool take_qdisc(struct tcx_table *table, const void *message,
		       const struct nlattr **attributes, struct tcx_fault *fault)
{
	const struct tcmsg *body = message;
	struct tcx_link *link;

	if (body->tcm_parent != TC_H_ROOT || attributes[TCA_STATS2] == NULL)
		return true;
	link = tcx_table_find_number(table, (uint32_t)body->tcm_ifindex);
	return link == NULL || read_queue_len(attributes[TCA_STATS2], &link->queue_len, fault);
}

static const struct tcmsg qdiscs_request = {.tcm_family = AF_UNSPEC};

/* A kernel without traffic control has no queues. */
static const struct tcx_table_dump qdiscs = {RTM_GETQDISC, &qdiscs_request, sizeof(qdiscs_request),
					     .take = take_qdisc, .nothing = EOPNOTSUPP};

/* The netlink socket stands for the namespace. It is closed if the queues could not be read. */
static void read_speeds(struct tcx_table *table, struct tcx_netlink *netlink)
{
	struct tcx_link *rows = (struct tcx_link *)table->rows;

	if (!tcx_netlink_open(netlink, 0, NULL))
		return;
	for (size_t i = 0; i < table->count; i++)
		rows[i].speed = tcx_link_speed(mnl_socket_get_fd(netlink->socket), rows[i].name);
}

static void read_memory(struct tcx_table *table, struct tcx_link_watch *watch)
{
	struct tcx_link *rows = (struct tcx_link *)table->rows;

	for (size_t i = 0; i < table->count; i++) {
		if ((rows[i].lacks & TCX_LINK_NO_STATUS) == 0)
			rows[i].changed_ns =
				tcx_link_watch_changed(watch, &rows[i], table->taken_ns);
		rows[i].in_unicast = tcx_link_watch_unicast(watch, &rows[i]);
	}
}

static bool complete(struct tcx_table *table, struct tcx_netns_reader *reader,
		     struct tcx_fault *fault)
{
	leave_out(table, reader->ignored);
	if (!tcx_table_sort_unique(table, fault) || !tcx_table_list(table, reader, &qdiscs, fault))
		return false;
	read_speeds(table, &reader->route);
	read_memory(table, reader->link_watch);
	return true;
}

const struct tcx_table_reader tcx_links = {
	.kind.row_size = sizeof(struct tcx_link),
	.kind.key_size = sizeof(((struct tcx_link *)NULL)->index),
	.kind.counts = true,
	.dump = {RTM_GETLINK, &tcx_links_request, sizeof(tcx_links_request.link),
		 .more = sizeof(tcx_links_request) - sizeof(tcx_links_request.link),
		 .take = take_link},
	.read = complete,
};
