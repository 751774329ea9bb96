/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which network namespace a proc root shows, and the way into it. The `net' of a whole procfs leads
 * to the reader's own namespace, whoever mounted it: ROOT/PID is another process's. The inode
 * number of a file below net tells them apart, without any privilege: each namespace has its own
 * (proc_net_ns_init()), the same in each mount.
 */
#ifndef TCX_KERNEL_NAMESPACE_H
#define TCX_KERNEL_NAMESPACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

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
 * The path below root of a file that is not of one process, as sys/net/..., for somebody to free:
 * where root is a process's folder it is beside that. NULL when memory is short. Files below
 * sys/net are those of the namespace of the thread that opens them.
 */
char *tcx_proc_root_path(const char *root, const char *path);

/* The namespace that a proc root showed at a moment: a process may end, and its number be given to
 * another one. */
struct tcx_namespace {
	char *root;  /* owned */
	ino_t inode; /* of its net/snmp, where that is of another namespace than the maker's, and
		      * one that no file has where that was not there; else 0 */
};

/* False when memory is short. */
bool tcx_namespace_init(struct tcx_namespace *ns, const char *root);
void tcx_namespace_clear(struct tcx_namespace *ns);

/* Whether the calling thread is in it; true as well where it is no other one. Never in the one that
 * a process shows which was not there when this was made, whatever comes in its place. */
bool tcx_namespace_is_here(const struct tcx_namespace *ns);

/*
 * Puts the calling thread into it, for good. Does nothing where it is no other one. False with a
 * fault: most often the process lacks CAP_SYS_ADMIN.
 */
bool tcx_namespace_enter(const struct tcx_namespace *ns, struct tcx_fault *fault);

/*
 * Does something there, and comes back: where it is another one, in a thread that ends with it.
 * Returns what work returns; false with a fault where the namespace cannot be entered.
 */
bool tcx_namespace_do(const struct tcx_namespace *ns,
		      bool (*work)(void *context, struct tcx_fault *fault), void *context,
		      struct tcx_fault *fault);

/* Whether the namespace that root shows could be entered; true as well where it is no other one. */
bool tcx_namespace_can_enter(const char *root, struct tcx_fault *fault);

#endif
