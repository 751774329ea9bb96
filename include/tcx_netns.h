/*
 * Which network namespace a proc root shows, and the way into it. The `net' of a whole procfs leads
 * to the reader's own namespace, whoever mounted it: ROOT/PID is another process's. The inode
 * number of a file below net tells them apart, without any privilege: each namespace has its own
 * (proc_net_ns_init()), the same in each mount.
 */
#ifndef TCX_NETNS_H
#define TCX_NETNS_H

#include <stdbool.h>

#include "tcx_fault.h"

enum tcx_where {
	TCX_WHERE_UNKNOWN, /* ROOT/net/snmp is not there, or the thread's own is not */
	TCX_WHERE_FILES,   /* no procfs: files that somebody put there; of no namespace */
	TCX_WHERE_OWN,	   /* the calling thread's namespace */
	/* Likewise, though process 1 of this procfs is in another one. Who gives a procfs that is
	 * not /proc means that one, as a rule: it is at ROOT/1. */
	TCX_WHERE_OWN_NOT_INIT,
	TCX_WHERE_OTHER, /* another namespace */
};

/* Whose counters are below a proc root. */
enum tcx_where tcx_proc_root_where(const char *root);

/*
 * Puts the calling thread, for good, into the namespace that root shows. Does nothing where that is
 * no other one. False with a fault: most often the process lacks CAP_SYS_ADMIN.
 */
bool tcx_netns_enter(const char *root, struct tcx_fault *fault);

/*
 * Does something in the namespace that root shows, and comes back: where that is another one, in a
 * thread that ends with it. work may be NULL, to find out whether that could be. Returns what it
 * returns; false with a fault where the namespace cannot be entered.
 */
bool tcx_netns_do(const char *root, bool (*work)(void *context, struct tcx_fault *fault),
		  void *context, struct tcx_fault *fault);

#endif
