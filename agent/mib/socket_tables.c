/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RFC1213's tcpConnTable (3.7) and udpTable (3.8); and the tables of LINUX-TCPEXT-MIB that replace
 * walks of tcpConnTable: sockets by state, accept queues by listener, and octets in queues; and
 * UDP sockets, all for IPv4 and IPv6.
 */
#include <arpa/inet.h>
#include <linux/if.h>
#include <stdio.h>

#include "base/octets.h"
#include "base/text.h"
#include "kernel/cgroups.h"
#include "kernel/socket_tables.h"
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

/* As tcpStateName calls them. */
static const char *const state_names[] = {
	[TCX_TCP_CLOSED] = "closed",	       [TCX_TCP_LISTEN] = "listen",
	[TCX_TCP_SYN_SENT] = "synSent",	       [TCX_TCP_SYN_RECEIVED] = "synReceived",
	[TCX_TCP_ESTABLISHED] = "established", [TCX_TCP_FIN_WAIT_1] = "finWait1",
	[TCX_TCP_FIN_WAIT_2] = "finWait2",     [TCX_TCP_CLOSE_WAIT] = "closeWait",
	[TCX_TCP_LAST_ACK] = "lastAck",	       [TCX_TCP_CLOSING] = "closing",
	[TCX_TCP_TIME_WAIT] = "timeWait",
};

TCX_COLUMN_OF(tcx_tcp_state_row, tcpStateLabel, print, "%s %s",
	      tcx_tcp_state_row->address_type == TCX_IPV4 ? "ipv4" : "ipv6",
	      state_names[tcx_tcp_state_row->state])

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

void tcx_value_socket_name(struct tcx_value *value, const struct tcx_bound *bound)
{
	bool ipv4 = bound->address_type == TCX_IPV4 || bound->address_type == TCX_IPV4Z;
	uint32_t zone = tcx_zone_of(bound);
	char at[INET6_ADDRSTRLEN];
	char link[1 + TCX_ESCAPED_SIZE(IFNAMSIZ)] = "";

	inet_ntop(ipv4 ? AF_INET : AF_INET6, bound->address, at, sizeof(at));
	if (zone != 0)
		snprintf(link, sizeof(link), "%%%u", zone);
	if (zone != 0 && bound->link_name[0] != '\0')
		tcx_text_escape(link + 1, sizeof(link) - 1, bound->link_name);
	tcx_value_print(value, ipv4 ? "%s%s:%u" : "[%s%s]:%u", at, link,
			tcx_octets_get16(bound->port));
}

/* How many the kernel dropped, and since when that is counted. */
#define DROPS(type, name, since)                                                                   \
	TCX_COLUMN_IF(type, name, type->at.drops.since_ns != 0, counter32, type->at.drops.count)   \
	TCX_COLUMN_IF(type, since, type->at.drops.since_ns != 0, ticks,                            \
		      tcx_request_uptime_at(request, type->at.drops.since_ns))

/* Whose they are. */
#define SERVICE(type, name)                                                                        \
	TCX_SHOW_WITH(const struct type *type = tcx_table_row(tcx_table_of(request, object), row); \
		      const struct tcx_cgroup *cgroup =                                            \
			      tcx_cgroup_of(tcx_table_of(request, object), type->at.cgroup),       \
		      name, cgroup != NULL, escaped, cgroup->service)

#define LISTENER(name, known, number)                                                              \
	TCX_COLUMN_IF(tcx_tcp_listener, name, known, gauge32_latched, number)

TCX_COLUMN_OF(tcx_tcp_listener, tcpListenName, socket_name, &tcx_tcp_listener->at)
LISTENER(tcpListenSockets, true, tcx_tcp_listener->at.sockets)
LISTENER(tcpListenQueue, true, tcx_tcp_listener->queue)
LISTENER(tcpListenQueueMax, tcx_tcp_listener->at.limit_known, tcx_tcp_listener->queue_max)
LISTENER(tcpListenFull, tcx_tcp_listener->at.limit_known, tcx_tcp_listener->full)
LISTENER(tcpListenSynReceived, true, tcx_tcp_listener->syn_received)
LISTENER(tcpListenEstablished, true, tcx_tcp_listener->established)
LISTENER(tcpListenUse, tcx_tcp_listener->at.limit_known, tcx_tcp_listener->at.use)
DROPS(tcx_tcp_listener, tcpListenDrops, tcpListenSince)
SERVICE(tcx_tcp_listener, tcpListenService)

#define UDP_SOCKET(name, known, number)                                                            \
	TCX_COLUMN_IF(tcx_udp_socket, name, known, gauge32_latched, number)

TCX_COLUMN_OF(tcx_udp_socket, udpSocketName, socket_name, &tcx_udp_socket->at)
UDP_SOCKET(udpSocketSockets, true, tcx_udp_socket->at.sockets)
UDP_SOCKET(udpSocketReceiveQueue, true, tcx_udp_socket->receive_queue)
UDP_SOCKET(udpSocketReceiveLimit, tcx_udp_socket->at.limit_known, tcx_udp_socket->receive_limit)
UDP_SOCKET(udpSocketUse, tcx_udp_socket->at.limit_known, tcx_udp_socket->at.use)
UDP_SOCKET(udpSocketSendQueue, true, tcx_udp_socket->send_queue)
DROPS(tcx_udp_socket, udpSocketDrops, udpSocketSince)
SERVICE(tcx_udp_socket, udpSocketService)
