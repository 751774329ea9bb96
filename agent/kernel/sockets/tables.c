/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the tables that take one socket after the other: RFC1213's tcpConnTable and udpTable, UDP
 * sockets of both families, and TCP sockets by family and state.
 */
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"
#include "sockets.h"

/* By the kernel's numbers (include/net/tcp_states.h), those of TCX_ALL_STATES. */
static const uint8_t states[] = {
	[TCP_ESTABLISHED] = TCX_TCP_ESTABLISHED,
	[TCP_SYN_SENT] = TCX_TCP_SYN_SENT,
	[TCP_SYN_RECV] = TCX_TCP_SYN_RECEIVED,
	[TCP_FIN_WAIT1] = TCX_TCP_FIN_WAIT_1,
	[TCP_FIN_WAIT2] = TCX_TCP_FIN_WAIT_2,
	[TCP_TIME_WAIT] = TCX_TCP_TIME_WAIT,
	[TCP_CLOSE] = TCX_TCP_CLOSED,
	[TCP_CLOSE_WAIT] = TCX_TCP_CLOSE_WAIT,
	[TCP_LAST_ACK] = TCX_TCP_LAST_ACK,
	[TCP_LISTEN] = TCX_TCP_LISTEN,
	[TCP_CLOSING] = TCX_TCP_CLOSING,
};

static bool take_connection(void *table, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_connection row = {.state = states[socket->state]};

	memcpy(row.local, socket->local, sizeof(row.local));
	memcpy(row.local_port, socket->local_port, sizeof(row.local_port));
	memcpy(row.remote, socket->remote, sizeof(row.remote));
	memcpy(row.remote_port, socket->remote_port, sizeof(row.remote_port));
	return tcx_table_append(table, &row, fault);
}

const struct tcx_table_reader tcx_connections = {
	.kind.row_size = sizeof(struct tcx_connection),
	.kind.key_size = offsetof(struct tcx_connection, state),
	.sockets.protocols = 1U << TCX_TCP,
	.sockets.states = TCX_ALL_STATES,
	.sockets.only_ipv4 = true,
	.sockets.take = take_connection,
};

static bool take_endpoint(void *table, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_udp_endpoint row;

	memcpy(row.local, socket->local, sizeof(row.local));
	memcpy(row.local_port, socket->local_port, sizeof(row.local_port));
	return tcx_table_append(table, &row, fault);
}

const struct tcx_table_reader tcx_udp_endpoints = {
	.kind.row_size = sizeof(struct tcx_udp_endpoint),
	.kind.key_size = sizeof(struct tcx_udp_endpoint),
	.sockets.protocols = 1U << TCX_UDP,
	.sockets.states = TCX_ALL_STATES,
	.sockets.only_ipv4 = true,
	.sockets.take = take_endpoint,
};

static bool take_udp(void *table, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_udp_socket row = {
		.receive_queue = socket->receive_queue,
		.send_queue = socket->send_queue,
	};

	row.at.limit_known = tcx_socket_use(socket, &row.at.use);
	if (row.at.limit_known)
		row.receive_limit = socket->memory[SK_MEMINFO_RCVBUF];
	return tcx_bound_begin(&row.at, table, socket, fault) &&
	       tcx_table_append(table, &row, fault);
}

static void merge_udp(void *kept, const void *other)
{
	struct tcx_udp_socket *sum = kept;
	const struct tcx_udp_socket *row = other;

	tcx_bound_merge(&sum->at, &row->at);
	sum->receive_queue += row->receive_queue;
	sum->receive_limit += row->receive_limit;
	sum->send_queue += row->send_queue;
}

const struct tcx_table_reader tcx_udp_sockets = {
	.kind.row_size = sizeof(struct tcx_udp_socket),
	.kind.key_size = offsetof(struct tcx_udp_socket, at.link_name),
	.kind.merge = merge_udp,
	.sockets.protocols = 1U << TCX_UDP,
	.sockets.states = TCX_ALL_STATES,
	.sockets.take = take_udp,
	.read = tcx_bound_read_names,
	.sockets.end = tcx_bound_end,
	.sockets.memory = true,
	.sockets.cgroup = tcx_bound_cgroup,
};

/* All rows in the order of their keys, with no socket yet. It is never cut. */
static bool begin_states(struct tcx_table *table, struct tcx_fault *fault)
{
	struct tcx_tcp_state_row row = {.sockets = 0};

	for (row.address_type = TCX_IPV4; row.address_type <= TCX_IPV6; row.address_type++)
		for (row.state = TCX_TCP_CLOSED; row.state <= TCX_TCP_STATES; row.state++)
			if (!tcx_array_append(&table->rows, &table->count, &row, sizeof(row)))
				return tcx_fault_set(fault, "out of memory");
	return true;
}

static bool count_state(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	const struct tcx_table *table = context;
	struct tcx_tcp_state_row *row = (struct tcx_tcp_state_row *)table->rows;

	(void)fault;
	row += (socket->family == AF_INET ? 0 : TCX_TCP_STATES) + states[socket->state] -
	       TCX_TCP_CLOSED;
	row->sockets++;
	if (socket->state == TCP_LISTEN)
		return true;
	row->unread += socket->receive_queue > 0;
	row->receive_queue += socket->receive_queue;
	row->send_queue += socket->send_queue;
	return true;
}

const struct tcx_table_reader tcx_tcp_states = {
	.kind.row_size = sizeof(struct tcx_tcp_state_row),
	.kind.key_size = offsetof(struct tcx_tcp_state_row, state) + 1,
	.sockets.protocols = 1U << TCX_TCP,
	.sockets.states = TCX_ALL_STATES,
	.sockets.begin = begin_states,
	.sockets.take = count_state,
};
