/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the tables that the kernel fills, for tests that compare them with other tools: one line
 * "kind name=value name=value ..." per row, in the table's order. Tables of one survey are read
 * together. The last line tells how many dumps of sockets that took.
 *
 * dump_tables [-p] [-m MAX_ROWS] [-t] [KIND...]
 *   -p  sockets from procfs
 *   -t  only how many rows there are and how long the reading took
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/octets.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/netns_reader.h"
#include "kernel/socket_tables.h"
#include "kernel/softnet_cpus.h"
#include "sample/limits.h"
#include "tests/unit/use_procfs.h"

static void print_address(const char *name, int family, const void *octets)
{
	char text[INET6_ADDRSTRLEN];

	printf(" %s=%s", name, inet_ntop(family, octets, text, sizeof(text)));
}

static void print_hex(const char *name, const void *octets, size_t len)
{
	const uint8_t *at = octets;

	printf(" %s=", name);
	for (size_t i = 0; i < len; i++)
		printf("%02x", at[i]);
}

/* The name in hexadecimal: it may hold anything. */
static void print_link(const void *of)
{
	const struct tcx_link *row = of;
	const struct rtnl_link_stats64 *counters = &row->counters;

	printf("link index=%" PRIu32, tcx_octets_get32(row->index));
	print_hex("name", row->name, strlen(row->name));
	print_hex("address", row->address, row->address_len);
	printf(" type=%u status=%u admin=%d flags=%" PRIu32 " mtu=%" PRIu32 " speed=%" PRIu32
	       " queue=%" PRIu32,
	       row->type, row->status, row->admin_up, row->flags, row->mtu, row->speed,
	       row->queue_len);
	printf(" rx_bytes=%" PRIu64 " rx_packets=%" PRIu64 " rx_errors=%" PRIu64
	       " rx_dropped=%" PRIu64 " rx_multicast=%" PRIu64,
	       (uint64_t)counters->rx_bytes, (uint64_t)counters->rx_packets,
	       (uint64_t)counters->rx_errors, (uint64_t)counters->rx_dropped,
	       (uint64_t)counters->multicast);
	printf(" tx_bytes=%" PRIu64 " tx_packets=%" PRIu64 " tx_errors=%" PRIu64
	       " tx_dropped=%" PRIu64,
	       (uint64_t)counters->tx_bytes, (uint64_t)counters->tx_packets,
	       (uint64_t)counters->tx_errors, (uint64_t)counters->tx_dropped);
}

static void print_address_row(const void *of)
{
	const struct tcx_address *row = of;

	printf("address");
	print_address("address", AF_INET, row->address);
	printf(" link=%" PRIu32 " prefix=%u broadcast=%u", row->link, row->prefix_len,
	       row->broadcast_bit);
}

static void print_route(const void *of)
{
	const struct tcx_route *row = of;

	printf("route");
	print_address("destination", AF_INET, row->destination);
	print_address("via", AF_INET, row->next_hop);
	printf(" prefix=%u link=%" PRIu32 " metric=%" PRIu32 " tos=%u type=%u protocol=%u",
	       row->prefix_len, row->link, row->metric, row->tos, row->type, row->protocol);
}

static void print_neighbour(const void *of)
{
	const struct tcx_neighbour *row = of;

	printf("neighbour link=%" PRIu32, tcx_octets_get32(row->link));
	print_address("address", AF_INET, row->address);
	print_hex("hardware", row->hardware, row->hardware_len);
	printf(" type=%u", row->type);
}

static void print_connection(const void *of)
{
	const struct tcx_connection *row = of;

	printf("connection");
	print_address("local", AF_INET, row->local);
	printf(" local_port=%u", tcx_octets_get16(row->local_port));
	print_address("remote", AF_INET, row->remote);
	printf(" remote_port=%u state=%u", tcx_octets_get16(row->remote_port), row->state);
}

static void print_endpoint(const void *of)
{
	const struct tcx_udp_endpoint *row = of;

	printf("endpoint");
	print_address("local", AF_INET, row->local);
	printf(" local_port=%u", tcx_octets_get16(row->local_port));
}

