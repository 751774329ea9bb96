/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of services: what they count, how they are named, and drops from reading to reading. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/kernel/sockets/sockets.h"
#include "base/octets.h"
#include "kernel/cgroups.h"

#define NS 1000000000ULL

static uint64_t now_ns = NS;

/* A socket of a cgroup, as sock_diag tells of it. */
struct seen {
	uint64_t cgroup;
	enum tcx_protocol protocol;
	uint8_t state;
	uint32_t receive, send; /* queues; of a listener: queue and maximum */
	uint32_t drops;
	uint64_t cookie;
};

static struct tcx_socket socket_of(const struct seen *seen)
{
	struct tcx_socket socket = {
		.protocol = seen->protocol,
		.family = AF_INET,
		.state = seen->state,
		.receive_queue = seen->receive,
		.send_queue = seen->send,
		.cookie = seen->cookie,
		.cgroup = seen->cgroup,
		.drops_known = true,
		.drops = seen->drops,
		.memory_count = SK_MEMINFO_VARS,
	};

	socket.memory[SK_MEMINFO_RMEM_ALLOC] = seen->receive;
	socket.memory[SK_MEMINFO_RCVBUF] = 1000;
	return socket;
}

/* Groups by their numbers; 9 has no name, and 2 and 20 have the same path. */
static const struct tcx_cgroup groups[] = {
	{.id = 1, .service = "/", .path = "/", .path_hash = 0x2a0c975e},
	{.id = 2, .service = "web.service", .path = "/s/web.service", .path_hash = 22},
	{.id = 3, .service = "web.service", .path = "/u/web.service", .path_hash = 11},
	{.id = 4, .service = "a\xff", .path = "/a\xff", .path_hash = 4},
	{.id = 9},
	{.id = 20, .service = "web.service", .path = "/s/web.service", .path_hash = 22},
};

static struct tcx_table *names_of_groups(void)
{
	static const struct tcx_table_kind kind = {.row_size = sizeof(struct tcx_cgroup),
						   .key_size = sizeof(uint64_t)};
	struct tcx_table *names = tcx_table_new(&kind, SIZE_MAX, 0, NULL);

	for (size_t i = 0; i < COUNT(groups); i++)
		assert_true(tcx_table_append(names, &groups[i], NULL));
	assert_true(tcx_table_sort_unique(names, NULL));
	return names;
}

static struct tcx_table *read_rows(const struct tcx_table *before, const struct seen *seen,
				   size_t count, size_t told)
{
	struct tcx_table *table = tcx_table_new(&tcx_services.kind, 100, now_ns += NS, NULL);

	table->before = before;
	for (size_t i = 0; i < count; i++) {
		struct tcx_socket socket = socket_of(&seen[i]);

		socket.memory_count = told;
		socket.drops_known = told > SK_MEMINFO_DROPS;
		assert_true(tcx_services.sockets.take(table, &socket, NULL));
	}
	table->names = names_of_groups();
	assert_true(tcx_services.read(table, NULL, NULL));
	assert_true(tcx_table_sort_unique(table, NULL));
	assert_true(tcx_services.sockets.end(table, NULL));
	return table;
}

static const struct tcx_service *row_of(const struct tcx_table *table, const char *name,
					uint32_t path_hash)
{
	struct tcx_service key = {.name_len = (uint8_t)strlen(name)};

	memcpy(key.name, name, strlen(name));
	tcx_octets_put32(key.path_hash, path_hash);
	return tcx_table_find(table, &key);
}

static void counts(void **state)
{
	static const struct seen seen[] = {
		{2, TCX_TCP, TCP_LISTEN, 1, 3, 0, 1},
		{2, TCX_TCP, TCP_LISTEN, 2, 1, 0, 2},
		{2, TCX_TCP, TCP_ESTABLISHED, 5, 6, 0, 3},
		{2, TCX_TCP, TCP_ESTABLISHED, 0, 100, 7, 4},
		{2, TCX_TCP, TCP_SYN_SENT, 0, 1, 0, 5},
		{2, TCX_TCP, TCP_CLOSE_WAIT, 50, 0, 0, 6},
		{2, TCX_TCP, TCP_FIN_WAIT1, 0, 0, 0, 7},
		{2, TCX_TCP, TCP_FIN_WAIT2, 0, 0, 0, 8},
		{2, TCX_TCP, TCP_LAST_ACK, 0, 0, 0, 9},
		{2, TCX_TCP, TCP_CLOSING, 0, 0, 0, 10},
		{2, TCX_TCP, TCP_CLOSE, 0, 0, 0, 11},
		{2, TCX_UDP, TCP_CLOSE, 900, 2000, 4, 12},
		{2, TCX_UDP, TCP_ESTABLISHED, 0, 0, 0, 13},
		{0, TCX_TCP, TCP_TIME_WAIT, 0, 0, 0, 0},
		{0, TCX_TCP, TCP_SYN_RECV, 0, 0, 0, 0},
	};
	struct tcx_table *table = read_rows(NULL, seen, COUNT(seen), SK_MEMINFO_VARS);
	const struct tcx_service *row = row_of(table, "web.service", 22);

	(void)state;
	assert_int_equal(tcx_services.sockets.cgroup(row), 2);
	assert_int_equal(table->count, 1);
	assert_non_null(row);
	assert_int_equal(row->listeners, 2);
	assert_int_equal(row->established, 2);
	assert_int_equal(row->connecting, 1);
	assert_int_equal(row->closing, 6);
	assert_int_equal(row->udp_sockets, 2);
	assert_int_equal(row->unread, 955);
	assert_int_equal(row->unsent, 2107);
	assert_true(row->limit_known);
	assert_int_equal(row->use, 10000);
	/* An established connection drops as well, which is another matter. */
	assert_int_equal(row->drops.count, 4);
	assert_int_equal(row->drops.since_ns, table->taken_ns);
	tcx_table_unref(table);
}

