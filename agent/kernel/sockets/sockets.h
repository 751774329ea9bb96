/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists TCP and UDP sockets: from sock_diag, or from procfs if that is missing or denied. Only
 * sock_diag says the maximum of a listener's accept queue and its drops, the device that a socket
 * is bound to, its cgroup, the limits of its memory, and whether an IPv6 socket accepts IPv4.
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
	enum tcx_protocol protocol;
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
	/* What the kernel dropped at it (sk_drops). */
	bool drops_known;
	uint32_t drops;
	/* Where drops are known: no other socket ever has it; with TCX_BY_INODE, none for long. */
	uint64_t cookie;
	/* kernel/cgroups.h; 0: not told, as before Linux 5.8 and of what is no whole socket. */
	uint64_t cgroup;
	/* By SK_MEMINFO_RCVBUF ...; so many the kernel told, none unless the query wants them. */
	uint32_t memory[SK_MEMINFO_VARS];
	size_t memory_count;
};

/* Marks what stands for a cookie in procfs: the inode number and the port. */
#define TCX_BY_INODE (1ULL << 63)

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
 * each protocol and family.
 */
bool tcx_read_sockets(const struct tcx_survey *survey, struct tcx_table *const *tables,
		      struct tcx_netns_reader *reader, struct tcx_fault *fault);

/* Octets of the longest key of rows that count drops. */
#define TCX_DROPS_KEY_MAX 72

/*
 * Notes what one of a row's sockets has dropped, and that the kernel tells. key: of the row, of
 * table->kind->key_size octets.
 */
bool tcx_drops_note(struct tcx_drops *drops, struct tcx_table *table,
		    const struct tcx_socket *socket, const void *key, struct tcx_fault *fault);

/* The key of note i of table->notes, for a reader whose rows get another one in the end. */
uint8_t *tcx_drops_key(struct tcx_table *table, size_t i);

/*
 * Counts the drops of all rows, which have a struct tcx_drops at this offset, from those of the
 * table before on.
 */
bool tcx_drops_end(struct tcx_table *table, size_t offset, struct tcx_fault *fault);

/* Makes the key: the socket's family and port with an address, with a device or, 0, without. */
void tcx_bound_set_key(struct tcx_bound *bound, const struct tcx_socket *socket,
		       const uint8_t *address, uint32_t link);

/* Begins a row, all zero, of a table whose rows begin with struct tcx_bound, with one socket. */
bool tcx_bound_begin(struct tcx_bound *bound, struct tcx_table *table,
		     const struct tcx_socket *socket, struct tcx_fault *fault);

/* The name of each row's device: few have one, so each is a question of its own. */
bool tcx_bound_read_names(struct tcx_table *table, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault);

/* Whether it is one of TCP that accepts connections. */
bool tcx_socket_listens(const struct tcx_socket *socket);

/*
 * How full the queue of a listener or the receive buffer of another is, in hundredths of a percent
 * of what makes it full. False when sock_diag does not tell; procfs never does.
 */
bool tcx_socket_use(const struct tcx_socket *socket, uint32_t *use);

void tcx_bound_merge(struct tcx_bound *sum, const struct tcx_bound *other);

/* For struct tcx_socket_table. */
uint64_t tcx_bound_cgroup(const void *row);

/* Counts the drops of all rows, from those of the table before on. */
bool tcx_bound_end(struct tcx_table *table, struct tcx_fault *fault);

/* Lists the sockets of the thread's network namespace from one source. */
bool tcx_sockets_list_diag(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);
bool tcx_sockets_list_proc(struct tcx_netns_reader *reader, const struct tcx_socket_query *query,
			   struct tcx_fault *fault);

#endif
