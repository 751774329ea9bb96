/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the tables that are made of rtnetlink. The first octet picks one; the rest is what the
 * kernel answers (answers.h).
 *
 * Beyond not crashing: the rows are sorted, each of a key of its own, and they are those of a
 * second reader, which looks for each attribute in the whole message, and of rows with one key for
 * the one that the tables' headers describe.
 */
#include <errno.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <linux/nexthop.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/kernel/rtnetlink/ip6_devices.h"
#include "agent/kernel/rtnetlink/route_lists.h"
#include "base/octets.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/netns_reader.h"
#include "tests/unit/fixture.h"

#include "answers.h"
#include "fuzz.h"

#define ROWS_MAX 8192 /* more messages than an input holds */
#define TRIES	 10
#define ROOM	 sizeof(struct tcx_link)

/* The rows that are expected: of one table, as large as the largest. */
struct expected {
	size_t count;
	bool lacking;
	_Alignas(8) uint8_t rows[ROWS_MAX][ROOM];
};

/* A message and its attributes. */
struct parts {
	const uint8_t *body;
	const uint8_t *at;
	size_t len;
};

static struct plain_attribute find(const struct parts *parts, uint16_t type)
{
	return plain_find(parts->at, parts->len, type);
}

static bool has(const struct parts *parts, uint16_t type)
{
	return find(parts, type).at != NULL;
}

static uint32_t number_of(const struct parts *parts, uint16_t type, bool *there)
{
	uint32_t number = 0;

	*there = plain_copy(find(parts, type), &number, sizeof(number));
	return number;
}

static void append(struct expected *expected, const void *row, size_t size)
{
	MUST(expected->count < ROWS_MAX && size <= ROOM);
	memcpy(expected->rows[expected->count++], row, size);
}

/* --- A row of a message: false, it cannot be read ----------------------------------------------
 */

typedef bool plain_row(struct expected *expected, const struct parts *parts);

static bool add_address(struct expected *expected, const struct parts *parts)
{
	const struct ifaddrmsg *body = (const void *)parts->body;
	struct tcx_address row = {.prefix_len = body->ifa_prefixlen, .link = body->ifa_index};
	uint8_t broadcast[4];

	if (body->ifa_family != AF_INET)
		return true;
	if (!plain_copy(find(parts, IFA_LOCAL), row.address, 4)) {
		expected->lacking = true;
		return true;
	}
	if (plain_copy(find(parts, IFA_BROADCAST), broadcast, 4))
		row.broadcast_bit = broadcast[3] % 2;
	append(expected, &row, sizeof(row));
	return true;
}

static bool add_link_address(struct expected *expected, const struct parts *parts)
{
	const struct ifaddrmsg *body = (const void *)parts->body;
	struct tcx_link_address row = {.address = {0}};
	bool primary = (body->ifa_flags & IFA_F_SECONDARY) == 0;

	tcx_octets_put32(row.link, body->ifa_index);
	if (body->ifa_family == AF_INET && primary &&
	    plain_copy(find(parts, IFA_LOCAL), row.address, 4))
		append(expected, &row, sizeof(row));
	return true;
}

static bool add_neighbour(struct expected *expected, const struct parts *parts)
{
	const struct ndmsg *body = (const void *)parts->body;
	const struct plain_attribute hardware = find(parts, NDA_LLADDR);
	struct tcx_neighbour row = {.type = TCX_NEIGHBOUR_DYNAMIC};

	if (body->ndm_family != AF_INET || body->ndm_state == 0 ||
	    (body->ndm_state & NUD_NOARP) != 0 || (body->ndm_flags & NTF_PROXY) != 0)
		return true;
	if (!plain_copy(find(parts, NDA_DST), row.address, 4)) {
		expected->lacking = true;
		return true;
	}
	tcx_octets_put32(row.link, (uint32_t)body->ndm_ifindex);
	if ((body->ndm_state & NUD_PERMANENT) != 0)
		row.type = TCX_NEIGHBOUR_STATIC;
	if ((body->ndm_state & (NUD_INCOMPLETE | NUD_FAILED)) != 0)
		row.type = TCX_NEIGHBOUR_INVALID;
	else
		row.hardware_len = (uint8_t)(hardware.len < 32 ? hardware.len : 32);
	row.hardware_known = row.type == TCX_NEIGHBOUR_INVALID || hardware.at != NULL;
	expected->lacking = expected->lacking || !row.hardware_known;
	plain_copy(hardware, row.hardware, row.hardware_len);
	append(expected, &row, sizeof(row));
	return true;
}

