#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "sockets.h"
#include "tcx_socket_tables.h"

static uint8_t type_of(const struct tcx_socket *socket)
{
	return socket->family == AF_INET ? TCX_IPV4 : TCX_IPV6;
}

static void set_key(struct tcx_tcp_listener *row, const struct tcx_socket *socket)
{
	row->address_type = type_of(socket);
	memcpy(row->address, socket->local, sizeof(row->address));
	if (row->address_type == TCX_IPV4)
		memset(row->address + 4, 0, sizeof(row->address) - 4);
	memcpy(row->port, socket->local_port, sizeof(row->port));
}

/* The kernel takes one connection more than it was asked to: full is when the queue is longer. */
static bool take_listener(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_table *table = context;
	struct tcx_tcp_listener row = {.sockets = 1};

	set_key(&row, socket);
	row.queue = socket->receive_queue;
	row.max_known = table->fallback.text[0] == '\0';
	if (row.max_known) {
		row.queue_max = socket->send_queue;
		row.full = row.queue > row.queue_max;
	}
	return tcx_table_append(table, &row, fault);
}

/*
 * The listener that a connection came by: as the kernel chooses, its own address goes first. A
 * socket bound to ::ffff:0.0.0.0 takes IPv4 connections to any address, and no others.
 */
static struct tcx_tcp_listener *find_listener(struct tcx_table *table,
					      const struct tcx_socket *socket)
{
	struct tcx_tcp_listener key;
	struct tcx_tcp_listener *row;

	set_key(&key, socket);
	row = tcx_table_find(table, &key);
	if (row == NULL && tcx_socket_is_mapped(socket)) {
		memset(key.address + TCX_MAPPED_LEN, 0, 4);
		row = tcx_table_find(table, &key);
	}
	if (row != NULL)
		return row;
	memset(key.address, 0, sizeof(key.address));
	return tcx_table_find(table, &key);
}

static bool take_connection(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_tcp_listener *listener = find_listener(context, socket);

	(void)fault;
	if (listener == NULL)
		return true;
	if (socket->state == TCP_ESTABLISHED)
		listener->established++;
	else
		listener->syn_received++;
	return true;
}

static bool list_both(struct tcx_table *table, struct tcx_kernel *kernel, uint32_t states,
		      tcx_socket_sink *sink, struct tcx_fault *fault)
{
	static const uint8_t families[] = {AF_INET, AF_INET6};
	struct tcx_socket_query query = {
		.protocol = TCX_TCP,
		.states = states,
		.sink = sink,
		.context = table,
	};

	for (size_t i = 0; i < sizeof(families); i++) {
		query.family = families[i];
		if (!tcx_sockets_list(kernel, &query, table, fault))
			return false;
	}
	return true;
}

/*
 * Listeners first, in order, so that each connection can be counted as it comes by. Also those of a
 * table that was cut have their connections.
 */
static bool read_table(struct tcx_table *table, struct tcx_kernel *kernel, struct tcx_fault *fault)
{
	if (!list_both(table, kernel, 1U << TCP_LISTEN, take_listener, fault) && !table->cut)
		return false;
	return tcx_table_settle(table, fault) &&
	       list_both(table, kernel, 1U << TCP_ESTABLISHED | 1U << TCP_SYN_RECV, take_connection,
			 fault);
}

static void merge(void *kept, const void *other)
{
	struct tcx_tcp_listener *sum = kept;
	const struct tcx_tcp_listener *row = other;

	sum->sockets += row->sockets;
	sum->queue += row->queue;
	sum->queue_max += row->queue_max;
	sum->full += row->full;
}

const struct tcx_table_kind tcx_tcp_listeners = {
	.name = "TCP listeners",
	.row_size = sizeof(struct tcx_tcp_listener),
	.key_size = offsetof(struct tcx_tcp_listener, max_known),
	.merge = merge,
	.read = read_table,
};
