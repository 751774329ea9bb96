/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists TCP and UDP sockets: from sock_diag, or from procfs if that is missing or denied. Only
 * sock_diag says the maximum of a listener's accept queue, the device that a socket is bound to,
 * and whether an IPv6 socket accepts IPv4.
 */
#ifndef TCX_KERNEL_SOCKETS_SOCKETS_H
#define TCX_KERNEL_SOCKETS_SOCKETS_H

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/netns_reader.h"
#include "sample/table.h"

/* Sets of kernel states, bits 1 << TCP_ESTABLISHED and so on: all eleven. */
#define TCX_ALL_STATES ((1U << (TCP_CLOSING + 1)) - 2)

struct tcx_socket {
	uint8_t family;	    /* AF_INET or AF_INET6; IPv6 sockets may speak IPv4 */
	uint8_t state;	    /* the kernel's number: TCP_LISTEN ... */
	uint8_t local[16];  /* address, network order; IPv4 in the first four octets */
	uint8_t remote[16]; /* likewise */
	uint8_t local_port[2];
	uint8_t remote_port[2];
	/* Octets that the program has not read; of a listener: connections not yet accepted. */
	uint32_t receive_queue;
	/* Octets not yet sent or acknowledged; of a listener: queue maximum, 0 in procfs. */
	uint32_t send_queue;
	uint32_t link; /* ifIndex of its device or zone; 0: none */
	/* An IPv6 socket on :: that surely accepts IPv4 (INET_DIAG_SKV6ONLY). */
	bool takes_ipv4;
};

/* Octets before the IPv4 address in ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
#define TCX_MAPPED_LEN 12

/* Whether it is an IPv6 socket with an IPv4 local address. */
bool tcx_socket_is_mapped(const struct tcx_socket *socket);

/* Gets each socket. False ends the listing. */
typedef bool tcx_socket_callback(void *context, const struct tcx_socket *socket,
				 struct tcx_fault *fault);

struct tcx_socket_query {
	enum tcx_protocol protocol;
	uint8_t family;	 /* AF_INET or AF_INET6 */
	bool only_ipv4;	 /* IPv6 sockets may be left out unless they speak or may speak IPv4 */
	uint32_t states; /* only sockets in one of these */
	tcx_socket_callback *callback;
	void *context; /* for the callback */
};

/*
 * Lists the sockets of the thread's network namespace; sets table->source and table->fallback. A
 * kernel without IPv6 has no such sockets; IPv4 it must have.
 */
bool tcx_sockets_list(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
		      struct tcx_table *table, struct tcx_fault *fault);

/* Lists the TCP sockets of both families that are in one of the states. */
bool tcx_sockets_list_tcp(struct tcx_netns_reader *reader, uint32_t states,
			  tcx_socket_callback *callback, void *context, struct tcx_table *table,
			  struct tcx_fault *fault);

/*
 * For reader->read() of a table of all that speaks IPv4, which callback gets as AF_INET: IPv4
 * sockets, then IPv6 ones with IPv4 ends (::ffff:a.b.c.d), or, as 0.0.0.0, that accept both.
 */
bool tcx_sockets_list_ipv4(struct tcx_netns_reader *reader, enum tcx_protocol protocol,
			   tcx_socket_callback *callback, struct tcx_table *table,
			   struct tcx_fault *fault);

/* The same from one source. */
bool tcx_sockets_list_diag(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);
bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);

#endif
