/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects of tables over rows that are made here: what no kernel at hand can be made to tell.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/octets.h"
#include "kernel/cgroups.h"
#include "kernel/ip6_interfaces.h"
#include "kernel/ip_tables.h"
#include "kernel/links.h"
#include "kernel/socket_tables.h"
#include "kernel/softnet_cpus.h"
#include "mib/modules.h"
#include "mib/objects.h"
#include "tests/unit/serving.h"

static struct serving serving;

/* Has the request see a table of these rows, in their order. */
static void hold(enum tcx_table_id id, const struct tcx_table_reader *reader, void *rows,
		 size_t count)
{
	static struct tcx_table table;

	table = (struct tcx_table){.kind = &reader->kind, .count = count, .rows = rows};
	serving.request.held[id] = &table;
	serving.request.known[id] = true;
}

static bool add_nothing(struct tcx_tree *tree)
{
	(void)tree;
	return true;
}

static void serve(const char *word)
{
	serving_close(&serving);
	serving_open(&serving, NULL, add_nothing);
	assert_true(tcx_add_tables(&serving.tree, word));
	tcx_tree_sort(&serving.tree);
}

static int teardown(void **state)
{
	(void)state;
	serving_close(&serving);
	return 0;
}

static struct tcx_link new_link(uint32_t index)
{
	struct tcx_link link = {.name = "v0", .status = TCX_LINK_UP, .mtu = 1500};

	tcx_octets_put32(link.index, index);
	return link;
}

/* What an idle slave of a bond does not take is of no unknown protocol. */
static void unknown_protocols(void **state)
{
	struct tcx_link link = new_link(7);

	(void)state;
	link.counters.rx_nohandler = 5;
	link.counters.rx_dropped = 3;
	link.counters.rx_missed_errors = 1;
	serve("interfaces");
	hold(TCX_TABLE_INTERFACES, &tcx_links, &link, 1);
	assert_string_equal(serving_get(&serving, "2.2.1.15.7"), "Counter32 0");
	assert_string_equal(serving_get(&serving, "2.2.1.13.7"), "Counter32 4");
}

/* A column whose attribute the kernel does not tell has no instance in that row. */
static void lacking_links(void **state)
{
	static const struct {
		enum tcx_link_lack lack;
		const char *without; /* no instance */
		const char *next;    /* GETNEXT of it: the other row's */
	} cells[] = {
		{TCX_LINK_NO_NAME, "2.2.1.2.7", "2.2.1.2.8 STRING v0"},
		{TCX_LINK_NO_MTU, "2.2.1.4.7", "2.2.1.4.8 INTEGER 1500"},
		{TCX_LINK_NO_COUNTERS, "2.2.1.10.7", "2.2.1.10.8 Counter32 0"},
		{TCX_LINK_NO_COUNTERS, "2.2.1.15.7", "2.2.1.15.8 Counter32 0"},
		{TCX_LINK_NO_COUNTERS, "2.2.1.20.7", "2.2.1.20.8 Counter32 0"},
	};
	struct tcx_link links[] = {new_link(7), new_link(8)};

	(void)state;
	serve("interfaces");
	hold(TCX_TABLE_INTERFACES, &tcx_links, links, COUNT(links));
	links[0].status = TCX_LINK_UNKNOWN;
	for (size_t i = 0; i < COUNT(cells); i++) {
		char column[16] = "";

		memcpy(column, cells[i].without, strlen(cells[i].without) - 2);
		links[0].lacks = cells[i].lack;
		assert_string_equal(serving_get(&serving, cells[i].without), "no instance");
		assert_string_equal(serving_next(&serving, column), cells[i].next);
		assert_string_equal(serving_get(&serving, "2.2.1.1.7"), "INTEGER 7");
		assert_string_equal(serving_get(&serving, "2.2.1.8.7"), "INTEGER 4");
		assert_string_equal(serving_get(&serving, "2.1.0"), "INTEGER 2");
	}
}

