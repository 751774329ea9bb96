/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of bound sockets: how full they are, and drops that are counted from reading to reading. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "agent/kernel/sockets/sockets.h"

#define NS 1000000000ULL

static uint64_t now_ns = NS;

/* A socket of 127.0.0.1, as sock_diag tells of it. */
struct seen {
	uint64_t cookie;
	uint8_t port;
	uint32_t drops;
	uint32_t queue, limit;
};

static struct tcx_socket socket_of(const struct seen *seen, bool tcp)
{
	struct tcx_socket socket = {
		.family = AF_INET,
		.state = tcp ? TCP_LISTEN : TCP_CLOSE,
		.local = {127, 0, 0, 1},
		.local_port = {0, seen->port},
		.receive_queue = seen->queue,
		.send_queue = tcp ? seen->limit : 0,
		.cookie = seen->cookie,
		.memory_count = SK_MEMINFO_VARS,
	};

	socket.memory[SK_MEMINFO_RMEM_ALLOC] = seen->queue;
	socket.memory[SK_MEMINFO_RCVBUF] = seen->limit;
	socket.memory[SK_MEMINFO_DROPS] = seen->drops;
	return socket;
}

/* So many values of the memory come from the kernel. */
static struct tcx_table *read_told(const struct tcx_table_reader *reader,
				   const struct tcx_table *before, const struct seen *seen,
				   size_t count, size_t told)
{
	struct tcx_table *table = tcx_table_new(&reader->kind, SIZE_MAX, now_ns += NS, NULL);

	table->before = before;
	for (size_t i = 0; i < count; i++) {
		struct tcx_socket socket = socket_of(&seen[i], reader == &tcx_tcp_listeners);

		socket.memory_count = told;
		assert_true(reader->sockets.take(table, &socket, NULL));
	}
	assert_true(tcx_table_sort_unique(table, NULL));
	assert_true(reader->sockets.end(table, NULL));
	return table;
}

static struct tcx_table *read_sockets(const struct tcx_table *before, const struct seen *seen,
				      size_t count)
{
	return read_told(&tcx_tcp_listeners, before, seen, count, SK_MEMINFO_VARS);
}

static const struct tcx_bound *row_of(const struct tcx_table *table, uint8_t port)
{
	const struct tcx_bound key = {
		.address_type = TCX_IPV4, .address = {127, 0, 0, 1}, .port = {0, port}};

	return tcx_table_find(table, &key);
}

/* Readings one after the other, of at most three sockets: what the row of port 80 has then. */
static const struct reading {
	const char *what;
	struct seen seen[3];
	uint32_t drops; /* of that row */
	uint32_t since; /* the reading, from 0 */
} readings[] = {
	{"first: what ss shows", {{1, 80, 7, 0, 0}, {2, 80, 5, 0, 0}}, 12, 0},
	{"nothing came", {{1, 80, 7, 0, 0}, {2, 80, 5, 0, 0}}, 12, 0},
	{"each grew", {{1, 80, 9, 0, 0}, {2, 80, 8, 0, 0}}, 17, 0},
	{"one has closed, the other grew", {{2, 80, 9, 0, 0}}, 18, 0},
	{"a new one has dropped already", {{2, 80, 9, 0, 0}, {3, 80, 4, 0, 0}}, 22, 0},
	{"the dump shows one twice", {{3, 80, 6, 0, 0}, {2, 80, 9, 0, 0}, {3, 80, 6, 0, 0}}, 24, 0},
	{"it passes one over", {{2, 80, 10, 0, 0}}, 25, 0},
	{"which is there again", {{2, 80, 10, 0, 0}, {3, 80, 8, 0, 0}}, 27, 0},
	{"a count wraps", {{2, 80, UINT32_MAX, 0, 0}, {3, 80, 8, 0, 0}}, 16, 0},
	{"and goes on", {{2, 80, 2, 0, 0}, {3, 80, 8, 0, 0}}, 19, 0},
	{"another address drops", {{2, 80, 2, 0, 0}, {3, 80, 8, 0, 0}, {4, 81, 50, 0, 0}}, 19, 0},
	{"and its socket comes here", {{2, 80, 2, 0, 0}, {4, 80, 52, 0, 0}}, 21, 0},
	{"the program begins anew", {{5, 80, 0, 0, 0}}, 21, 0},
	{"its first drops", {{5, 80, 3, 0, 0}}, 24, 0},
	{"nobody listens", {{4, 81, 52, 0, 0}}, 0, 0},
	{"a new row", {{6, 80, 2, 0, 0}}, 2, 15},
	{"goes on as such", {{6, 80, 3, 0, 0}}, 3, 15},
};

static void growth(void **state)
{
	const uint64_t began = now_ns + NS;
	struct tcx_table *before = NULL;

	(void)state;
	for (size_t i = 0; i < COUNT(readings); i++) {
		const struct seen *seen = readings[i].seen;
		size_t count = 0;
		struct tcx_table *table;
		const struct tcx_bound *row;

		while (count < COUNT(readings[i].seen) && seen[count].cookie != 0)
			count++;
		table = read_sockets(before, seen, count);
		row = row_of(table, 80);
		if (row == NULL ? seen[0].port == 80
				: row->drops != readings[i].drops ||
					  row->since_ns != began + readings[i].since * NS)
			fail_msg("%s", readings[i].what);
		tcx_table_unref(before);
		before = table;
	}
	tcx_table_unref(before);
}

