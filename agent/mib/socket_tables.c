/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's tcpConnTable (3.7) and udpTable (3.8). */
#include "kernel/socket_tables.h"
#include "base/octets.h"
#include "mib/objects.h"
#include "snmp/table_rows.h"

TCX_COLUMN_OF(tcx_connection, state, tcx_value_integer(value, tcx_connection->state))
TCX_COLUMN_OF(tcx_connection, local, tcx_value_address(value, tcx_connection->local))
TCX_COLUMN_OF(tcx_connection, local_port,
	      tcx_value_integer(value, tcx_octets_get16(tcx_connection->local_port)))
TCX_COLUMN_OF(tcx_connection, remote, tcx_value_address(value, tcx_connection->remote))
TCX_COLUMN_OF(tcx_connection, remote_port,
	      tcx_value_integer(value, tcx_octets_get16(tcx_connection->remote_port)))

static const struct tcx_column connection_columns[] = {{1, read_state, NULL},
						       {2, read_local, NULL},
						       {3, read_local_port, NULL},
						       {4, read_remote, NULL},
						       {5, read_remote_port, NULL}};

static const struct tcx_table_rows connection_rows = {TCX_ROWS_OF_TABLE,
						      TCX_TABLE_TCP_CONNECTIONS,
						      {{TCX_INDEX_SPREAD, 4},
						       {TCX_INDEX_NUMBER, 2},
						       {TCX_INDEX_SPREAD, 4},
						       {TCX_INDEX_NUMBER, 2}}};

bool tcx_add_tcp_connections(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &connection_rows, TCX_COLUMNS(connection_columns));
}

TCX_COLUMN_OF(tcx_udp_endpoint, endpoint, tcx_value_address(value, tcx_udp_endpoint->local))
TCX_COLUMN_OF(tcx_udp_endpoint, endpoint_port,
	      tcx_value_integer(value, tcx_octets_get16(tcx_udp_endpoint->local_port)))

static const struct tcx_column endpoint_columns[] = {{1, read_endpoint, NULL},
						     {2, read_endpoint_port, NULL}};

static const struct tcx_table_rows endpoint_rows = {
	TCX_ROWS_OF_TABLE, TCX_TABLE_UDP_ENDPOINTS, {{TCX_INDEX_SPREAD, 4}, {TCX_INDEX_NUMBER, 2}}};

bool tcx_add_udp_endpoints(struct tcx_tree *tree)
{
	return tcx_add_columns(tree, NULL, 0, &endpoint_rows, TCX_COLUMNS(endpoint_columns));
}