static uint32_t heaviest_of(struct plain_attribute group)
{
	uint32_t heaviest = 0;
	unsigned int weight = 0;

	for (size_t at = 0; at + 8 <= group.len; at += 8) {
		const uint8_t *member = group.at + at;
		unsigned int its = member[4] + 256U * member[5] + 1;

		if (its <= weight)
			continue;
		weight = its;
		heaviest = plain_get32(member);
	}
	return heaviest;
}

static bool add_nexthop(struct expected *expected, const struct parts *parts)
{
	const struct nhmsg *body = (const void *)parts->body;
	struct tcx_nexthop row = {.has_gateway = has(parts, NHA_GATEWAY),
				  .blackhole = has(parts, NHA_BLACKHOLE)};
	bool there;

	row.link = number_of(parts, NHA_OIF, &there);
	row.heaviest = heaviest_of(find(parts, NHA_GROUP));
	tcx_octets_put32(row.id, number_of(parts, NHA_ID, &there));
	if (!there) {
		expected->lacking = true;
		return true;
	}
	if (body->nh_family == AF_INET)
		plain_copy(find(parts, NHA_GATEWAY), row.gateway, 4);
	append(expected, &row, sizeof(row));
	return true;
}

static bool add_ip6_device(struct expected *expected, const struct parts *parts)
{
	static const uint8_t nodes[16] = {0xff, 0x02, [15] = 1};
	const struct ifaddrmsg *body = (const void *)parts->body;
	struct tcx_ip6_device row = {.began = 0};
	uint32_t times[4]; /* the third is when it was made */
	uint8_t group[16];

	if (body->ifa_family != AF_INET6 || !plain_copy(find(parts, IFA_MULTICAST), group, 16) ||
	    !plain_copy(find(parts, IFA_CACHEINFO), times, sizeof(times)) ||
	    memcmp(group, nodes, 16) != 0)
		return true;
	tcx_octets_put32(row.link, body->ifa_index);
	row.began = times[2];
	append(expected, &row, sizeof(row));
	return true;
}

static uint8_t status_of(struct plain_attribute operstate)
{
	static const uint8_t by_number[] = {1, 6, 2, 7, 3, 5, 1};

	if (operstate.len == 0)
		return TCX_LINK_UNKNOWN;
	return operstate.at[0] < 7 ? by_number[operstate.at[0]] : TCX_LINK_UNKNOWN;
}

static void read_link(struct tcx_link *row, const struct parts *parts)
{
	const struct plain_attribute address = find(parts, IFLA_ADDRESS);
	const struct plain_attribute name = find(parts, IFLA_IFNAME);
	const struct plain_attribute stats = find(parts, IFLA_STATS64);
	const size_t stats_len =
		stats.len < sizeof(row->counters) ? stats.len : sizeof(row->counters);
	bool zeros = true, there;

	row->address_len = (uint8_t)(address.len < 32 ? address.len : 32);
	plain_copy(address, row->address, row->address_len);
	for (size_t i = 0; i < row->address_len; i++)
		zeros = zeros && row->address[i] == 0;
	row->address_len = zeros ? 0 : row->address_len;
	if (name.len >= 1 && name.len <= 16)
		memcpy(row->name, name.at, name.len == 16 ? 15 : name.len);
	else
		row->lacks |= TCX_LINK_NO_NAME;
	row->status = status_of(find(parts, IFLA_OPERSTATE));
	row->lacks |= find(parts, IFLA_OPERSTATE).len == 0 ? TCX_LINK_NO_STATUS : 0;
	row->mtu = number_of(parts, IFLA_MTU, &there);
	row->lacks |= there ? 0 : TCX_LINK_NO_MTU;
	row->lacks |= stats.at == NULL ? TCX_LINK_NO_COUNTERS : 0;
	plain_copy(stats, &row->counters, stats_len);
}

