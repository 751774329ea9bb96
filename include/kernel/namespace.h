/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which network namespace a proc root shows, and how to enter it. ROOT/net of a whole procfs is the
 * reader's own namespace, whoever mounted it; ROOT/PID is that of a process. The inode number of a
 * file below net identifies a namespace in every mount, without privileges (proc_net_ns_init()).
 */
#ifndef TCX_KERNEL_NAMESPACE_H
#define TCX_KERNEL_NAMESPACE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"

enum tcx_where {
	TCX_WHERE_UNKNOWN, /* ROOT/net/snmp is not there, or the thread's own is not */
	TCX_WHERE_FILES,   /* no procfs but plain files, of no namespace */
	TCX_WHERE_OWN,	   /* the calling thread's namespace */
	/*
	 * Likewise, but process 1 of this procfs is in another one, at ROOT/1. Who gives a procfs
	 * that is not /proc usually means that one.
	 */
	TCX_WHERE_OWN_NOT_INIT,
	TCX_WHERE_OTHER, /* another namespace */
};

/* Whose counters a proc root has. */
enum tcx_where tcx_proc_root_where(const char *root);

/*
 * The path below root, for the caller to free, of a file such as sys/net/... that no process owns:
 * if root is a process's folder, the path is beside it. NULL when memory is short. sys/net is of
 * the namespace of the thread that opens it.
 */
char *tcx_proc_root_path(const char *root, const char *path);

/* The namespace that a proc root showed at one moment: processes end, and ids are reused. */
struct tcx_namespace {
	char *root;  /* owned */
	ino_t inode; /* of its net/snmp, if it is not the maker's namespace; an impossible one if
			there was no such file; else 0 */
};

/* False when memory is short. */
bool tcx_namespace_init(struct tcx_namespace *ns, const char *root);
void tcx_namespace_clear(struct tcx_namespace *ns);

/*
 * Whether the calling thread is in it, or it is no other one. Never true if its process did not
 * exist when this was made, whatever exists now.
 */
bool tcx_namespace_is_here(const struct tcx_namespace *ns);

/*
 * Moves the calling thread into it, for good, unless it is no other one. False with a fault, mostly
 * for lack of CAP_SYS_ADMIN.
 */
bool tcx_namespace_enter(const struct tcx_namespace *ns, struct tcx_fault *fault);

/*
 * Calls work there: in a thread of its own if it is another namespace. Returns its result; false
 * with a fault when the namespace cannot be entered.
 */
bool tcx_namespace_do(const struct tcx_namespace *ns,
		      bool (*work)(void *context, struct tcx_fault *fault), void *context,
		      struct tcx_fault *fault);

/* Whether the namespace of root can be entered, or is no other one. */
bool tcx_namespace_can_enter(const char *root, struct tcx_fault *fault);

#endif