static void print_state(const void *of)
{
	const struct tcx_tcp_state_row *row = of;

	printf("state type=%u state=%u sockets=%" PRIu32 " unread=%" PRIu32 " receive=%" PRIu64
	       " send=%" PRIu64,
	       row->address_type, row->state, row->sockets, row->unread, row->receive_queue,
	       row->send_queue);
}

static void print_bound(const char *kind, const struct tcx_bound *row)
{
	bool ipv4 = row->address_type == TCX_IPV4 || row->address_type == TCX_IPV4Z;

	printf("%s type=%u", kind, row->address_type);
	print_address("address", ipv4 ? AF_INET : AF_INET6, row->address);
	printf(" link=%" PRIu32, tcx_octets_get32(row->address + (ipv4 ? 4 : 16)));
	printf(" port=%u sockets=%" PRIu32, tcx_octets_get16(row->port), row->sockets);
	if (row->limit_known)
		printf(" use=%" PRIu32, row->use);
	if (row->drops.since_ns != 0)
		printf(" drops=%" PRIu32, row->drops.count);
}

static void print_listener(const void *of)
{
	const struct tcx_tcp_listener *row = of;

	print_bound("listener", &row->at);
	printf(" queue=%" PRIu32, row->queue);
	if (row->at.limit_known)
		printf(" max=%" PRIu32 " full=%" PRIu32, row->queue_max, row->full);
	printf(" established=%" PRIu32 " syn_received=%" PRIu32, row->established,
	       row->syn_received);
}

static void print_udp_socket(const void *of)
{
	const struct tcx_udp_socket *row = of;

	print_bound("datagrams", &row->at);
	printf(" receive=%" PRIu64, row->receive_queue);
	if (row->at.limit_known)
		printf(" limit=%" PRIu64, row->receive_limit);
	printf(" send=%" PRIu64, row->send_queue);
}

static void print_service(const void *of)
{
	const struct tcx_service *row = of;

	printf("service");
	print_hex("name", row->name, row->name_len);
	printf(" path=%" PRIu32 " listeners=%" PRIu32 " established=%" PRIu32 " connecting=%" PRIu32
	       " closing=%" PRIu32 " udp=%" PRIu32 " receive=%" PRIu64 " send=%" PRIu64
	       " use=%" PRIu32 " drops=%" PRIu32,
	       tcx_octets_get32(row->path_hash), row->listeners, row->established, row->connecting,
	       row->closing, row->udp_sockets, row->unread, row->unsent, row->use,
	       row->drops.count);
}

static void print_limits(const void *of)
{
	const struct tcx_limits *row = of;

	printf("limits");
	for (int i = 0; i < TCX_LIMITS; i++)
		if (row->known[i])
			printf(" %d=%" PRIu64, i, row->numbers[i]);
}

static void print_processor(const void *of)
{
	const struct tcx_softnet_cpu *row = of;

	printf("processor index=%" PRIu32 " processed=%" PRIu32 " dropped=%" PRIu32
	       " squeezed=%" PRIu32 " rps=%" PRIu32 " limited=%" PRIu32 " backlog=%" PRIu32,
	       tcx_octets_get32(row->index), row->processed, row->dropped, row->time_squeeze,
	       row->received_rps, row->flow_limit_count, row->backlog_length);
}

static const char *const counter_names[] = {
#define COUNTED(table, sub_id, object, counter, text) #counter,
#include "mibs/tables.def"
};

static void print_ip6_interface(const void *of)
{
	const struct tcx_ip6_interface *row = of;

	printf("ip6 index=%" PRIu32, tcx_octets_get32(row->index));
	print_hex("name", row->name, strlen(row->name));
	for (int i = 0; i < TCX_COUNTED_COLUMNS; i++)
		if (row->known[i])
			printf(" %s=%" PRIu64, counter_names[i], row->numbers[i]);
}