static bool add_link(struct expected *expected, const struct parts *parts)
{
	const struct ifinfomsg *body = (const void *)parts->body;
	struct tcx_link row = {.type = body->ifi_type, .flags = body->ifi_flags};

	if (body->ifi_family != AF_UNSPEC)
		return true;
	if (body->ifi_index < 1) {
		expected->lacking = true;
		return true;
	}
	tcx_octets_put32(row.index, (uint32_t)body->ifi_index);
	row.admin_up = body->ifi_flags % 2 == 1;
	read_link(&row, parts);
	expected->lacking = expected->lacking || row.lacks != 0;
	if (row.counters.rx_packets > row.counters.multicast)
		row.in_unicast = row.counters.rx_packets - row.counters.multicast;
	append(expected, &row, sizeof(row));
	return true;
}

/* The length of the queue, where the interface is known: that of the last message counts. */
static bool add_queue(struct expected *expected, const struct parts *parts)
{
	const struct tcmsg *body = (const void *)parts->body;
	const struct plain_attribute stats = find(parts, TCA_STATS2);
	struct plain_attribute queue;

	for (size_t i = 0; i < expected->count; i++) {
		struct tcx_link *row = (struct tcx_link *)expected->rows[i];

		if (body->tcm_parent != TC_H_ROOT || stats.at == NULL ||
		    tcx_octets_get32(row->index) != (uint32_t)body->tcm_ifindex)
			continue;
		if (!plain_is_whole(stats.at, stats.len))
			return false;
		queue = plain_find(stats.at, stats.len, 3); /* TCA_STATS_QUEUE */
		row->queue_len = 0;
		if (queue.len >= 20)
			row->queue_len = plain_get32(queue.at);
	}
	return true;
}

/* The best hop: alive before dead, then the heaviest, the first of equals; NULL: there is none. */
static const uint8_t *best_hop(struct plain_attribute multipath, bool *whole)
{
	const uint8_t *best = NULL;
	size_t at = 0;

	*whole = true;
	while (multipath.len - at >= 8) {
		const uint8_t *hop = multipath.at + at;
		size_t len = hop[0] + 256U * hop[1];
		bool dead = (hop[2] & RTNH_F_DEAD) != 0;
		bool best_dead = best == NULL || (best[2] & RTNH_F_DEAD) != 0;

		if (len < 8 || len > multipath.len - at) {
			*whole = false;
			return NULL;
		}
		if (best == NULL || (best_dead && !dead) || (best_dead == dead && hop[3] > best[3]))
			best = hop;
		at += (len + 3) / 4 * 4;
		if (at > multipath.len)
			break;
	}
	return best;
}

static uint8_t protocol_of(uint8_t number)
{
	switch (number) {
	case RTPROT_REDIRECT:
	case RTPROT_RA:
		return TCX_PROTOCOL_ICMP;
	case RTPROT_KERNEL:
	case RTPROT_BOOT:
	case RTPROT_STATIC:
		return TCX_PROTOCOL_LOCAL;
	case RTPROT_BGP:
		return TCX_PROTOCOL_BGP;
	case RTPROT_ISIS:
		return TCX_PROTOCOL_IS_IS;
	case RTPROT_OSPF:
		return TCX_PROTOCOL_OSPF;
	case RTPROT_RIP:
		return TCX_PROTOCOL_RIP;
	default:
		return TCX_PROTOCOL_OTHER;
	}
}

static void read_gateway(struct tcx_route *row, const struct parts *parts)
{
	if (!has(parts, RTA_GATEWAY) && !has(parts, RTA_VIA))
		return;
	memset(row->next_hop, 0, 4);
	plain_copy(find(parts, RTA_GATEWAY), row->next_hop, 4);
	if (row->type == TCX_ROUTE_DIRECT)
		row->type = TCX_ROUTE_INDIRECT;
}

