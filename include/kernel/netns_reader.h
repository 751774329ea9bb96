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
	 * The borrower may set this, and it must outlive the loan. Ignored interfaces are left out
	 * of tcx_links, and marked in tcx_neighbours.
	 */
	const char *ignored; /* patterns, as in tcx_list_matches() */

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

/* A dump of rtnetlink and what becomes of it; constant data. */
struct tcx_netns_dump {
	uint16_t type;	     /* RTM_GETADDR ...; messages like RTM_NEWADDR are taken */
	const void *request; /* struct ifaddrmsg ..., and attributes */
	size_t len;	     /* of the struct, with which messages begin, too */
	size_t more;	     /* octets of attributes behind the struct of the request */
	int nothing;	     /* errno of a kernel that has nothing to list; 0: it always has */
	/* Takes a message: its fixed part, and the attributes by type, NULL if missing. */
	bool (*take)(struct tcx_table *table, const void *message, const struct nlattr **attributes,
		     struct tcx_fault *fault);
};

/* Lists into the table until that is full. False with a fault. */
bool tcx_netns_list(struct tcx_netns_reader *reader, struct tcx_table *table,
		    const struct tcx_netns_dump *dump, struct tcx_fault *fault);

#endif
