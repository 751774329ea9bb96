/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of TCP and UDP sockets, from sock_diag or procfs. */
#ifndef TCX_KERNEL_SOCKET_TABLES_H
#define TCX_KERNEL_SOCKET_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/octets.h"
#include "kernel/read_table.h"
#include "sample/health.h"

/* The states of tcpConnState (RFC1213, TCP-MIB), which rows have. */
enum tcx_tcp_state {
	TCX_TCP_CLOSED = 1,
	TCX_TCP_LISTEN,
	TCX_TCP_SYN_SENT,
	TCX_TCP_SYN_RECEIVED,
	TCX_TCP_ESTABLISHED,
	TCX_TCP_FIN_WAIT_1,
	TCX_TCP_FIN_WAIT_2,
	TCX_TCP_CLOSE_WAIT,
	TCX_TCP_LAST_ACK,
	TCX_TCP_CLOSING,
	TCX_TCP_TIME_WAIT,
	TCX_TCP_STATES = TCX_TCP_TIME_WAIT
};

/* INET-ADDRESS-MIB's InetAddressType. */
enum tcx_address_type { TCX_IPV4 = 1, TCX_IPV6, TCX_IPV4Z, TCX_IPV6Z };

/*
 * One IPv4 connection or listener (RFC1213 tcpConnTable), of an IPv4 socket or an IPv6 one that
 * speaks IPv4, as most servers are. A listener on :: that accepts IPv4 is on 0.0.0.0; procfs does
 * not say that. Sockets with the same two ends (SO_REUSEPORT) are one row, with the state of the
 * IPv4 one.
 */
struct tcx_connection {
	uint8_t local[4];
	uint8_t local_port[2];
	uint8_t remote[4];
	uint8_t remote_port[2]; /* the key ends here */
	uint8_t state;		/* enum tcx_tcp_state */
};

/*
 * One IPv4 address and port that receives datagrams (RFC1213 udpTable), from anyone or, if
 * connected, from one peer. IPv6 sockets count as in struct tcx_connection; duplicates are merged.
 */
struct tcx_udp_endpoint {
	uint8_t local[4];
	uint8_t local_port[2]; /* the key ends here */
};

/*
 * All TCP sockets of one family and state. All 2 * TCX_TCP_STATES rows exist even without sockets.
 * IPv6 sockets that speak IPv4 count as IPv6.
 */
struct tcx_tcp_state_row {
	uint8_t address_type; /* enum tcx_address_type */
	uint8_t state;	      /* enum tcx_tcp_state; the key ends here */
	uint32_t sockets;
	/* Not of listeners: */
	uint32_t unread;	/* sockets with octets that their program has not read */
	uint64_t receive_queue; /* those octets, all together */
	uint64_t send_queue;	/* octets that the peers have not acknowledged */
};

/*
 * What the kernel counted on the sockets of a row (sk_drops): at since_ns, when the row was first
 * read, what they had until then, and from then on what each grows by. It wraps.
 */
struct tcx_drops {
	uint32_t count;
	uint64_t since_ns; /* 0: it does not tell */
	bool by_inode;	   /* sockets are told apart by inode, as procfs tells of them */
};

/*
 * One address and port where sockets are bound, and the device if they are bound to one
 * (SO_BINDTODEVICE, a VRF, the zone of a link-local address). The numbers of all sockets that share
 * it (SO_REUSEPORT) are added up. procfs does not say the device, so there it is one row per
 * address and port; nor limits, and no drops of listeners.
 */
struct tcx_bound {
	uint8_t address_type; /* enum tcx_address_type */
	uint8_t address[20];  /* 4 or 16 octets, and 4 of ifIndex with a zone; zeros behind */
	uint8_t port[2];      /* the key ends here */
	char link_name[16];   /* IFNAMSIZ; of the device, any octets but '/' and blanks; empty where
				 there is none, or it is gone */
	bool limit_known;     /* of the queue; then use is known, too */
	uint32_t sockets;
	uint32_t use; /* of the fullest queue, in hundredths of a percent of what makes it full */
	struct tcx_drops drops;
	uint64_t cgroup; /* tcx_cgroup_of(); of several the least; 0: the kernel does not tell */
};

/* The ifIndex behind the address, its zone; 0: it has none. */
static inline uint32_t tcx_zone_of(const struct tcx_bound *bound)
{
	if (bound->address_type != TCX_IPV4Z && bound->address_type != TCX_IPV6Z)
		return 0;
	return tcx_octets_get32(bound->address + (bound->address_type == TCX_IPV4Z ? 4 : 16));
}

/* The largest use in a table whose rows begin with struct tcx_bound. */
struct tcx_use tcx_worst_use(const struct tcx_table *table);

/* One address and port that accepts TCP connections. */
struct tcx_tcp_listener {
	struct tcx_bound at;
	uint32_t queue;	    /* connections that wait to be accepted (sk_ack_backlog) */
	uint32_t queue_max; /* sk_max_ack_backlog; one more may wait */
	uint32_t full;	    /* sockets with a full queue (sk_acceptq_is_full()) */
	/*
	 * Its connections: sockets with this local end, or, if it listens on all addresses, with
	 * this port and no listener of their own (::ffff:0.0.0.0, before ::, listens on all of
	 * IPv4). If it is bound to a device, so are they, as what it accepts is. They have its
	 * socket family: IPv4 connections of an IPv6 listener are its own.
	 */
	uint32_t established;  /* accepted or waiting */
	uint32_t syn_received; /* half open */
};

/*
 * One address and port that receives datagrams, of both families. A connected socket counts at its
 * own end. Octets are those of memory, headers and what is left over included.
 */
struct tcx_udp_socket {
	struct tcx_bound at;
	uint64_t receive_queue; /* datagrams that the program has not read */
	uint64_t receive_limit; /* sk_rcvbuf: what finds no room is dropped */
	uint64_t send_queue;	/* datagrams that the device has not sent */
};

/* Octets of a service's name in its index. */
#define TCX_SERVICE_NAME_MAX 64

/*
 * All sockets of one cgroup, of TCP and UDP. Those of a group that has no name are one row, with an
 * empty one. Sockets in timeWait, and half-open ones, are of no group: the kernel keeps less of
 * them.
 */
struct tcx_service {
	uint8_t name_len;
	char name[TCX_SERVICE_NAME_MAX]; /* escaped, and cut; zeros behind */
	uint8_t path_hash[4];		 /* the key ends here */
	bool limit_known;		 /* of some queue; then use is known, too */
	uint64_t cgroup;		 /* as in struct tcx_bound */
	uint32_t listeners;
	uint32_t established;
	uint32_t connecting;
	uint32_t closing; /* one end has closed it, or both; and those that were never connected */
	uint32_t udp_sockets;
	uint32_t use;		/* of the fullest queue of a listener or UDP socket, likewise */
	uint64_t unread;	/* octets in TCP connections, and memory of datagrams */
	uint64_t unsent;	/* likewise; what the peer has not acknowledged is there, too */
	struct tcx_drops drops; /* of listeners and UDP sockets */
};

#endif
