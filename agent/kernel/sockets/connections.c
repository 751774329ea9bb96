/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the table of IPv4 connections, tcpConnTable, from sockets. */
#include <netinet/tcp.h>
#include <stddef.h>
#include <string.h>

#include "kernel/socket_tables.h"
#include "sockets.h"

/* include/net/tcp_states.h */
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

uint8_t tcx_tcp_state_of(uint8_t kernel_state)
{
	return kernel_state < sizeof(states) ? states[kernel_state] : 0;
}

static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_connection row;

	memcpy(row.local, socket->local, sizeof(row.local));
	memcpy(row.local_port, socket->local_port, sizeof(row.local_port));
	memcpy(row.remote, socket->remote, sizeof(row.remote));
	memcpy(row.remote_port, socket->remote_port, sizeof(row.remote_port));
	row.state = tcx_tcp_state_of(socket->state);
	return tcx_table_append(context, &row, fault);
}

static const struct tcx_socket_table sockets = {
	.protocol = TCX_TCP,
	.states = TCX_ALL_STATES,
	.only_ipv4 = true,
	.take = take_socket,
};

const struct tcx_table_reader tcx_connections = {
	.kind.row_size = sizeof(struct tcx_connection),
	.kind.key_size = offsetof(struct tcx_connection, state),
	.sockets = &sockets,
};
