/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's tcpConnTable (3.7) and udpTable (3.8). */
#include "kernel/socket_tables.h"
#include "base/octets.h"
#include "mib/objects.h"

TCX_COLUMN_OF(tcx_connection, tcpConnState, tcx_value_integer(value, tcx_connection->state))
TCX_COLUMN_OF(tcx_connection, tcpConnLocalAddress, tcx_value_address(value, tcx_connection->local))
TCX_COLUMN_OF(tcx_connection, tcpConnLocalPort,
	      tcx_value_integer(value, tcx_octets_get16(tcx_connection->local_port)))
TCX_COLUMN_OF(tcx_connection, tcpConnRemAddress, tcx_value_address(value, tcx_connection->remote))
TCX_COLUMN_OF(tcx_connection, tcpConnRemPort,
	      tcx_value_integer(value, tcx_octets_get16(tcx_connection->remote_port)))

TCX_COLUMN_OF(tcx_udp_endpoint, udpLocalAddress, tcx_value_address(value, tcx_udp_endpoint->local))
TCX_COLUMN_OF(tcx_udp_endpoint, udpLocalPort,
	      tcx_value_integer(value, tcx_octets_get16(tcx_udp_endpoint->local_port)))
