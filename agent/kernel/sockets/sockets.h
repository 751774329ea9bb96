/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * TCP and UDP sockets, one by one as the kernel lists them: from sock_diag, or from procfs where
 * that is missing or denied. Both say the same, but for what only sock_diag tells: the length that
 * a listener's accept queue may reach, the device that a socket is bound to, and whether an IPv6
 * socket takes IPv4 as well.
 */
#ifndef TCX_KERNEL_SOCKETS_SOCKETS_H
#define TCX_KERNEL_SOCKETS_SOCKETS_H

#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/netns.h"
#include "sample/table.h"

/* Sets of the kernel's states: bit 1 << TCP_ESTABLISHED and so on. All eleven that there are. */
#define TCX_ALL_STATES ((1U << (TCP_CLOSING + 1)) - 2)

struct tcx_socket {
	uint8_t family;	    /* AF_INET or AF_INET6, of the socket: IPv6 ones may talk IPv4 */
	uint8_t state;	    /* the kernel's number: TCP_LISTEN ... */
	uint8_t local[16];  /* address, network order; IPv4 in the first four octets */
	uint8_t remote[16]; /* likewise */
	uint8_t local_port[2];
	uint8_t remote_port[2];
	/* Octets not yet read by the program; of a listener: connections not yet accepted. */
	uint32_t receive_queue;
	/*
	 * Octets sent and not yet acknowledged, or not yet sent; of a listener: how many
	 * connections may wait, 0 in procfs.
	 */
	uint32_t send_queue;
	uint32_t link; /* ifIndex of the device that it is bound to, or of its zone; 0: none */
	/* An IPv6 socket on :: that is known to take IPv4 too (INET_DIAG_SKV6ONLY). */
	bool takes_ipv4;
};

/* Octets before the IPv4 address in ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
#define TCX_MAPPED_LEN 12

/* Whether it is an IPv6 socket whose local end is of IPv4. */
bool tcx_socket_is_mapped(const struct tcx_socket *socket);

/* Is handed each socket. False ends the listing. */
typedef bool tcx_socket_callback(void *context, const struct tcx_socket *socket,
				 struct tcx_fault *fault);

struct tcx_socket_query {
	enum tcx_protocol protocol;
	uint8_t family;	 /* AF_INET or AF_INET6 */
	bool only_ipv4;	 /* of IPv6 sockets those will do that talk IPv4, or may */
	uint32_t states; /* only sockets in one of these */
	tcx_socket_callback *callback;
	void *context; /* the callback's own */
};

/*
 * Lists the sockets of the thread's network namespace; table->source and table->fallback tell from
 * where. A family that the kernel does not have has no sockets, but IPv4 it must have.
 */
bool tcx_sockets_list(struct tcx_netns *netns, const struct tcx_socket_query *query,
		      struct tcx_table *table, struct tcx_fault *fault);

/*
 * Lists what talks IPv4, as AF_INET: IPv4 sockets first, then IPv6 ones whose ends are of IPv4
 * (::ffff:a.b.c.d) or that take IPv4 beside IPv6, on 0.0.0.0. query->family is not looked at.
 */
bool tcx_sockets_list_ipv4(struct tcx_netns *netns, const struct tcx_socket_query *query,
			   struct tcx_table *table, struct tcx_fault *fault);

/* One source each. */
bool tcx_sockets_list_diag(struct tcx_netns *netns, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);
bool tcx_sockets_list_proc(struct tcx_netns *netns, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);

#endif
