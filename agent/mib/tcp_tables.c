/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What operators walk tcpConnTable for, in LINUX-TCPEXT-MIB: how many sockets are in each state,
 * which listener's accept queue fills up, and how much data waits. Both address families.
 */
#include "base/octets.h"
#include "kernel/socket_tables.h"
#include "mib/objects.h"
#include "snmp/table_rows.h"

TCX_COLUMN_OF(tcx_tcp_state_row, sockets,
	      tcx_value_gauge32_latched(value, tcx_tcp_state_row->sockets))
TCX_COLUMN_OF(tcx_tcp_state_row, unread,
	      tcx_value_gauge32_latched(value, tcx_tcp_state_row->unread))
TCX_COLUMN_OF(tcx_tcp_state_row, receive_queue,
	      tcx_value_counter64(value, tcx_tcp_state_row->receive_queue))
TCX_COLUMN_OF(tcx_tcp_state_row, send_queue,
	      tcx_value_counter64(value, tcx_tcp_state_row->send_queue))

static const struct tcx_column state_columns[] = {{3, read_sockets, NULL},
						  {4, read_unread, NULL},
						  {5, read_receive_queue, NULL},
						  {6, read_send_queue, NULL}};

static const struct tcx_table_rows state_rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_TCP_STATES, {{TCX_INDEX_NUMBER, 1}, {TCX_INDEX_NUMBER, 1}}};

/* The sums over all rows of the state table. */
static void sum_rows(const struct tcx_table *table, struct tcx_tcp_state_row *sum)
{
	*sum = (struct tcx_tcp_state_row){0};
	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_tcp_state_row *row = tcx_table_row(table, i);

		sum->sockets += row->sockets;
		sum->unread += row->unread;
		sum->receive_queue += row->receive_queue;
		sum->send_queue += row->send_queue;
	}
}

#define TOTAL_OF(name, put)                                                                        \
	static void read_total_##name(const void *row, const struct tcx_request *request,          \
				      struct tcx_value *value)                                     \
	{                                                                                          \
		struct tcx_tcp_state_row sum;                                                      \
                                                                                                   \
		(void)request;                                                                     \
		sum_rows(row, &sum);                                                               \
		put;                                                                               \
	}

TOTAL_OF(sockets, tcx_value_gauge32_latched(value, sum.sockets))
TOTAL_OF(unread, tcx_value_gauge32_latched(value, sum.unread))
TOTAL_OF(receive_queue, tcx_value_counter64(value, sum.receive_queue))
TOTAL_OF(send_queue, tcx_value_counter64(value, sum.send_queue))

static const struct tcx_column totals[] = {{1, read_total_sockets, NULL},
					   {2, read_total_unread, NULL},
					   {3, read_total_receive_queue, NULL},
					   {4, read_total_send_queue, NULL}};

static const struct tcx_table_rows total_rows = {TCX_SCALARS_OF_TABLE, TCX_TABLE_TCP_STATES, {{0}}};

bool tcx_add_tcp_states(struct tcx_tree *tree)
{
	static const oid entry[] = {TCX_ARC_TCP_STATE, 1};
	static const oid scalars[] = {TCX_ARC_TCP_TOTAL};

	return tcx_add_columns(tree, entry, 2, &state_rows, TCX_COLUMNS(state_columns)) &&
	       tcx_add_columns(tree, scalars, 1, &total_rows, TCX_COLUMNS(totals));
}

TCX_COLUMN_OF(tcx_tcp_listener, listener_sockets,
	      tcx_value_gauge32_latched(value, tcx_tcp_listener->sockets))
TCX_COLUMN_OF(tcx_tcp_listener, queue, tcx_value_gauge32_latched(value, tcx_tcp_listener->queue))
TCX_COLUMN_OF(tcx_tcp_listener, queue_max,
	      tcx_value_gauge32_latched(value, tcx_tcp_listener->queue_max))
TCX_COLUMN_OF(tcx_tcp_listener, full, tcx_value_gauge32_latched(value, tcx_tcp_listener->full))
TCX_COLUMN_OF(tcx_tcp_listener, syn_received,
	      tcx_value_gauge32_latched(value, tcx_tcp_listener->syn_received))
TCX_COLUMN_OF(tcx_tcp_listener, established,
	      tcx_value_gauge32_latched(value, tcx_tcp_listener->established))

static bool max_is_known(const void *row)
{
	return ((const struct tcx_tcp_listener *)row)->max_known;
}

static const struct tcx_column listener_columns[] = {
	{4, read_listener_sockets, NULL},  {5, read_queue, NULL},
	{6, read_queue_max, max_is_known}, {7, read_full, max_is_known},
	{8, read_syn_received, NULL},	   {9, read_established, NULL}};

static const struct tcx_table_rows listener_rows = {
	TCX_ROWS_OF_TABLE,
	TCX_TABLE_TCP_LISTENERS,
	{{TCX_INDEX_NUMBER, 1}, {TCX_INDEX_INET, 20}, {TCX_INDEX_NUMBER, 2}}};

bool tcx_add_tcp_listeners(struct tcx_tree *tree)
{
	static const oid entry[] = {TCX_ARC_TCP_LISTEN, 1};

	return tcx_add_columns(tree, entry, 2, &listener_rows, TCX_COLUMNS(listener_columns));
}
