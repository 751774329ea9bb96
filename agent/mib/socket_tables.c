/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC1213's tcpConnTable (3.7) and udpTable (3.8); and the tables of LINUX-TCPEXT-MIB that replace
 * walks of tcpConnTable: sockets by state, accept queues by listener, and octets in queues, for
 * IPv4 and IPv6.
 */
#include "kernel/socket_tables.h"
#include "base/octets.h"
#include "mib/objects.h"

TCX_COLUMN_OF(tcx_connection, tcpConnState, integer, tcx_connection->state)
TCX_COLUMN_OF(tcx_connection, tcpConnLocalAddress, address, tcx_connection->local)
TCX_COLUMN_OF(tcx_connection, tcpConnLocalPort, integer,
	      tcx_octets_get16(tcx_connection->local_port))
TCX_COLUMN_OF(tcx_connection, tcpConnRemAddress, address, tcx_connection->remote)
TCX_COLUMN_OF(tcx_connection, tcpConnRemPort, integer,
	      tcx_octets_get16(tcx_connection->remote_port))

TCX_COLUMN_OF(tcx_udp_endpoint, udpLocalAddress, address, tcx_udp_endpoint->local)
TCX_COLUMN_OF(tcx_udp_endpoint, udpLocalPort, integer,
	      tcx_octets_get16(tcx_udp_endpoint->local_port))

TCX_COLUMN_OF(tcx_tcp_state_row, tcpStateSockets, gauge32_latched, tcx_tcp_state_row->sockets)
TCX_COLUMN_OF(tcx_tcp_state_row, tcpStateUnread, gauge32_latched, tcx_tcp_state_row->unread)
TCX_COLUMN_OF(tcx_tcp_state_row, tcpStateReceiveQueue, counter64, tcx_tcp_state_row->receive_queue)
TCX_COLUMN_OF(tcx_tcp_state_row, tcpStateSendQueue, counter64, tcx_tcp_state_row->send_queue)

static struct tcx_tcp_state_row sum_of(const struct tcx_table *table)
{
	struct tcx_tcp_state_row sum = {0};

	for (size_t i = 0; i < table->count; i++) {
		const struct tcx_tcp_state_row *row = tcx_table_row(table, i);

		sum.sockets += row->sockets;
		sum.unread += row->unread;
		sum.receive_queue += row->receive_queue;
		sum.send_queue += row->send_queue;
	}
	return sum;
}

#define TOTAL_OF(name, ...)                                                                        \
	TCX_SHOW_WITH(const struct tcx_tcp_state_row sum = sum_of(tcx_table_of(request, object)),  \
		      name, true, __VA_ARGS__)

TOTAL_OF(tcpTotalSockets, gauge32_latched, sum.sockets)
TOTAL_OF(tcpTotalUnread, gauge32_latched, sum.unread)
TOTAL_OF(tcpTotalReceiveQueue, counter64, sum.receive_queue)
TOTAL_OF(tcpTotalSendQueue, counter64, sum.send_queue)

#define LISTENER(name, known, number)                                                              \
	TCX_COLUMN_IF(tcx_tcp_listener, name, known, gauge32_latched, number)

LISTENER(tcpListenSockets, true, tcx_tcp_listener->sockets)
LISTENER(tcpListenQueue, true, tcx_tcp_listener->queue)
LISTENER(tcpListenQueueMax, tcx_tcp_listener->max_known, tcx_tcp_listener->queue_max)
LISTENER(tcpListenFull, tcx_tcp_listener->max_known, tcx_tcp_listener->full)
LISTENER(tcpListenSynReceived, true, tcx_tcp_listener->syn_received)
LISTENER(tcpListenEstablished, true, tcx_tcp_listener->established)
