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
	socket.drops = seen->drops;
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
		socket.drops_known = told > SK_MEMINFO_DROPS;
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
				: row->drops.count != readings[i].drops ||
					  row->drops.since_ns != began + readings[i].since * NS)
			fail_msg("%s", readings[i].what);
		tcx_table_unref(before);
		before = table;
	}
	tcx_table_unref(before);
}

/*
 * Reads both sockets, then the first one so many times, then both: what the row has grown by since.
 * The second one drops 3 meanwhile.
 */
static uint32_t passed_over(size_t times, size_t *notes)
{
	struct seen two[] = {{1, 80, 7, 0, 0}, {2, 80, 5, 0, 0}};
	struct tcx_table *before = read_sockets(NULL, two, 2);
	uint32_t drops = row_of(before, 80)->drops.count;

	for (size_t i = 0; i <= times; i++) {
		struct tcx_table *table;

		two[1].drops = 8;
		table = read_sockets(before, two, i < times ? 1 : 2);
		*notes = i < times ? table->notes->count : *notes;
		tcx_table_unref(before);
		before = table;
	}
	drops = row_of(before, 80)->drops.count - drops;
	tcx_table_unref(before);
	return drops;
}

/* What is passed over too often has closed: it is forgotten, so that notes do not pile up. */
static void forgotten(void **state)
{
	size_t notes = 0;

	(void)state;
	assert_int_equal(passed_over(1, &notes), 3);
	assert_int_equal(passed_over(16, &notes), 3);
	assert_int_equal(notes, 2);
	assert_int_equal(passed_over(17, &notes), 8);
	assert_int_equal(notes, 1);
}

/* Sockets of procfs are told apart, too; but not from those of sock_diag: the row begins anew. */
static void by_inode(void **state)
{
	struct seen two[] = {{1 | TCX_BY_INODE, 80, 7, 0, 0}, {2 | TCX_BY_INODE, 80, 5, 0, 0}};
	static const struct seen diag[] = {{1, 80, 50, 0, 0}, {2, 80, 5, 0, 0}};
	struct tcx_table *tables[4];

	(void)state;
	tables[0] = read_sockets(NULL, two, 2);
	two[0].drops = 9;
	tables[1] = read_sockets(tables[0], two, 2);
	assert_int_equal(row_of(tables[1], 80)->drops.count, 14);
	assert_int_equal(row_of(tables[1], 80)->drops.since_ns, tables[0]->taken_ns);
	tables[2] = read_sockets(tables[1], diag, 2);
	assert_int_equal(row_of(tables[2], 80)->drops.count, 55);
	assert_int_equal(row_of(tables[2], 80)->drops.since_ns, tables[2]->taken_ns);
	tables[3] = read_sockets(tables[2], two, 2);
	assert_int_equal(row_of(tables[3], 80)->drops.count, 14);
	assert_int_equal(row_of(tables[3], 80)->drops.since_ns, tables[3]->taken_ns);
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
		assert_int_equal(row_of(table, 80)->drops.count, (uint32_t)truth);
		assert_int_equal(row_of(table, 80)->sockets, SOCKETS);
		tcx_table_unref(before);
		before = table;
	}
	assert_true(truth > UINT32_MAX);
	tcx_table_unref(before);
}

/*
 * As procfs lists them while others open and close: each is passed over now and then, or comes
 * twice. The sum is never more than what they dropped, and in the end all of it.
 */
static void listed_badly(void **state)
{
	enum { SOCKETS = 20, READINGS = 2000 };
	struct seen all[SOCKETS];
	struct tcx_table *before = NULL;
	uint32_t truth = 0;

	(void)state;
	srand(2);
	for (size_t i = 0; i < SOCKETS; i++)
		all[i] = (struct seen){.cookie = TCX_BY_INODE | (i + 1), .port = 80};
	for (int i = 0; i < READINGS; i++) {
		struct seen listed[2 * SOCKETS];
		size_t count = 0;
		struct tcx_table *table;

		for (size_t k = 0; k < SOCKETS; k++) {
			bool last = i + 1 == READINGS;
			uint32_t more = last ? 0 : (uint32_t)rand() % 10;

			if (last || k == 0 || rand() % 4 != 0)
				listed[count++] = all[k];
			all[k].drops += more;
			truth += more;
			if (last || rand() % 4 == 0)
				listed[count++] = all[k];
		}
		table = read_sockets(before, listed, count);
		assert_true(row_of(table, 80)->drops.count <= truth);
		tcx_table_unref(before);
		before = table;
	}
	assert_int_equal(row_of(before, 80)->drops.count, truth);
	tcx_table_unref(before);
}

/* Kernels before 4.7 tell of memory without drops; others of nothing. */
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
	assert_int_equal(row_of(none, 80)->drops.since_ns, 0);
	assert_true(row_of(old, 80)->limit_known);
	assert_int_equal(row_of(old, 80)->use, 2500);
	assert_int_equal(row_of(old, 80)->drops.since_ns, 0);
	assert_int_equal(row_of(whole, 80)->drops.count, 7);
	assert_int_equal(row_of(whole, 80)->drops.since_ns, whole->taken_ns);
	assert_int_equal(row_of(lost, 80)->drops.since_ns, 0);
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

/* A backlog of 1 holds 2: a queue is full when it is longer than its maximum. */
static void full(void **state)
{
	static const struct {
		struct seen seen;
		bool full;
	} all[] = {
		{{1, 80, 0, 0, 0}, false}, {{1, 80, 0, 1, 0}, true}, {{1, 80, 0, 0, 1}, false},
		{{1, 80, 0, 1, 1}, false}, {{1, 80, 0, 2, 1}, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		struct tcx_table *table = read_sockets(NULL, &all[i].seen, 1);
		const struct tcx_tcp_listener *row = tcx_table_row(table, 0);

		assert_int_equal(row->queue, all[i].seen.queue);
		assert_int_equal(row->queue_max, all[i].seen.limit);
		assert_int_equal(row->full, all[i].full);
		tcx_table_unref(table);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growth),   cmocka_unit_test(forgotten),
		cmocka_unit_test(by_inode), cmocka_unit_test(by_chance),
		cmocka_unit_test(not_told), cmocka_unit_test(listed_badly),
		cmocka_unit_test(use),	    cmocka_unit_test(full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