static void lacking_neighbours(void **state)
{
	struct tcx_neighbour rows[] = {
		{.link = {0, 0, 0, 7}, .address = {10, 1, 0, 1}, .type = TCX_NEIGHBOUR_DYNAMIC},
		{.link = {0, 0, 0, 7}, .address = {10, 1, 0, 2}, .hardware_known = true},
	};

	(void)state;
	serve("ipNetToMediaTable");
	hold(TCX_TABLE_IP_NEIGHBOURS, &tcx_neighbours, rows, COUNT(rows));
	assert_string_equal(serving_get(&serving, "4.22.1.2.7.10.1.0.1"), "no instance");
	assert_string_equal(serving_get(&serving, "4.22.1.2.7.10.1.0.2"), "STRING ");
	assert_string_equal(serving_get(&serving, "4.22.1.4.7.10.1.0.1"), "INTEGER 3");
}

/* No kernel tells of more than 32 bits; if one did, all would be the network's. */
static void masks(void **state)
{
	static const struct {
		uint8_t prefix_len;
		const char *mask;
	} cells[] = {
		{0, "IpAddress 0.0.0.0"},	   {1, "IpAddress 128.0.0.0"},
		{24, "IpAddress 255.255.255.0"},   {32, "IpAddress 255.255.255.255"},
		{33, "IpAddress 255.255.255.255"}, {255, "IpAddress 255.255.255.255"},
	};
	struct tcx_address row = {.address = {10, 1, 0, 1}, .link = 7};

	(void)state;
	serve("ipAddrTable");
	hold(TCX_TABLE_IP_ADDRESSES, &tcx_addresses, &row, 1);
	for (size_t i = 0; i < COUNT(cells); i++) {
		row.prefix_len = cells[i].prefix_len;
		assert_string_equal(serving_get(&serving, "4.20.1.3.10.1.0.1"), cells[i].mask);
	}
}

/* InetAddress of each type: a zone is four octets more. */
static void listeners(void **state)
{
	struct tcx_tcp_listener rows[] = {
		{.at = {.address_type = TCX_IPV4, .address = {127, 0, 0, 1}, .port = {0, 80}}},
		{.at = {.address_type = TCX_IPV6, .address = {[15] = 1}, .port = {0, 80}}},
		{.at = {.address_type = TCX_IPV4Z,
			.address = {127, 0, 0, 1, 0, 0, 1, 2},
			.port = {0, 80}}},
		{.at = {.address_type = TCX_IPV6Z,
			.address = {0xfe, 0x80, [15] = 1, [19] = 3},
			.port = {1, 0}}},
	};
	static const char *const names[] = {
		"20.1.4.1.4.127.0.0.1.80",
		"20.1.4.2.16.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.1.80",
		"20.1.4.3.8.127.0.0.1.0.0.1.2.80",
		"20.1.4.4.20.254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1.0.0.0.3.256",
		NULL,
	};
	const char *name = "20.1.4";

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_TCP_LISTENERS, &tcx_tcp_listeners, rows, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		char wanted[128];

		rows[i].at.sockets = (uint32_t)i + 1;
		snprintf(wanted, sizeof(wanted), "%s Gauge32 %zu", names[i], i + 1);
		assert_string_equal(serving_next(&serving, name), wanted);
		name = names[i];
		assert_string_equal(serving_get(&serving, name), wanted + strlen(name) + 1);
	}
	assert_string_equal(serving_get(&serving, "20.1.10.1.4.127.0.0.1.80"),
			    "STRING 127.0.0.1:80");
	assert_int_equal(strncmp(serving_next(&serving, name), "20.1.5.1.4", 10), 0);
}

