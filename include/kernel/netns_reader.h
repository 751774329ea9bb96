/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reads the tables of a network namespace: its netlink sockets and its socket files in
 * procfs. Belongs to one thread. Each socket is opened on first use, in the thread's namespace of
 * that moment, and stays open.
 */
#ifndef TCX_KERNEL_NETNS_READER_H
#define TCX_KERNEL_NETNS_READER_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "kernel/netlink.h"
#include "sample/table.h"

enum tcx_protocol { TCX_TCP, TCX_UDP, TCX_PROTOCOLS };

struct tcx_netns_reader {
	/*
	 * The owner may set these, and both must outlive the reads. link_watch gives the times of
	 * last change; NULL: all 0. Ignored interfaces are left out of tcx_links, and marked in
	 * tcx_neighbours.
	 */
	struct tcx_link_watch *link_watch;
	const struct tcx_link_patterns *ignored; /* NULL: none */

	/* For the readers of tables. */
	char *proc_root;		     /* owned */
	struct tcx_netlink route;	     /* NETLINK_ROUTE */
	struct tcx_netlink diag;	     /* NETLINK_SOCK_DIAG */
	bool use_procfs[TCX_PROTOCOLS];	     /* sock_diag does not work, or is not wanted */
	struct tcx_fault why[TCX_PROTOCOLS]; /* reason for it */
};

/* Opens nothing yet. Copies proc_root ("/proc" as a rule). NULL when memory is short. */
struct tcx_netns_reader *tcx_netns_reader_new(const char *proc_root);

/*
 * Reads TCP and UDP sockets from procfs from now on; why, not empty, becomes the tables' fallback.
 * Otherwise sock_diag is used until it is missing or denied for the first time.
 */
void tcx_netns_use_procfs(struct tcx_netns_reader *reader, const char *why);

/* Makes a row of a message: of its fixed part, and the attributes by type, NULL if missing. */
typedef bool tcx_netns_take(struct tcx_table *table, const void *message,
			    const struct nlattr **attributes, struct tcx_fault *fault);

/*
 * For reader->read() of a single rtnetlink dump: type is RTM_GETADDR or the like, of which the
 * messages like RTM_NEWADDR are taken; they begin as the request does, with a struct of len octets.
 */
bool tcx_netns_list(struct tcx_netns_reader *reader, struct tcx_table *table, uint16_t type,
		    const void *request, size_t len, tcx_netns_take *take, struct tcx_fault *fault);

/* Closes everything. reader may be NULL. */
void tcx_netns_reader_free(struct tcx_netns_reader *reader);

#endif