static const struct {
	const char *name;
	void (*print)(const void *row);
} tables[TCX_TABLES] = {
	[TCX_TABLE_INTERFACES] = {"links", print_link},
	[TCX_TABLE_IP_ADDRESSES] = {"addresses", print_address_row},
	[TCX_TABLE_IP_ROUTES] = {"routes", print_route},
	[TCX_TABLE_IP_NEIGHBOURS] = {"neighbours", print_neighbour},
	[TCX_TABLE_TCP_CONNECTIONS] = {"connections", print_connection},
	[TCX_TABLE_UDP_ENDPOINTS] = {"endpoints", print_endpoint},
	[TCX_TABLE_TCP_STATES] = {"states", print_state},
	[TCX_TABLE_TCP_LISTENERS] = {"listeners", print_listener},
	[TCX_TABLE_SOFTNET_CPUS] = {"processors", print_processor},
	[TCX_TABLE_UDP_SOCKETS] = {"datagrams", print_udp_socket},
	[TCX_TABLE_SERVICES] = {"services", print_service},
	[TCX_TABLE_LIMITS] = {"limits", print_limits},
	[TCX_TABLE_IP6_INTERFACES] = {"ip6", print_ip6_interface},
};

struct wishes {
	size_t max_rows;
	bool only_times;
	char **names;
	int count; /* of names; 0: all tables */
};

static bool is_wanted(const struct wishes *wishes, const char *name)
{
	for (int i = 0; i < wishes->count; i++)
		if (strcmp(wishes->names[i], name) == 0)
			return true;
	return wishes->count == 0;
}

static void print_table(size_t id, const struct tcx_table *table, const struct wishes *wishes)
{
	for (size_t row = 0; !wishes->only_times && row < table->count; row++) {
		tables[id].print(tcx_table_row(table, row));
		putchar('\n');
	}
	printf("table name=%s source=%s rows=%zu cut=%d", tables[id].name, table->source,
	       table->count, table->cut);
	if (wishes->only_times)
		printf(" ms=%.1f", (double)table->cost_ns / TCX_NS_PER_MS);
	printf("%s%s\n", table->fallback.text[0] != '\0' ? " fallback=" : "", table->fallback.text);
}

static bool print_survey(const struct tcx_survey *survey, struct tcx_netns_reader *reader,
			 const struct wishes *wishes)
{
	struct tcx_table *made[TCX_TABLES];
	struct tcx_fault fault = {""};
	unsigned int wanted = 0;
	bool done;

	for (size_t id = 0; id < TCX_TABLES; id++)
		if (survey->members[id] != NULL && is_wanted(wishes, tables[id].name))
			wanted |= 1U << id;
	done = wanted == 0 ||
	       tcx_survey_read(survey, wanted, made, reader, wishes->max_rows, &fault);
	if (!done)
		fprintf(stderr, "%s\n", fault.text);
	for (size_t id = 0; done && id < TCX_TABLES; id++) {
		if ((wanted & 1U << id) == 0)
			continue;
		print_table(id, made[id], wishes);
		tcx_table_unref(made[id]);
	}
	return done;
}

int main(int argc, char *argv[])
{
	struct wishes wishes = {.max_rows = SIZE_MAX};
	struct tcx_netns *netns = tcx_netns_new("/proc", NULL);
	struct tcx_netns_reader *reader = netns != NULL ? tcx_netns_begin(netns, NULL) : NULL;
	bool done = true;
	int option;

	if (reader == NULL)
		return 1;
	while ((option = getopt(argc, argv, "pm:t")) != -1) {
		if (option == 'p')
			use_procfs(reader, "chosen");
		else if (option == 'm')
			wishes.max_rows = strtoul(optarg, NULL, 10);
		else if (option == 't')
			wishes.only_times = true;
		else
			return 2;
	}
	wishes.names = argv + optind;
	wishes.count = argc - optind;
	for (size_t i = 0; i < TCX_SURVEYS; i++)
		done = print_survey(&tcx_surveys[i], reader, &wishes) && done;
	if (reader->diag.sequence > 0)
		printf("dumps of_sockets=%u\n", (unsigned int)reader->diag.sequence);
	tcx_netns_end(reader);
	tcx_netns_unref(netns);
	return done ? 0 : 1;
}