static bool read_hops(struct tcx_route *row, struct plain_attribute multipath)
{
	bool whole;
	const uint8_t *hop = best_hop(multipath, &whole);
	struct parts parts;

	if (!whole || hop == NULL)
		return whole;
	parts = (struct parts){hop, hop + 8, hop[0] + 256U * hop[1] - 8U};
	if (!plain_is_whole(parts.at, parts.len))
		return false;
	row->link = plain_get32(hop + 4);
	row->dead = (hop[2] & RTNH_F_DEAD) != 0;
	read_gateway(row, &parts);
	return true;
}

/* A route that names an object of nexthops has type 0 and its number for link. */
static bool add_route(struct expected *expected, const struct parts *parts)
{
	const struct rtmsg *body = (const void *)parts->body;
	struct tcx_route row = {.prefix_len = body->rtm_dst_len, .tos = body->rtm_tos};
	bool there;
	uint32_t table = number_of(parts, RTA_TABLE, &there);

	table = there ? table : body->rtm_table;
	if (body->rtm_family != AF_INET || (body->rtm_flags & RTM_F_CLONED) != 0 ||
	    table != RT_TABLE_MAIN)
		return true;
	row.dead = (body->rtm_flags & RTNH_F_DEAD) != 0;
	row.type = body->rtm_type == RTN_UNICAST || body->rtm_type == RTN_LOCAL ? TCX_ROUTE_DIRECT
										: TCX_ROUTE_OTHER;
	row.protocol = protocol_of(body->rtm_protocol);
	row.metric = number_of(parts, RTA_PRIORITY, &there);
	plain_copy(find(parts, RTA_DST), row.destination, 4);
	if (row.type == TCX_ROUTE_DIRECT)
		plain_copy(find(parts, RTA_PREFSRC), row.next_hop, 4);
	row.link = number_of(parts, RTA_OIF, &there);
	if (has(parts, RTA_MULTIPATH)) {
		if (!read_hops(&row, find(parts, RTA_MULTIPATH)))
			return false;
	} else {
		read_gateway(&row, parts);
		if (row.link == 0 && row.type == TCX_ROUTE_DIRECT) {
			row.link = number_of(parts, RTA_NH_ID, &there);
			row.type = there ? 0 : row.type;
		}
	}
	append(expected, &row, sizeof(row));
	return true;
}

/* --- The tables --------------------------------------------------------------------------------*/

struct kind {
	const struct tcx_table_reader *reader;
	plain_row *add;
	/* Whether the first of two rows with one key is the better one. NULL: it is. */
	bool (*stays)(const void *first, const void *second);
};

static bool address_stays(const void *first, const void *second)
{
	const struct tcx_address *a = first, *b = second;

	return a->link != b->link ? a->link < b->link : a->prefix_len >= b->prefix_len;
}

static bool route_stays(const void *first, const void *second)
{
	const struct tcx_route *a = first, *b = second;
	bool is_default = plain_get32(a->destination) == 0;

	if (a->dead != b->dead)
		return b->dead;
	if (a->prefix_len != b->prefix_len)
		return is_default ? a->prefix_len < b->prefix_len : a->prefix_len > b->prefix_len;
	if ((a->tos == 0) != (b->tos == 0))
		return a->tos == 0;
	return a->metric <= b->metric;
}

