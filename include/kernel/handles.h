/* The inside of struct tcx_kernel, for those who read tables. */
#ifndef TCX_KERNEL_INSIDE_H
#define TCX_KERNEL_INSIDE_H

#include <stdbool.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "kernel/kernel.h"
#include "kernel/netlink.h"
#include "sample/table.h"

enum tcx_protocol { TCX_TCP, TCX_UDP, TCX_PROTOCOLS };

struct tcx_kernel {
	char *proc_root;		     /* owned */
	struct tcx_netlink route;	     /* NETLINK_ROUTE */
	struct tcx_netlink diag;	     /* NETLINK_SOCK_DIAG */
	struct tcx_link_watch *link_watch;   /* or NULL */
	struct tcx_link_patterns ignored;    /* interfaces */
	bool use_procfs[TCX_PROTOCOLS];	     /* sock_diag does not serve it, or is not to */
	struct tcx_fault why[TCX_PROTOCOLS]; /* not sock_diag */
};

/* To be called before a table is read. */
void tcx_kernel_begin(struct tcx_kernel *kernel);

/* True when reading failed since then only because things changed meanwhile. */
bool tcx_kernel_interrupted(const struct tcx_kernel *kernel);

/* For kind->read(): a table that is one list of rtnetlink. query has the table as its context. */
bool tcx_kernel_list(struct tcx_kernel *kernel, struct tcx_table *table,
		     const struct tcx_netlink_query *query, struct tcx_fault *fault);

#endif
