/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of TCP and UDP sockets, from sock_diag or procfs. */
#ifndef TCX_KERNEL_SOCKET_TABLES_H
#define TCX_KERNEL_SOCKET_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

/* The states of RFC1213's tcpConnState (and TCP-MIB's), by which rows show the kernel's. */
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
 * One IPv4 connection or listener (RFC1213 tcpConnTable), be it of an IPv4 socket or of an IPv6 one
 * that talks IPv4, as most servers are. A listener on :: that takes IPv4 as well is one on 0.0.0.0;
 * procfs does not tell that. Sockets with the same two ends are one row (SO_REUSEPORT), with the
 * state of the IPv4 one.
 */
struct tcx_connection {
	uint8_t local[4];
	uint8_t local_port[2];
	uint8_t remote[4];
	uint8_t remote_port[2]; /* the key ends here */
	uint8_t state;		/* enum tcx_tcp_state */
};

/*
 * One IPv4 address and port where a program takes datagrams (RFC1213 udpTable), from anyone or, as
 * a connected socket does, from one peer. IPv6 sockets are here as they are in struct
 * tcx_connection, duplicates are merged.
 */
struct tcx_udp_endpoint {
	uint8_t local[4];
	uint8_t local_port[2]; /* the key ends here */
};

/*
 * All TCP sockets of a family that are in one state. There are always 2 * TCX_TCP_STATES rows, also
 * where sockets is 0. IPv6 sockets that talk IPv4 count as IPv6.
 */
struct tcx_tcp_state_row {
	uint8_t address_type; /* enum tcx_address_type */
	uint8_t state;	      /* enum tcx_tcp_state; the key ends here */
	uint32_t sockets;
	/* Of sockets that do not listen: */
	uint32_t unread;	/* how many hold octets that their program has not read */
	uint64_t receive_queue; /* those octets, all together */
	uint64_t send_queue;	/* octets that the peers have not acknowledged */
};

/*
 * One address and port where TCP connections are taken, of one device where the socket is bound to
 * one (SO_BINDTODEVICE, a VRF, the zone of a link-local address), however many sockets share it
 * (SO_REUSEPORT): their numbers are added up. procfs tells no device, so there all of one address
 * and port are one row.
 */
struct tcx_tcp_listener {
	uint8_t address_type; /* enum tcx_address_type */
	uint8_t address[20];  /* 4 or 16 octets, with a zone its ifIndex in 4; zeros behind it */
	uint8_t port[2];      /* the key ends here */
	bool max_known;	      /* queue_max and full are told by sock_diag only */
	uint32_t sockets;
	uint32_t queue;	    /* connections that wait to be accepted (sk_ack_backlog) */
	uint32_t queue_max; /* how many may wait (sk_max_ack_backlog); one more can */
	uint32_t full;	    /* sockets that take no more connections now (sk_acceptq_is_full()) */
	/*
	 * Sockets with this local end, or with this port and no listener of their own address when
	 * this one listens on all addresses (::ffff:0.0.0.0, before ::, on all of IPv4); of one
	 * that is bound to a device only those that are bound to it, too, as what it accepts is. Of
	 * this socket family, so that IPv4 connections of an IPv6 listener are its own.
	 */
	uint32_t established;  /* accepted or waiting */
	uint32_t syn_received; /* half open */
};

/* The state by RFC1213's number for the kernel's (TCP_ESTABLISHED ...); 0 for one that is none. */
uint8_t tcx_tcp_state_of(uint8_t kernel_state);

#endif