/* What is passed over twice has closed: it is forgotten, so that notes do not pile up. */
static void forgotten(void **state)
{
	static const struct seen two[] = {{1, 80, 7, 0, 0}, {2, 80, 5, 0, 0}};
	struct tcx_table *tables[4];

	(void)state;
	for (size_t i = 0; i < COUNT(tables); i++)
		tables[i] = read_sockets(i > 0 ? tables[i - 1] : NULL, two, i == 0 ? 2 : 1);
	assert_int_equal(tables[0]->notes->count, 2);
	assert_int_equal(tables[1]->notes->count, 2);
	assert_int_equal(tables[2]->notes->count, 1);
	assert_int_equal(tables[3]->notes->count, 1);
	for (size_t i = 0; i < COUNT(tables); i++)
		tcx_table_unref(tables[i]);
}

/* Sockets come, drop much and go; the row has what they dropped, as far as a reading saw it. */
static void by_chance(void **state)
{
	enum { SOCKETS = 20, READINGS = 2000 };
	struct seen seen[SOCKETS] = {{0}};
	struct tcx_table *before = NULL;
	uint64_t cookie = 1, truth = 0;

	(void)state;
	srand(1);
	for (size_t i = 0; i < SOCKETS; i++)
		seen[i] = (struct seen){.cookie = cookie++, .port = 80};
	for (int i = 0; i < READINGS; i++) {
		struct tcx_table *table;
		size_t one = (size_t)rand() % SOCKETS;

		seen[one] = (struct seen){.cookie = cookie++, .port = 80};
		for (size_t k = 0; k < SOCKETS; k++) {
			uint32_t more = rand() % 3 == 0 ? (uint32_t)rand() : 0;

			seen[k].drops += more;
			truth += more;
		}
		table = read_sockets(before, seen, SOCKETS);
		assert_int_equal(row_of(table, 80)->drops, (uint32_t)truth);
		assert_int_equal(row_of(table, 80)->sockets, SOCKETS);
		tcx_table_unref(before);
		before = table;
	}
	assert_true(truth > UINT32_MAX);
	tcx_table_unref(before);
}

/* Kernels before 4.7 tell of memory without drops; others of nothing, as procfs. */
static void not_told(void **state)
{
	static const struct seen one = {1, 80, 7, 50, 200};
	const struct tcx_table_reader *reader = &tcx_udp_sockets;
	struct tcx_table *none = read_told(reader, NULL, &one, 1, 0);
	struct tcx_table *old = read_told(reader, none, &one, 1, SK_MEMINFO_DROPS);
	struct tcx_table *whole = read_told(reader, old, &one, 1, SK_MEMINFO_VARS);
	struct tcx_table *lost = read_told(reader, whole, &one, 1, 0);

	(void)state;
	assert_false(row_of(none, 80)->limit_known);
	assert_int_equal(row_of(none, 80)->since_ns, 0);
	assert_true(row_of(old, 80)->limit_known);
	assert_int_equal(row_of(old, 80)->use, 2500);
	assert_int_equal(row_of(old, 80)->since_ns, 0);
	assert_int_equal(row_of(whole, 80)->drops, 7);
	assert_int_equal(row_of(whole, 80)->since_ns, whole->taken_ns);
	assert_int_equal(row_of(lost, 80)->since_ns, 0);
	tcx_table_unref(none);
	tcx_table_unref(old);
	tcx_table_unref(whole);
	tcx_table_unref(lost);
}

static const struct use {
	const struct tcx_table_reader *reader;
	struct seen seen[2];
	uint32_t use;
} uses[] = {
	{&tcx_tcp_listeners, {{1, 80, 0, 0, 0}}, 0},
	{&tcx_tcp_listeners, {{1, 80, 0, 1, 0}}, 10000},
	{&tcx_tcp_listeners, {{1, 80, 0, 1, 1}}, 5000},
	{&tcx_tcp_listeners, {{1, 80, 0, 2, 1}}, 10000},
	{&tcx_tcp_listeners, {{1, 80, 0, 1, 3}, {2, 80, 0, 0, 3}}, 2500},
	{&tcx_tcp_listeners, {{1, 80, 0, 0, 3}, {2, 80, 0, 3, 3}}, 7500},
	{&tcx_tcp_listeners, {{1, 80, 0, 1, UINT32_MAX}}, 0},
	{&tcx_tcp_listeners, {{1, 80, 0, UINT32_MAX, 0}}, UINT32_MAX},
	{&tcx_udp_sockets, {{1, 80, 0, 1000, 3000}}, 3333},
	{&tcx_udp_sockets, {{1, 80, 0, 4500, 3000}, {2, 80, 0, 1, 3000}}, 15000},
	{&tcx_udp_sockets, {{1, 80, 0, 1000, 0}}, 0},
};

static void use(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(uses); i++) {
		const struct use *one = &uses[i];
		size_t count = one->seen[1].cookie != 0 ? 2 : 1;
		struct tcx_table *table =
			read_told(one->reader, NULL, one->seen, count, SK_MEMINFO_VARS);

		if (row_of(table, 80)->use != one->use)
			fail_msg("row %zu: %u", i, row_of(table, 80)->use);
		tcx_table_unref(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth),    cmocka_unit_test(forgotten),
		cmocka_unit_test(by_chance), cmocka_unit_test(not_told),
		cmocka_unit_test(use),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
