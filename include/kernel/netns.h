/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where tables are read from, a network namespace: netlink sockets, kept open, and the socket files
 * of procfs. Belongs to one thread. Sockets are opened when they are first needed, in the network
 * namespace that the thread is in by then, and stay there.
 */
#ifndef TCX_KERNEL_NETNS_H
#define TCX_KERNEL_NETNS_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "kernel/netlink.h"
#include "sample/table.h"

enum tcx_protocol { TCX_TCP, TCX_UDP, TCX_PROTOCOLS };

struct tcx_netns {
	/* The owner may set these. Interfaces get the time of their last change from link_watch,
	 * which outlives it; without one, NULL, it is 0. Those of an ignored name are left out of
	 * tcx_links, and marked in tcx_neighbours; the list has to outlive the reading. */
	struct tcx_link_watch *link_watch;
	const struct tcx_link_patterns *ignored; /* NULL: none */

	/* For what reads tables. */
	char *proc_root;		     /* owned */
	struct tcx_netlink route;	     /* NETLINK_ROUTE */
	struct tcx_netlink diag;	     /* NETLINK_SOCK_DIAG */
	bool use_procfs[TCX_PROTOCOLS];	     /* sock_diag does not serve it, or is not to */
	struct tcx_fault why[TCX_PROTOCOLS]; /* not sock_diag */
};

/* Prepares; opens nothing yet. proc_root ("/proc" as a rule) is copied. NULL when memory is short.
 */
struct tcx_netns *tcx_netns_new(const char *proc_root);

/*
 * Has TCP and UDP sockets read from procfs from now on, though sock_diag may work; why, not
 * empty, is shown as the tables' fallback. Without this call sock_diag is asked, and left for good
 * the first time that it is missing or denied.
 */
void tcx_netns_use_procfs(struct tcx_netns *netns, const char *why);

/* For reader->read(): a table that is one list of rtnetlink. query has the table as its context. */
bool tcx_netns_list(struct tcx_netns *netns, struct tcx_table *table,
		    const struct tcx_netlink_query *query, struct tcx_fault *fault);

/* Closes everything. netns may be NULL. */
void tcx_netns_free(struct tcx_netns *netns);

#endif