/* What repeats the index as text. */
static void names(void **state)
{
	struct tcx_tcp_state_row states[] = {
		{.address_type = TCX_IPV4, .state = TCX_TCP_CLOSED},
		{.address_type = TCX_IPV4, .state = TCX_TCP_TIME_WAIT},
		{.address_type = TCX_IPV6, .state = TCX_TCP_SYN_RECEIVED},
	};
	struct tcx_softnet_cpu cpus[] = {{.index = {0, 0, 0, 1}}, {.index = {0, 0, 16, 0}}};

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_TCP_STATES, &tcx_tcp_states, states, COUNT(states));
	assert_string_equal(serving_get(&serving, "18.1.7.1.1"), "STRING ipv4 closed");
	assert_string_equal(serving_get(&serving, "18.1.7.1.11"), "STRING ipv4 timeWait");
	assert_string_equal(serving_get(&serving, "18.1.7.2.4"), "STRING ipv6 synReceived");
	hold(TCX_TABLE_SOFTNET_CPUS, &tcx_softnet_cpus, cpus, COUNT(cpus));
	assert_string_equal(serving_get(&serving, "30.1.8.1"), "STRING cpu0");
	assert_string_equal(serving_get(&serving, "30.1.8.4096"), "STRING cpu4095");
}

/* RFC 5952: the longest run of zeros, the first of equals, one alone stays; IPv4 as such. */
static void socket_names(void **state)
{
	static const struct {
		uint8_t type;
		uint8_t address[20];
		const char *link, *name;
	} rows[] = {
		{TCX_IPV4, {0}, "", "0.0.0.0:443"},
		{TCX_IPV4Z, {192, 0, 2, 1, 0, 0, 0, 7}, "eth0", "192.0.2.1%eth0:443"},
		{TCX_IPV4Z, {0, 0, 0, 0, 0, 0, 1, 0}, "", "0.0.0.0%256:443"},
		{TCX_IPV6, {0}, "", "[::]:443"},
		{TCX_IPV6, {[15] = 1}, "", "[::1]:443"},
		{TCX_IPV6, {[10] = 255, 255, 192, 0, 2, 1}, "", "[::ffff:192.0.2.1]:443"},
		{TCX_IPV6, {0x20, 1, 0x0d, 0xb8, 0xAB, [15] = 1}, "", "[2001:db8:ab00::1]:443"},
		{TCX_IPV6, {0x20, 1, [9] = 1, [15] = 1}, "", "[2001::1:0:0:1]:443"},
		{TCX_IPV6,
		 {0x20, 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1},
		 "",
		 "[2001:1::1:0:0:1]:443"},
		{TCX_IPV6,
		 {0x20, 1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1},
		 "",
		 "[2001:1:0:1:1:1:1:1]:443"},
		{TCX_IPV6Z, {0xfe, 0x80, [15] = 1, [19] = 3}, "eth0", "[fe80::1%eth0]:443"},
		{TCX_IPV6Z, {0xfe, 0x80, [15] = 1, [19] = 3}, "", "[fe80::1%3]:443"},
		{TCX_IPV6Z, {[16] = 0xff, 0xff, 0xff, 0xff}, "", "[::%4294967295]:443"},
		{TCX_IPV6Z, {[19] = 1}, "caf\xe9\\", "[::%caf\\xe9\\x5c]:443"},
		{TCX_IPV6Z,
		 {[19] = 1},
		 "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		 "[::%\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff"
		 "\\xff]:443"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tcx_bound at = {.address_type = rows[i].type, .port = {1, 187}};
		struct tcx_value value;

		memcpy(at.address, rows[i].address, sizeof(at.address));
		snprintf(at.link_name, sizeof(at.link_name), "%s", rows[i].link);
		tcx_value_socket_name(&value, &at);
		assert_string_equal(value.data, rows[i].name);
		assert_int_equal(value.len, strlen(rows[i].name));
	}
}

/* What procfs does not tell has no instance; what more than 32 bits hold is latched, or wraps. */
static void bound(void **state)
{
	struct tcx_udp_socket rows[] = {
		{.at = {.address_type = TCX_IPV4, .port = {0, 53}, .sockets = 1},
		 .receive_queue = 7},
		{.at = {.address_type = TCX_IPV4,
			.port = {0, 54},
			.limit_known = true,
			.use = 12345,
			.drops = {.count = UINT32_MAX, .since_ns = 1}},
		 .receive_limit = 1ULL << 32},
	};
	static const char *const wanted[] = {
		"31.1.4.1.4.0.0.0.0.53 Gauge32 1",
		"31.1.4.1.4.0.0.0.0.54 Gauge32 0",
		"31.1.5.1.4.0.0.0.0.53 Gauge32 7",
		"31.1.5.1.4.0.0.0.0.54 Gauge32 0",
		"31.1.6.1.4.0.0.0.0.54 Gauge32 4294967295",
		"31.1.7.1.4.0.0.0.0.54 Gauge32 12345",
		"31.1.8.1.4.0.0.0.0.54 Counter32 4294967295",
		"31.1.9.1.4.0.0.0.0.53 Gauge32 0",
		"31.1.9.1.4.0.0.0.0.54 Gauge32 0",
		"31.1.10.1.4.0.0.0.0.54 TimeTicks 0",
		"31.1.11.1.4.0.0.0.0.53 STRING 0.0.0.0:53",
	};
	char name[64] = "31.1";

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_UDP_SOCKETS, &tcx_udp_sockets, rows, COUNT(rows));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_string_equal(serving_next(&serving, name), wanted[i]);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(wanted[i], " "), wanted[i]);
	}
}

