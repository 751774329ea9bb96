/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes the table of IPv4 UDP endpoints, udpTable, from sockets. */
#include <string.h>

#include "kernel/socket_tables.h"
#include "sockets.h"

static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_udp_endpoint row;

	memcpy(row.local, socket->local, sizeof(row.local));
	memcpy(row.local_port, socket->local_port, sizeof(row.local_port));
	return tcx_table_append(context, &row, fault);
}

static const struct tcx_socket_table sockets = {
	.protocol = TCX_UDP,
	.states = TCX_ALL_STATES,
	.only_ipv4 = true,
	.take = take_socket,
};

const struct tcx_table_reader tcx_udp_endpoints = {
	.kind.row_size = sizeof(struct tcx_udp_endpoint),
	.kind.key_size = sizeof(struct tcx_udp_endpoint),
	.sockets = &sockets,
};
