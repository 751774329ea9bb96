/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists TCP and UDP sockets: from sock_diag, or from procfs if that is missing or denied. Only
 * sock_diag says the maximum of a listener's accept queue, the device that a socket is bound to,
 * its memory and drops, and whether an IPv6 socket accepts IPv4.
 */
#ifndef TCX_KERNEL_SOCKETS_SOCKETS_H
#define TCX_KERNEL_SOCKETS_SOCKETS_H

#include <linux/sock_diag.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/netns_reader.h"
#include "kernel/read_table.h"
#include "kernel/socket_tables.h"

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
	uint64_t cookie; /* no other socket ever has it; 0 in procfs */
	/* By SK_MEMINFO_RCVBUF ...; so many the kernel told, none unless the query wants them. */
	uint32_t memory[SK_MEMINFO_VARS];
	size_t memory_count;
};

/* Octets before the IPv4 address in ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
#define TCX_MAPPED_LEN 12

/* Whether an IPv6 address stands for one of IPv4. */
bool tcx_is_mapped(const uint8_t address[16]);

struct tcx_socket_query {
	enum tcx_protocol protocol;
	uint8_t family;	 /* AF_INET or AF_INET6 */
	bool only_ipv4;	 /* IPv6 sockets may be left out unless they speak or may speak IPv4 */
	bool memory;	 /* tell each socket's memory and drops */
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

/* Makes the key: the socket's family and port with an address, with a device or, 0, without. */
void tcx_bound_set_key(struct tcx_bound *bound, const struct tcx_socket *socket,
		       const uint8_t *address, uint32_t link);

/* Begins a row, all zero, of a table whose rows begin with struct tcx_bound, with one socket. */
bool tcx_bound_begin(struct tcx_bound *bound, struct tcx_table *table,
		     const struct tcx_socket *socket, struct tcx_fault *fault);

/* The name of each row's device: few have one, so each is a question of its own. */
bool tcx_bound_read_names(struct tcx_table *table, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault);

/* How full a queue is, in hundredths of a percent of what makes it full. */
uint32_t tcx_use_of(uint64_t queue, uint64_t limit);

void tcx_bound_merge(struct tcx_bound *sum, const struct tcx_bound *other);

/* Counts the drops of all rows, from those of the table before on. */
bool tcx_bound_end(struct tcx_table *table, struct tcx_fault *fault);

/* Lists the sockets of the thread's network namespace from one source. */
bool tcx_sockets_list_diag(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);
bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);

#endif