/* Counters that the kernel does not print have no instance; all 64 bits show, and names as text. */
static void ip6_interfaces(void **state)
{
	struct tcx_ip6_interface rows[] = {{.index = {0, 0, 0, 1}, .name = "lo"},
					   {.index = {0, 0, 16, 0}, .name = "v\xe9\\"}};

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_IP6_INTERFACES, &tcx_ip6_interfaces, rows, COUNT(rows));
	serving.request.uptime_zero_ns = 1000;
	rows[0].since_ns = 999;
	rows[1].since_ns = 20001000;
	rows[1].known[TCX_COUNTED_ifIp6InReceives] = true;
	rows[1].numbers[TCX_COUNTED_ifIp6InReceives] = UINT64_MAX;
	rows[0].known[TCX_COUNTED_ifIcmp6OutMLDv2Reports] = true;
	rows[0].numbers[TCX_COUNTED_ifIcmp6OutMLDv2Reports] = 5;
	assert_string_equal(serving_next(&serving, "33"), "33.1.2.1 STRING lo");
	assert_string_equal(serving_get(&serving, "33.1.2.4096"), "STRING v\\xe9\\x5c");
	assert_string_equal(serving_get(&serving, "33.1.3.1"), "TimeTicks 0");
	assert_string_equal(serving_get(&serving, "33.1.3.4096"), "TimeTicks 2");
	assert_string_equal(serving_get(&serving, "33.1.4.1"), "no instance");
	assert_string_equal(serving_next(&serving, "33.1.4"),
			    "33.1.4.4096 Counter64 18446744073709551615");
	assert_string_equal(serving_next(&serving, "33.1.4.4096"), "33.1.72.1 Counter64 5");
}

/* Groups that rows refer to by their numbers. */
static struct tcx_cgroup groups[] = {
	{.id = 1, .service = "nginx.service", .path = "/s/nginx.service"},
	{.id = 2, .service = ""},
	{.id = 3, .service = "a\xff", .path = "/"},
};
static const struct tcx_table_kind groups_kind = {.row_size = sizeof(groups[0]),
						  .key_size = sizeof(groups[0].id)};
static struct tcx_table groups_table = {
	.kind = &groups_kind, .count = COUNT(groups), .rows = (uint8_t *)groups};

/* Whose a socket is has no instance where the kernel or the tree of cgroups does not tell. */
static void whose(void **state)
{
	struct tcx_udp_socket rows[] = {
		{.at = {.address_type = TCX_IPV4, .port = {0, 51}}},
		{.at = {.address_type = TCX_IPV4, .port = {0, 52}, .cgroup = 1}},
		{.at = {.address_type = TCX_IPV4, .port = {0, 53}, .cgroup = 2}},
		{.at = {.address_type = TCX_IPV4, .port = {0, 54}, .cgroup = 4}},
		{.at = {.address_type = TCX_IPV4, .port = {0, 55}, .cgroup = 3}},
	};

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_UDP_SOCKETS, &tcx_udp_sockets, rows, COUNT(rows));
	assert_string_equal(serving_get(&serving, "31.1.12.1.4.0.0.0.0.52"), "no instance");
	serving.request.held[TCX_TABLE_UDP_SOCKETS]->names = &groups_table;
	assert_string_equal(serving_next(&serving, "31.1.12"),
			    "31.1.12.1.4.0.0.0.0.52 STRING nginx.service");
	assert_string_equal(serving_next(&serving, "31.1.12.1.4.0.0.0.0.52"),
			    "31.1.12.1.4.0.0.0.0.55 STRING a\\xff");
}