/* Groups of one path are one row, which has what both have. */
static void two_groups(void **state)
{
	static const struct seen seen[] = {
		{2, TCX_TCP, TCP_LISTEN, 1, 3, 0, 1},
		{2, TCX_TCP, TCP_ESTABLISHED, 5, 6, 0, 2},
		{2, TCX_TCP, TCP_SYN_SENT, 0, 1, 0, 3},
		{2, TCX_TCP, TCP_CLOSE_WAIT, 50, 0, 0, 4},
		{2, TCX_UDP, TCP_CLOSE, 900, 2000, 0, 5},
		{20, TCX_TCP, TCP_LISTEN, 2, 1, 0, 6},
		{20, TCX_TCP, TCP_ESTABLISHED, 0, 100, 0, 7},
		{20, TCX_TCP, TCP_SYN_SENT, 0, 1, 0, 8},
		{20, TCX_TCP, TCP_FIN_WAIT1, 0, 0, 0, 9},
		{20, TCX_UDP, TCP_CLOSE, 0, 0, 0, 10},
	};
	struct tcx_table *table = read_rows(NULL, seen, COUNT(seen), SK_MEMINFO_VARS);
	const struct tcx_service *row = row_of(table, "web.service", 22);

	(void)state;
	assert_int_equal(table->count, 1);
	assert_non_null(row);
	assert_int_equal(row->cgroup, 2);
	assert_int_equal(row->listeners, 2);
	assert_int_equal(row->established, 2);
	assert_int_equal(row->connecting, 2);
	assert_int_equal(row->closing, 2);
	assert_int_equal(row->udp_sockets, 2);
	assert_int_equal(row->unread, 955);
	assert_int_equal(row->unsent, 2108);
	assert_true(row->limit_known);
	assert_int_equal(row->use, 10000);
	tcx_table_unref(table);
}

/* By name, short ones first, and then by path; one row for all that has no name. */
static void order(void **state)
{
	static const struct seen seen[] = {
		{1, TCX_UDP, TCP_CLOSE, 0, 0, 0, 1}, {2, TCX_UDP, TCP_CLOSE, 0, 0, 0, 2},
		{3, TCX_UDP, TCP_CLOSE, 0, 0, 0, 3}, {4, TCX_UDP, TCP_CLOSE, 0, 0, 0, 4},
		{9, TCX_UDP, TCP_CLOSE, 0, 0, 0, 5}, {77, TCX_UDP, TCP_CLOSE, 0, 0, 0, 6},
	};
	static const struct {
		const char *name;
		uint32_t path_hash, sockets;
	} rows[] = {
		{"", 0, 2},
		{"/", 0x2a0c975e, 1},
		{"a\\xff", 4, 1},
		{"web.service", 11, 1},
		{"web.service", 22, 1},
	};
	struct tcx_table *table = read_rows(NULL, seen, COUNT(seen), SK_MEMINFO_VARS);

	(void)state;
	assert_int_equal(table->count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_ptr_equal(row_of(table, rows[i].name, rows[i].path_hash),
				 tcx_table_row(table, i));
		assert_int_equal(((const struct tcx_service *)tcx_table_row(table, i))->udp_sockets,
				 rows[i].sockets);
	}
	tcx_table_unref(table);
}

