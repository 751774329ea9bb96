/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one thread has of a network namespace while it reads there (tcx_netns_begin()). Each socket
 * is opened on first use, in the thread's namespace of that moment.
 */
#ifndef TCX_KERNEL_NETNS_READER_H
#define TCX_KERNEL_NETNS_READER_H

#include <stdbool.h>

#include "base/fault.h"
#include "kernel/netlink.h"
#include "kernel/netns.h"
#include "kernel/read_table.h"

struct tcx_netns_reader {
	/*
	 * The borrower may set these, and they must outlive the loan. Ignored interfaces are left
	 * out of tcx_links and tcx_ip6_interfaces, and marked in tcx_neighbours. Counts of sockets
	 * go on from the tables of the reading before, of the same survey, by id; NULL: it is the
	 * first one.
	 */
	const char *ignored; /* patterns, as in tcx_list_matches() */
	struct tcx_table *const *before;

	/* For the readers of tables. */
	struct tcx_link_watch *link_watch; /* gives times of last change */
	const char *proc_root;		   /* for PROC_ROOT/net */
	struct tcx_netlink route;	   /* NETLINK_ROUTE */
	struct tcx_netlink diag;	   /* NETLINK_SOCK_DIAG */
	/* Why procfs is read in place of sock_diag; empty: it is not. */
	struct tcx_fault no_diag[TCX_PROTOCOLS];

	/* For kernel/netns.c. */
	struct tcx_netns *netns; /* the lender */
	uint64_t diag_ns;	 /* when sock_diag was last thought to work */
	int home;		 /* where the thread came from; -1: it is there */
};

#endif