/* The index is the length and the characters of a name, and a number. */
static void services(void **state)
{
	struct tcx_service rows[] = {
		{.cgroup = 2, .udp_sockets = 1},
		{.name_len = 1, .name = "b", .path_hash = {255, 255, 255, 255}, .cgroup = 3},
		{.name_len = 2,
		 .name = "aa",
		 .path_hash = {0, 0, 0, 7},
		 .cgroup = 1,
		 .limit_known = true,
		 .use = 1,
		 .unread = 1ULL << 32,
		 .drops = {.count = UINT32_MAX, .since_ns = 1}},
	};
	static const char *const wanted[] = {
		"39.1.3.1.98.4294967295 STRING a\\xff",
		"39.1.3.2.97.97.7 STRING nginx.service",
		"39.1.4.1.98.4294967295 STRING /",
		"39.1.4.2.97.97.7 STRING /s/nginx.service",
		"39.1.5.0.0 Gauge32 0",
	};
	char name[64] = "39.1";

	(void)state;
	serve("tcpext");
	hold(TCX_TABLE_SERVICES, &tcx_services, rows, COUNT(rows));
	serving.request.held[TCX_TABLE_SERVICES]->names = &groups_table;
	for (size_t i = 0; i < COUNT(wanted); i++) {
		assert_string_equal(serving_next(&serving, name), wanted[i]);
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(wanted[i], " "), wanted[i]);
	}
	assert_string_equal(serving_get(&serving, "39.1.9.0.0"), "Gauge32 1");
	assert_string_equal(serving_get(&serving, "39.1.10.2.97.97.7"), "Counter64 4294967296");
	assert_string_equal(serving_next(&serving, "39.1.12"),
			    "39.1.12.2.97.97.7 Counter32 4294967295");
	assert_string_equal(serving_next(&serving, "39.1.14"), "39.1.14.2.97.97.7 Gauge32 1");
	assert_string_equal(serving_get(&serving, "39.1.9.1.98"), "no instance");
}

/* A table of a module that there is not would not be missed by anybody. */
static void every_row_has_a_module(void **state)
{
	enum {
#define INDEX_hidden							       0
#define INDEX_readable							       1
#define INDEX(table, sub_id, object, access, as, octets, syntax, limits, text) +INDEX_##access
#define COLUMN(table, sub_id, object, syntax, limits, unit, text)	       +1
#define COUNTED(table, sub_id, object, counter, text)			       +1
		ROWS = 0
#include "mibs/tables.def"
	};
	size_t added = 0;

	(void)state;
	for (size_t i = 0; i < tcx_modules_count; i++) {
		struct tcx_tree tree = {0};

		assert_true(tcx_add_tables(&tree, tcx_modules[i].word));
		added += tree.count;
		tcx_tree_clear(&tree);
	}
	assert_int_equal(added, ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(unknown_protocols, teardown),
		cmocka_unit_test_teardown(lacking_links, teardown),
		cmocka_unit_test_teardown(lacking_neighbours, teardown),
		cmocka_unit_test_teardown(masks, teardown),
		cmocka_unit_test_teardown(listeners, teardown),
		cmocka_unit_test_teardown(names, teardown),
		cmocka_unit_test(socket_names),
		cmocka_unit_test_teardown(bound, teardown),
		cmocka_unit_test_teardown(ip6_interfaces, teardown),
		cmocka_unit_test_teardown(whose, teardown),
		cmocka_unit_test_teardown(services, teardown),
		cmocka_unit_test(every_row_has_a_module),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
