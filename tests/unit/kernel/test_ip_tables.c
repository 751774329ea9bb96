/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of rtnetlink, row by row, as the kernel of this machine has them in a network
 * namespace of this process alone, which `ip' furnishes.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/ip_tables.h"
#include "tests/unit/fixture.h"

#define TEXT 160

/* v0 and v1 are the ends of a pair, with these ifIndexes; w0 is up and has no carrier. */
#define LINKS                                                                                      \
	"ip link set lo up && ip link add name v0 index 10 type veth peer name v1 index 11 &&"     \
	"ip link add name w0 index 20 type veth peer name w1 index 21 &&"                          \
	"ip link set v1 up && ip link set v0 up && ip link set w0 up &&"                           \
	"ip addr add 192.0.2.1/24 brd + dev v0 && ip addr add 192.0.2.5/24 dev v0 &&"              \
	"ip addr add 192.0.2.65/32 dev w0"

static void run(const char *command)
{
	if (system(command) != 0)
		fail_msg("'%s' fails", command);
}

/* What older kernels lack is no fault of ours. */
static bool can(const char *command)
{
	if (system(command) == 0)
		return true;
	print_message("not here: %s\n", command);
	return false;
}

static struct tcx_table *read_table(const struct tcx_table_reader *reader)
{
	struct tcx_fault fault = {""};
	struct tcx_table *table = fixture_table("/proc", reader, 1000, NULL, &fault);

	if (table == NULL)
		fail_msg("%s", fault.text);
	assert_string_equal(table->lacking.text, "");
	return table;
}

static const uint8_t *octets_of(const char *address, uint8_t octets[4])
{
	assert_int_equal(sscanf(address, "%hhu.%hhu.%hhu.%hhu", &octets[0], &octets[1], &octets[2],
				&octets[3]),
			 4);
	return octets;
}

static int link_up(void **state)
{
	(void)state;
	return system(LINKS);
}

static int link_down(void **state)
{
	(void)state;
	(void)!system("ip nexthop flush >/dev/null 2>&1");
	return system("ip link del v0 && ip link del w0");
}

/* --- Addresses --------------------------------------------------------------------------------*/

static void expect_address(const char *address, uint8_t prefix_len, uint8_t bit, uint32_t link)
{
	struct tcx_table *table = read_table(&tcx_addresses);
	uint8_t key[4];
	const struct tcx_address *row = tcx_table_find(table, octets_of(address, key));

	if (row == NULL || row->prefix_len != prefix_len || row->broadcast_bit != bit ||
	    row->link != link)
		fail_msg("%s: /%d, bit %d, link %d", address, row != NULL ? row->prefix_len : -1,
			 row != NULL ? row->broadcast_bit : -1, row != NULL ? (int)row->link : -1);
	tcx_table_unref(table);
}

/* One that several links have is that of the lowest ifIndex, and of the longest prefix there. */
static void addresses(void **state)
{
	struct tcx_table *table;

	(void)state;
	run("ip addr add 10.9.9.1 peer 10.9.9.2/30 dev v1 && ip addr add 10.8.0.1/16 brd 10.8.0.0 "
	    "dev v0 && ip addr add fd00::1/64 dev v0");
	run("ip addr add 10.7.0.1/24 dev w0 && ip addr add 10.7.0.1/16 dev v0 &&"
	    "ip addr add 10.7.0.1/20 dev v1 && ip addr add 10.7.0.1/18 dev v0");
	expect_address("127.0.0.1", 8, 0, 1);
	expect_address("192.0.2.1", 24, 1, 10);
	expect_address("192.0.2.5", 24, 0, 10);
	expect_address("10.9.9.1", 30, 0, 11);
	expect_address("10.8.0.1", 16, 0, 10);
	expect_address("10.7.0.1", 18, 0, 10);
	table = read_table(&tcx_addresses);
	assert_int_equal(table->count, 7);
	tcx_table_unref(table);
}

/* --- Routes -----------------------------------------------------------------------------------*/

/* "NEXT_HOP LINK TYPE PROTOCOL METRIC /LEN TOS", and whether it is dead. */
static const char *route_text(const struct tcx_route *row)
{
	static char text[TEXT];

	snprintf(text, sizeof(text), "%u.%u.%u.%u %u %u %u %u /%u %u%s", row->next_hop[0],
		 row->next_hop[1], row->next_hop[2], row->next_hop[3], row->link, row->type,
		 row->protocol, row->metric, row->prefix_len, row->tos, row->dead ? " dead" : "");
	return text;
}

struct route {
	const char *add;
	const char *destination;
	const char *row; /* NULL: there is none */
};

static const struct route plain_routes[] = {
	{"198.51.100.0/24 via 192.0.2.2", "198.51.100.0", "192.0.2.2 10 4 2 0 /24 0"},
	{"198.51.101.0/24 dev v0", "198.51.101.0", "192.0.2.1 10 3 2 0 /24 0"},
	{"198.51.102.0/24 dev v0 src 192.0.2.5", "198.51.102.0", "192.0.2.5 10 3 2 0 /24 0"},
	{"198.51.103.0/24 dev v1", "198.51.103.0", "0.0.0.0 11 3 2 0 /24 0"},
	{"local 198.51.104.0/24 dev v0 table main", "198.51.104.0", "192.0.2.1 10 3 2 0 /24 0"},
	{"198.51.105.0/24 via 192.0.2.2 table 100", "198.51.105.0", NULL},
	{"198.51.105.0/24 via 192.0.2.2 table 1000", "198.51.105.0", NULL},
	{"blackhole 198.51.106.0/24", "198.51.106.0", "0.0.0.0 0 1 2 0 /24 0"},
	{"unreachable 198.51.107.0/24 metric 3", "198.51.107.0", "0.0.0.0 0 1 2 3 /24 0"},
	{"198.51.108.0/24 via inet6 fe80::2 dev v0 onlink", "198.51.108.0",
	 "0.0.0.0 10 4 2 0 /24 0"},
	{"198.51.109.0/24 via 192.0.2.2 proto ra", "198.51.109.0", "192.0.2.2 10 4 4 0 /24 0"},
	{"198.51.110.0/24 via 192.0.2.2 proto redirect", "198.51.110.0",
	 "192.0.2.2 10 4 4 0 /24 0"},
	{"198.51.111.0/24 via 192.0.2.2 proto bgp", "198.51.111.0", "192.0.2.2 10 4 14 0 /24 0"},
	{"198.51.112.0/24 via 192.0.2.2 proto isis", "198.51.112.0", "192.0.2.2 10 4 9 0 /24 0"},
	{"198.51.113.0/24 via 192.0.2.2 proto ospf", "198.51.113.0", "192.0.2.2 10 4 13 0 /24 0"},
	{"198.51.114.0/24 via 192.0.2.2 proto rip", "198.51.114.0", "192.0.2.2 10 4 8 0 /24 0"},
	{"198.51.115.0/24 via 192.0.2.2 proto babel", "198.51.115.0", "192.0.2.2 10 4 1 0 /24 0"},
	{"198.51.116.0/24 via 192.0.2.2 proto kernel", "198.51.116.0", "192.0.2.2 10 4 2 0 /24 0"},
	{"198.51.117.0/24 via 192.0.2.2 proto static tos 0x10", "198.51.117.0",
	 "192.0.2.2 10 4 2 0 /24 16"},
};

/* Of several to one destination: that by which the kernel sends to that very address. */
static const struct route better_routes[] = {
	{"default via 192.0.2.9 metric 9", "0.0.0.0", "192.0.2.9 10 4 2 9 /0 0"},
	{"default via 192.0.2.8 metric 5", "0.0.0.0", "192.0.2.8 10 4 2 5 /0 0"},
	{"default via 192.0.2.6 metric 6", "0.0.0.0", "192.0.2.8 10 4 2 5 /0 0"},
	{"0.0.0.0/1 via 192.0.2.7", "0.0.0.0", "192.0.2.8 10 4 2 5 /0 0"},
	{"10.1.0.0/16 via 192.0.2.2 metric 1", "10.1.0.0", "192.0.2.2 10 4 2 1 /16 0"},
	{"10.1.0.0/24 via 192.0.2.3 metric 8", "10.1.0.0", "192.0.2.3 10 4 2 8 /24 0"},
	{"10.1.0.0/20 via 192.0.2.4 metric 2", "10.1.0.0", "192.0.2.3 10 4 2 8 /24 0"},
	{"10.2.0.0/16 via 192.0.2.2 tos 0x10 metric 5", "10.2.0.0", "192.0.2.2 10 4 2 5 /16 16"},
	{"10.2.0.0/16 via 192.0.2.4 tos 0x08 metric 3", "10.2.0.0", "192.0.2.4 10 4 2 3 /16 8"},
	{"10.2.0.0/16 via 192.0.2.3 metric 7", "10.2.0.0", "192.0.2.3 10 4 2 7 /16 0"},
	{"10.3.0.0/16 nexthop via 192.0.2.2 nexthop via 192.0.2.3 weight 3 nexthop via 192.0.2.4 "
	 "weight 3",
	 "10.3.0.0", "192.0.2.3 10 4 2 0 /16 0"},
	{"10.4.0.0/16 nexthop via 192.0.2.2 weight 2 nexthop via 192.0.2.3", "10.4.0.0",
	 "192.0.2.2 10 4 2 0 /16 0"},
	{"10.5.0.0/16 nexthop dev v1 nexthop via 192.0.2.3", "10.5.0.0", "0.0.0.0 11 3 2 0 /16 0"},
};

/* Nexthop objects: 1 has a gateway, 2 none, 3 drops; 4 and 5 are groups, 6 is of IPv6. */
static const struct route object_routes[] = {
	{"10.1.0.0/16 nhid 1", "10.1.0.0", "192.0.2.2 10 4 2 0 /16 0"},
	{"10.2.0.0/16 nhid 2", "10.2.0.0", "192.0.2.1 10 3 2 0 /16 0"},
	{"10.3.0.0/16 nhid 3", "10.3.0.0", "0.0.0.0 0 1 2 0 /16 0"},
	{"10.4.0.0/16 nhid 4", "10.4.0.0", "192.0.2.3 10 4 2 0 /16 0"},
	{"10.5.0.0/16 nhid 5", "10.5.0.0", "192.0.2.2 10 4 2 0 /16 0"},
	{"10.6.0.0/16 nhid 6", "10.6.0.0", "0.0.0.0 10 4 2 0 /16 0"},
};

static void expect_route(const struct route *route)
{
	struct tcx_table *table = read_table(&tcx_routes);
	uint8_t key[4];
	const struct tcx_route *row = tcx_table_find(table, octets_of(route->destination, key));
	const char *text = row != NULL ? route_text(row) : "none";

	if (strcmp(text, route->row != NULL ? route->row : "none") != 0)
		fail_msg("%s: %s", route->add, text);
	tcx_table_unref(table);
}

static void add_routes(const struct route *routes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char command[2 * TEXT];

		snprintf(command, sizeof(command), "ip route append %s", routes[i].add);
		if (can(command))
			expect_route(&routes[i]);
	}
}

static void routes(void **state)
{
	(void)state;
	add_routes(plain_routes, COUNT(plain_routes));
}

static void better(void **state)
{
	(void)state;
	add_routes(better_routes, COUNT(better_routes));
}

static void objects(void **state)
{
	(void)state;
	if (!can("ip nexthop add id 1 via 192.0.2.2 dev v0 && ip nexthop add id 2 dev v0"))
		skip();
	run("ip nexthop add id 3 blackhole && ip nexthop add id 7 via 192.0.2.3 dev v0");
	run("ip nexthop add id 4 group 1/7,5 && ip nexthop add id 5 group 1/7");
	run("ip nexthop add id 6 via fe80::2 dev v0 onlink");
	add_routes(object_routes, COUNT(object_routes));
}

/* The kernel passes over what has no carrier where it is told so. */
static void dead(void **state)
{
	static const struct route rows[] = {
		{"10.1.0.0/16 dev w0 metric 1", "10.1.0.0", "192.0.2.65 20 3 2 1 /16 0 dead"},
		{"10.1.0.0/16 dev v0 metric 5", "10.1.0.0", "192.0.2.1 10 3 2 5 /16 0"},
		{"10.1.0.0/24 dev w0", "10.1.0.0", "192.0.2.1 10 3 2 5 /16 0"},
		{"10.2.0.0/16 nexthop dev w0 weight 9 nexthop dev v0", "10.2.0.0",
		 "192.0.2.1 10 3 2 0 /16 0"},
		{"10.3.0.0/16 nexthop dev v0 nexthop dev w0 weight 9", "10.3.0.0",
		 "192.0.2.1 10 3 2 0 /16 0"},
	};

	(void)state;
	if (!can("echo 1 >/proc/sys/net/ipv4/conf/w0/ignore_routes_with_linkdown"))
		skip();
	add_routes(rows, COUNT(rows));
}

/* --- Neighbours -------------------------------------------------------------------------------*/

/* "TYPE HARDWARE", and whether it is of an ignored link; NULL: there is no row. */
static void expect_neighbour(uint32_t link, const char *address, const char *wanted)
{
	struct tcx_table *table = read_table(&tcx_neighbours);
	char text[TEXT] = "none";
	const struct tcx_neighbour *row;
	uint8_t key[8];

	tcx_octets_put32(key, link);
	octets_of(address, key + 4);
	row = tcx_table_find(table, key);
	if (row != NULL)
		snprintf(text, sizeof(text), "%u%s%s", row->type, row->hardware_known ? "" : " ?",
			 row->hardware_len > 0 ? " " : "");
	for (size_t i = 0; row != NULL && i < row->hardware_len; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%02x",
			 row->hardware[i]);
	if (strcmp(text, wanted) != 0)
		fail_msg("%s of link %u: %s", address, link, text);
	tcx_table_unref(table);
}

static void neighbours(void **state)
{
	(void)state;
	run("ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0 nud permanent &&"
	    "ip neigh add 192.0.2.3 lladdr 02:00:00:00:00:03 dev v0 nud reachable &&"
	    "ip neigh add 192.0.2.4 lladdr 02:00:00:00:00:04 dev v0 nud stale &&"
	    "ip neigh add 192.0.2.5 dev v0 nud failed &&"
	    "ip neigh add 192.0.2.6 lladdr 02:00:00:00:00:06 dev v0 nud noarp &&"
	    "ip neigh add proxy 192.0.2.7 dev v0 &&"
	    "ip neigh add 192.0.2.2 lladdr 02:00:00:00:01:02 dev v1 nud permanent &&"
	    "ip neigh add fd00::2 lladdr 02:00:00:00:00:08 dev v0 nud permanent");
	expect_neighbour(10, "192.0.2.2", "4 020000000002");
	expect_neighbour(11, "192.0.2.2", "4 020000000102");
	expect_neighbour(10, "192.0.2.3", "3 020000000003");
	expect_neighbour(10, "192.0.2.4", "3 020000000004");
	expect_neighbour(10, "192.0.2.5", "2");
	expect_neighbour(10, "192.0.2.6", "none");
	expect_neighbour(10, "192.0.2.7", "none");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, link_up, link_down)
		TEST(addresses), TEST(routes), TEST(better),
		TEST(objects),	 TEST(dead),   TEST(neighbours),
#undef TEST
	};

	if (unshare(CLONE_NEWNET) < 0) {
		printf("skipped: no network namespace: %s\n", strerror(errno));
		return 77;
	}
	if (system(LINKS) != 0 || link_down(NULL) != 0) {
		printf("skipped: ip (iproute2) and veth links are needed\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
