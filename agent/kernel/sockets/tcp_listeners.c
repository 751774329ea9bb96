/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the table of TCP listeners from sockets. */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "sockets.h"

static bool append_listener(struct tcx_table *table, const struct tcx_socket *socket,
			    struct tcx_fault *fault)
{
	struct tcx_tcp_listener row = {.queue = socket->receive_queue};

	row.at.limit_known = table->fallback.text[0] == '\0';
	if (row.at.limit_known) {
		row.queue_max = socket->send_queue;
		row.full = row.queue > row.queue_max;
		tcx_socket_use(socket, &row.at.use);
	}
	return tcx_bound_begin(&row.at, table, socket, fault) &&
	       tcx_table_append(table, &row, fault);
}

/*
 * The listener of a connection, chosen as the kernel does (inet_lookup_listener()): its own address
 * before any, its device before none. A connection is bound to the device of its listener; or to a
 * VRF or the link of a link-local address, though the listener is not. A socket on ::ffff:0.0.0.0
 * accepts IPv4 only.
 */
static struct tcx_tcp_listener *find_listener(struct tcx_table *table,
					      const struct tcx_socket *socket)
{
	static const uint8_t all_of_ipv4[16] = {[10] = 0xff, [11] = 0xff};
	static const uint8_t all[16];
	const bool mapped = socket->family == AF_INET6 && tcx_is_mapped(socket->local);
	const struct {
		bool possible;
		const uint8_t *address;
		uint32_t link;
	} places[] = {
		{socket->link != 0, socket->local, socket->link},
		{true, socket->local, 0},
		{socket->link != 0 && mapped, all_of_ipv4, socket->link},
		{socket->link != 0, all, socket->link},
		{mapped, all_of_ipv4, 0},
		{true, all, 0},
	};
	struct tcx_tcp_listener *row = NULL;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && row == NULL; i++) {
		struct tcx_bound key;

		if (!places[i].possible)
			continue;
		tcx_bound_set_key(&key, socket, places[i].address, places[i].link);
		row = tcx_table_find(table, &key);
	}
	return row;
}

static void count_connection(struct tcx_table *table, const struct tcx_socket *socket)
{
	struct tcx_tcp_listener *listener = find_listener(table, socket);

	if (listener != NULL && socket->state == TCP_ESTABLISHED)
		listener->established++;
	else if (listener != NULL)
		listener->syn_received++;
}

/*
 * The kernel lists all listeners before the first established connection
 * (inet_diag_dump_icsk(), tcp_get_idx()); those before Linux 4.4 list half-open ones right after
 * their listener.
 */
static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_table *table = context;

	if (socket->state == TCP_LISTEN)
		return append_listener(table, socket, fault) || table->cut;
	if (!tcx_table_sort_unique(table, fault))
		return false;
	count_connection(table, socket);
	return true;
}

static void merge(void *kept, const void *other)
{
	struct tcx_tcp_listener *sum = kept;
	const struct tcx_tcp_listener *row = other;

	tcx_bound_merge(&sum->at, &row->at);
	sum->queue += row->queue;
	sum->queue_max += row->queue_max;
	sum->full += row->full;
	sum->established += row->established;
	sum->syn_received += row->syn_received;
}

const struct tcx_table_reader tcx_tcp_listeners = {
	.kind.row_size = sizeof(struct tcx_tcp_listener),
	.kind.key_size = offsetof(struct tcx_tcp_listener, at.link_name),
	.kind.merge = merge,
	.sockets.protocols = 1U << TCX_TCP,
	.sockets.states = 1U << TCP_LISTEN | 1U << TCP_ESTABLISHED | 1U << TCP_SYN_RECV,
	.sockets.take = take_socket,
	.read = tcx_bound_read_names,
	.sockets.end = tcx_bound_end,
	.sockets.memory = true,
	.sockets.cgroup = tcx_bound_cgroup,
};
