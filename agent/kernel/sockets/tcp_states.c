/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts TCP sockets by family and state. */
#include <stddef.h>
#include <sys/socket.h>

#include "base/array.h"
#include "kernel/socket_tables.h"
#include "sockets.h"

/* All rows in the order of their keys, with no socket yet. It is never cut. */
static bool begin(struct tcx_table *table, struct tcx_fault *fault)
{
	struct tcx_tcp_state_row row = {.sockets = 0};

	for (row.address_type = TCX_IPV4; row.address_type <= TCX_IPV6; row.address_type++)
		for (row.state = TCX_TCP_CLOSED; row.state <= TCX_TCP_STATES; row.state++)
			if (!tcx_array_append(&table->rows, &table->count, &row, sizeof(row)))
				return tcx_fault_set(fault, "out of memory");
	return true;
}

static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct tcx_table *table = context;
	struct tcx_tcp_state_row *row = (struct tcx_tcp_state_row *)table->rows;
	uint8_t state = tcx_tcp_state_of(socket->state);

	(void)fault;
	if (state == 0)
		return true;
	row += (socket->family == AF_INET ? 0 : TCX_TCP_STATES) + state - TCX_TCP_CLOSED;
	row->sockets++;
	if (state == TCX_TCP_LISTEN)
		return true;
	row->unread += socket->receive_queue > 0;
	row->receive_queue += socket->receive_queue;
	row->send_queue += socket->send_queue;
	return true;
}

static const struct tcx_socket_table sockets = {
	.protocol = TCX_TCP,
	.states = TCX_ALL_STATES,
	.begin = begin,
	.take = take_socket,
};

const struct tcx_table_reader tcx_tcp_states = {
	.kind.row_size = sizeof(struct tcx_tcp_state_row),
	.kind.key_size = offsetof(struct tcx_tcp_state_row, state) + 1,
	.sockets = &sockets,
};
