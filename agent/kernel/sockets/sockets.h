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

#include "kernel/netns_reader.h"
#include "kernel/read_table.h"

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

/* Whether an IPv6 address stands for one of IPv4. */
bool tcx_is_mapped(const uint8_t address[16]);

struct tcx_socket_query {
	enum tcx_protocol protocol;
	uint8_t family;	 /* AF_INET or AF_INET6 */
	bool only_ipv4;	 /* IPv6 sockets may be left out unless they speak or may speak IPv4 */
	uint32_t states; /* sockets in others may be left out */
	tcx_socket_callback *callback;
	void *context; /* for the callback */
};

/*
 * Makes the tables[id] that are not NULL and whose members[id] are made of sockets: one dump for
 * each family.
 */
bool tcx_read_sockets(const struct tcx_survey *survey, struct tcx_table *const *tables,
		      struct tcx_netns_reader *reader, struct tcx_fault *fault);

/* Lists the sockets of the thread's network namespace from one source. */
bool tcx_sockets_list_diag(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);
bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);

#endif
