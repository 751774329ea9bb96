/* SPDX-License-Identifier: BSD-2-Clause */
/* Counts TCP sockets by family and state. */
#include <stddef.h>
#include <sys/socket.h>

#include "kernel/socket_tables.h"
#include "sockets.h"

/* The rows while sockets are counted; no single socket is kept. */
struct census {
	struct tcx_tcp_state_row rows[TCX_IPV6 + 1][TCX_TCP_STATES + 1];
};

static bool take_socket(void *context, const struct tcx_socket *socket, struct tcx_fault *fault)
{
	struct census *census = context;
	uint8_t type = socket->family == AF_INET ? TCX_IPV4 : TCX_IPV6;
	uint8_t state = tcx_tcp_state_of(socket->state);
	struct tcx_tcp_state_row *row = &census->rows[type][state];

	(void)fault;
	row->sockets++;
	if (state == TCX_TCP_LISTEN)
		return true;
	row->unread += socket->receive_queue > 0;
	row->receive_queue += socket->receive_queue;
	row->send_queue += socket->send_queue;
	return true;
}

static bool append_rows(struct tcx_table *table, struct census *census, struct tcx_fault *fault)
{
	for (uint8_t type = TCX_IPV4; type <= TCX_IPV6; type++)
		for (uint8_t state = TCX_TCP_CLOSED; state <= TCX_TCP_STATES; state++) {
			struct tcx_tcp_state_row *row = &census->rows[type][state];

			row->address_type = type;
			row->state = state;
			if (!tcx_table_append(table, row, fault))
				return table->cut;
		}
	return true;
}

static bool read_table(struct tcx_table *table, struct tcx_netns_reader *reader,
		       struct tcx_fault *fault)
{
	struct census census = {0};

	return tcx_sockets_list_tcp(reader, TCX_ALL_STATES, take_socket, &census, table, fault) &&
	       append_rows(table, &census, fault);
}

const struct tcx_table_reader tcx_tcp_states = {
	.kind.row_size = sizeof(struct tcx_tcp_state_row),
	.kind.key_size = offsetof(struct tcx_tcp_state_row, state) + 1,
	.read = read_table,
};