/* Readings one after the other: what /s/web.service has dropped then. */
static const struct reading {
	const char *what;
	struct seen seen[3];
	uint32_t drops;
	uint32_t since; /* the reading, from 0 */
} readings[] = {
	{"first: what ss shows",
	 {{2, TCX_TCP, TCP_LISTEN, 0, 0, 7, 1}, {2, TCX_UDP, TCP_CLOSE, 0, 0, 5, 2}},
	 12,
	 0},
	{"each grew",
	 {{2, TCX_TCP, TCP_LISTEN, 0, 0, 8, 1}, {2, TCX_UDP, TCP_CLOSE, 0, 0, 9, 2}},
	 17,
	 0},
	{"one has closed", {{2, TCX_TCP, TCP_LISTEN, 0, 0, 8, 1}}, 17, 0},
	{"of another service",
	 {{2, TCX_TCP, TCP_LISTEN, 0, 0, 8, 1}, {3, TCX_UDP, 7, 0, 0, 99, 3}},
	 17,
	 0},
	{"it is started anew, in a new group", {{20, TCX_TCP, TCP_LISTEN, 0, 0, 2, 4}}, 19, 0},
	{"and the old group lives on",
	 {{20, TCX_TCP, TCP_LISTEN, 0, 0, 3, 4}, {2, TCX_UDP, TCP_CLOSE, 0, 0, 6, 5}},
	 26,
	 0},
	{"no socket can drop", {{20, TCX_TCP, TCP_ESTABLISHED, 0, 0, 3, 6}}, 26, 0},
	{"one can again", {{20, TCX_UDP, TCP_CLOSE, 0, 0, 1, 7}}, 27, 0},
	{"it has no socket", {{3, TCX_UDP, TCP_CLOSE, 0, 0, 99, 3}}, 0, 0},
	{"a new row", {{20, TCX_UDP, TCP_CLOSE, 0, 0, 4, 7}}, 4, 9},
};

static void growth(void **state)
{
	const uint64_t began = now_ns + NS;
	struct tcx_table *before = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		const struct seen *seen = readings[i].seen;
		const struct tcx_service *row;
		struct tcx_table *table;
		size_t count = 0;

		while (count < COUNT(readings[i].seen) && seen[count].cookie != 0)
			count++;
		table = read_rows(before, seen, count, SK_MEMINFO_VARS);
		row = row_of(table, "web.service", 22);
		if (row == NULL ? seen[0].cgroup != 3
				: row->drops.count != readings[i].drops ||
					  row->drops.since_ns != began + readings[i].since * NS)
			fail_msg("%s", readings[i].what);
		tcx_table_unref(before);
		before = table;
	}
	tcx_table_unref(before);
}

/* A kernel that tells of no memory: neither drops nor use, unless it is a listener's. */
static void not_told(void **state)
{
	static const struct seen seen[] = {{2, TCX_UDP, TCP_CLOSE, 9, 0, 0, 1},
					   {3, TCX_TCP, TCP_LISTEN, 1, 1, 0, 2}};
	struct tcx_table *table = read_rows(NULL, seen, COUNT(seen), 0);

	(void)state;
	assert_false(row_of(table, "web.service", 22)->limit_known);
	assert_int_equal(row_of(table, "web.service", 22)->drops.since_ns, 0);
	assert_int_equal(row_of(table, "web.service", 11)->use, 5000);
	tcx_table_unref(table);
}

/* When the table is full no further service has a row, and those that are there are counted on. */
static void full(void **state)
{
	struct tcx_table *table = tcx_table_new(&tcx_services.kind, 3, NS, NULL);

	(void)state;
	for (uint64_t id = 1; id <= 10; id++) {
		const struct seen seen = {1 + id % 5, TCX_UDP, TCP_CLOSE, 0, 0, 0, id};
		struct tcx_socket socket = socket_of(&seen);

		assert_true(tcx_services.sockets.take(table, &socket, NULL));
	}
	assert_true(table->cut);
	assert_int_equal(table->count, 3);
	for (size_t i = 0; i < table->count; i++)
		assert_int_equal(((const struct tcx_service *)tcx_table_row(table, i))->udp_sockets,
				 2);
	tcx_table_unref(table);
}

/* Of an address that sockets of several services share the row has the oldest group. */
static void shared_address(void **state)
{
	static const struct seen seen[] = {{3, TCX_UDP, TCP_CLOSE, 0, 0, 0, 1},
					   {0, TCX_UDP, TCP_CLOSE, 0, 0, 0, 2},
					   {2, TCX_UDP, TCP_CLOSE, 0, 0, 0, 3},
					   {4, TCX_UDP, TCP_CLOSE, 0, 0, 0, 4}};
	const struct tcx_table_reader *reader = &tcx_udp_sockets;
	struct tcx_table *table = tcx_table_new(&reader->kind, 100, NS, NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		struct tcx_socket socket = socket_of(&seen[i]);

		assert_true(reader->sockets.take(table, &socket, NULL));
	}
	assert_true(tcx_table_sort_unique(table, NULL));
	assert_int_equal(table->count, 1);
	assert_int_equal(reader->sockets.cgroup(tcx_table_row(table, 0)), 2);
	tcx_table_unref(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),	  cmocka_unit_test(two_groups),
		cmocka_unit_test(order),	  cmocka_unit_test(growth),
		cmocka_unit_test(not_told),	  cmocka_unit_test(full),
		cmocka_unit_test(shared_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