static const struct kind kinds[] = {
	{&tcx_addresses, add_address, address_stays}, {&tcx_link_addresses, add_link_address, NULL},
	{&tcx_neighbours, add_neighbour, NULL},	      {&tcx_nexthops, add_nexthop, NULL},
	{&tcx_ip6_devices, add_ip6_device, NULL},     {&tcx_links, add_link, NULL},
	{&tcx_routes, add_route, route_stays},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Of rows with one key only the best one stays, in the place of the first. */
static void keep_best(struct expected *expected, const struct kind *kind)
{
	const size_t key_size = kind->reader->kind.key_size;
	size_t kept = 0;

	for (size_t i = 0; i < expected->count; i++) {
		size_t k = 0;

		while (k < kept && memcmp(expected->rows[k], expected->rows[i], key_size) != 0)
			k++;
		if (k == kept ||
		    (kind->stays != NULL && !kind->stays(expected->rows[k], expected->rows[i])))
			memmove(expected->rows[k], expected->rows[i], ROOM);
		kept += k == kept;
	}
	expected->count = kept;
}

/* --- One dump ----------------------------------------------------------------------------------*/

struct dump {
	const struct tcx_table_dump *how;
	plain_row *add;
	struct expected *expected;
};

static bool take(void *context, const struct plain_message *message)
{
	const struct dump *dump = context;
	const size_t begin = (dump->how->len + 3) / 4 * 4;
	struct parts parts = {message->body, message->body + begin, 0};
	_Alignas(8) uint8_t body[64];

	if (message->len < dump->how->len)
		return false;
	if (message->len > begin)
		parts.len = message->len - begin;
	if (!plain_is_whole(parts.at, parts.len))
		return false;
	if (message->type != dump->how->type && message->type + 2 != dump->how->type)
		return true;
	memcpy(body, message->body, dump->how->len);
	parts.body = body;
	return dump->add(dump->expected, &parts);
}

static enum plain_outcome list(struct plain_netlink *netlink, const struct tcx_table_dump *how,
			       plain_row *add, struct expected *expected)
{
	struct dump dump = {how, add, expected};
	enum plain_outcome outcome = plain_dump(netlink, take, &dump);

	if (outcome == PLAIN_FAILED && how->nothing != 0 && netlink->error == how->nothing)
		return PLAIN_WHOLE;
	return outcome;
}

/* --- What a table needs beside its own dump ----------------------------------------------------*/

static struct expected beside;

static const void *find_row(const struct expected *expected, uint32_t number)
{
	uint8_t key[4];

	tcx_octets_put32(key, number);
	for (size_t i = 0; i < expected->count; i++)
		if (memcmp(expected->rows[i], key, 4) == 0)
			return expected->rows[i];
	return NULL;
}

static void follow(struct tcx_route *row)
{
	const struct tcx_nexthop *hop = find_row(&beside, row->link);

	if (hop != NULL && hop->heaviest != 0)
		hop = find_row(&beside, hop->heaviest);
	row->link = hop != NULL ? hop->link : 0;
	row->type = TCX_ROUTE_DIRECT;
	if (hop == NULL || hop->blackhole)
		row->type = TCX_ROUTE_OTHER;
	else if (hop->has_gateway)
		row->type = TCX_ROUTE_INDIRECT;
	if (row->type == TCX_ROUTE_INDIRECT)
		memcpy(row->next_hop, hop->gateway, 4);
	if (row->type == TCX_ROUTE_OTHER)
		memset(row->next_hop, 0, 4);
}

static void put_address(struct tcx_route *row)
{
	const struct tcx_link_address *found = find_row(&beside, row->link);

	if (found != NULL)
		memcpy(row->next_hop, found->address, 4);
}

static bool follows(const struct tcx_route *row)
{
	return row->type == 0;
}

static bool lacks_address(const struct tcx_route *row)
{
	return row->type == TCX_ROUTE_DIRECT && plain_get32(row->next_hop) == 0;
}

static enum plain_outcome complete(struct expected *expected, struct plain_netlink *netlink,
				   const struct tcx_table_reader *reader, plain_row *add,
				   bool (*needs)(const struct tcx_route *row),
				   void (*give)(struct tcx_route *row))
{
	const struct kind kind = {reader, add, NULL};
	enum plain_outcome outcome = PLAIN_WHOLE;
	bool listed = false;

	for (size_t i = 0; i < expected->count; i++) {
		struct tcx_route *row = (struct tcx_route *)expected->rows[i];

		if (!needs(row))
			continue;
		if (!listed) {
			beside.count = 0;
			beside.lacking = false;
			outcome = list(netlink, &reader->dump, add, &beside);
			keep_best(&beside, &kind);
			expected->lacking = expected->lacking || beside.lacking;
		}
		if (outcome != PLAIN_WHOLE)
			return outcome;
		listed = true;
		give(row);
	}
	return outcome;
}

static enum plain_outcome complete_routes(struct expected *expected, struct plain_netlink *netlink)
{
	enum plain_outcome outcome =
		complete(expected, netlink, &tcx_nexthops, add_nexthop, follows, follow);

	if (outcome != PLAIN_WHOLE)
		return outcome;
	return complete(expected, netlink, &tcx_link_addresses, add_link_address, lacks_address,
			put_address);
}

static enum plain_outcome complete_links(struct expected *expected, const struct kind *kind,
					 struct plain_netlink *netlink)
{
	static const struct tcx_table_dump qdiscs = {
		.type = RTM_GETQDISC, .len = sizeof(struct tcmsg), .nothing = EOPNOTSUPP};

	keep_best(expected, kind);
	return list(netlink, &qdiscs, add_queue, expected);
}

static enum plain_outcome read_once(struct expected *expected, const struct kind *kind,
				    struct plain_netlink *netlink)
{
	enum plain_outcome outcome;

	expected->count = 0;
	expected->lacking = false;
	outcome = list(netlink, &kind->reader->dump, kind->add, expected);
	if (outcome == PLAIN_WHOLE && kind->reader == &tcx_routes)
		outcome = complete_routes(expected, netlink);
	if (outcome == PLAIN_WHOLE && kind->reader == &tcx_links)
		outcome = complete_links(expected, kind, netlink);
	if (outcome == PLAIN_WHOLE)
		keep_best(expected, kind);
	return outcome;
}

static bool read_plainly(struct expected *expected, const struct kind *kind,
			 struct plain_netlink *netlink)
{
	enum plain_outcome outcome;
	int tries = 0;

	do {
		outcome = read_once(expected, kind, netlink);
	} while (outcome == PLAIN_INTERRUPTED && ++tries < TRIES);
	return outcome == PLAIN_WHOLE;
}

/* --- Both --------------------------------------------------------------------------------------*/

static void check(const struct tcx_table *table, const struct expected *expected)
{
	const size_t key_size = table->kind->key_size, row_size = table->kind->row_size;

	MUST(table->count == expected->count && !table->cut);
	MUST((table->lacking.text[0] != '\0') == expected->lacking);
	for (size_t i = 0; i < table->count; i++) {
		const void *row = tcx_table_row(table, i);
		size_t k = 0;

		MUST(i == 0 || memcmp(tcx_table_row(table, i - 1), row, key_size) < 0);
		while (k < expected->count && memcmp(expected->rows[k], row, key_size) != 0)
			k++;
		MUST(k < expected->count && memcmp(expected->rows[k], row, row_size) == 0);
	}
}

/* The one that reads, as it is before its first request. */
static struct tcx_netns_reader *begin_reader(void)
{
	static struct tcx_netns_reader *reader;

	if (reader == NULL)
		reader = tcx_netns_begin(fixture_netns("/"), NULL);
	MUST(reader != NULL);
	tcx_netlink_close(&reader->route);
	tcx_netlink_init(&reader->route, NETLINK_ROUTE);
	return reader;
}

static struct tcx_table *read_table(const struct tcx_table_reader *reader, struct tcx_fault *fault)
{
	const struct tcx_survey alone = {{reader}};
	struct tcx_table *tables[TCX_TABLES];

	tcx_survey_read(&alone, 1, tables, begin_reader(), SIZE_MAX, fault);
	return tables[0];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct expected expected;
	const struct kind *kind;
	struct plain_netlink plain;
	struct tcx_fault fault = {""};
	struct tcx_table *table;

	if (size == 0)
		return 0;
	kind = &kinds[data[0] % KINDS];
	answers_begin(data + 1, size - 1);
	plain_begin(&plain, data + 1, size - 1);
	table = read_table(kind->reader, &fault);
	MUST((table != NULL) == read_plainly(&expected, kind, &plain));
	MUST(answers_left().at == plain.records.at);
	if (table != NULL)
		check(table, &expected);
	else
		MUST(fault.text[0] != '\0');
	tcx_table_unref(table);
	return 0;
}
