/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts TCP sockets by family and state. */
#include <stddef.h>
#include <sys/socket.h>

#include "kernel/socket_tables.h"
#include "sockets.h"

/* The rows while sockets are counted; no single socket is kept. */
struct census {
	uint8_t address_type; /* of the family that is being listed */
	struct tcx_tcp_state_row rows[TCX_IPV6 + 1][TCX_TCP_STATES + 1];
};

static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct census *census = context;
	uint8_t state = tcx_tcp_state_of(socket->state);
	struct tcx_tcp_state_row *row = &census->rows[census->address_type][state];

	(void)fault;
	row->sockets++;
	if (state == TCX_TCP_LISTEN)
		return true;
	row->unread += socket->receive_queue > 0;
	row->receive_queue += socket->receive_queue;
	row->send_queue += socket->send_queue;
	return true;
}

static bool append_rows(struct tcx_table *table, struct census *census, uint8_t address_type,
			struct tcx_fault *fault)
{
	for (uint8_t state = TCX_TCP_CLOSED; state <= TCX_TCP_STATES; state++) {
		struct tcx_tcp_state_row *row = &census->rows[address_type][state];

		row->address_type = address_type;
		row->state = state;
		if (!tcx_table_append(table, row, fault))
			return false;
	}
	return true;
}

static bool read_table(struct tcx_table *table, struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct census census = {0};
	struct tcx_socket_query query = {
		.protocol = TCX_TCP,
		.states = TCX_ALL_STATES,
		.callback = take_socket,
		.context = &census,
	};

	for (uint8_t type = TCX_IPV4; type <= TCX_IPV6; type++) {
		census.address_type = type;
		query.family = type == TCX_IPV4 ? AF_INET : AF_INET6;
		if (!tcx_sockets_list(netns, &query, table, fault))
			return false;
		if (!append_rows(table, &census, type, fault))
			return table->cut;
	}
	return true;
}

const struct tcx_table_reader tcx_tcp_states = {
	.kind.row_size = sizeof(struct tcx_tcp_state_row),
	.kind.key_size = offsetof(struct tcx_tcp_state_row, state) + 1,
	.read = read_table,
};
