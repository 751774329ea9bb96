/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which network namespace a proc root or a name shows, whether it still does, and how to enter and
 * leave it. For kernel/ alone; others have kernel/netns.h.
 *
 * ROOT/net of a whole procfs is the reader's own namespace, whoever mounted it; ROOT/PID is that of
 * a process. The inode number of a file below net identifies a namespace in every mount, without
 * privileges (proc_net_ns_init()). Nothing here keeps another namespace alive: an O_PATH descriptor
 * of a process's folder does not, and is never that of another process.
 */
#ifndef TCX_KERNEL_NAMESPACE_H
#define TCX_KERNEL_NAMESPACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/fault.h"
#include "kernel/netns.h"

struct tcx_namespace {
	char *name; /* owned: the proc root, or the file that has the name */
	enum tcx_where where;
	/* Of another namespace: */
	int folder;	  /* O_PATH, of its process; else AT_FDCWD */
	const char *file; /* where it is entered: the path below folder */
	ino_t inode;	  /* of that file; 0: unknown */
	atomic_bool gone; /* the name has lost it, for good */
};

/*
 * The path of a file below root, for the caller to free. No process has a sys of its own: that is
 * beside its folder. NULL when memory is short.
 */
char *tcx_proc_root_path(const char *root, const char *path);

/* What a proc root shows now, or a file that is its name. False with a fault: to be cleared. */
bool tcx_namespace_init(struct tcx_namespace *ns, const char *name, bool named,
			struct tcx_fault *fault);
void tcx_namespace_clear(struct tcx_namespace *ns);

/* Whether it has to be entered. If not, it is the thread's own or of no namespace. */
bool tcx_namespace_is_other(const struct tcx_namespace *ns);

/*
 * Whether its process or name is gone, or shows another namespace by now. Inode numbers are used
 * again: a name is sure to show the same one only while a socket keeps that alive.
 */
bool tcx_namespace_is_gone(struct tcx_namespace *ns);

/*
 * Moves the calling thread into it; *home is for tcx_namespace_leave(), -1 where there was nothing
 * to enter. False with a fault, mostly for lack of CAP_SYS_ADMIN.
 */
bool tcx_namespace_enter(const struct tcx_namespace *ns, int *home, struct tcx_fault *fault);

/* Takes the thread back to where it came from. */
void tcx_namespace_leave(int home);

/*
 * Whether that works, tried by a thread of its own: /proc/net is that of the first thread, which
 * stays where it is.
 */
bool tcx_namespace_can_enter(const struct tcx_namespace *ns, struct tcx_fault *fault);

#endif
