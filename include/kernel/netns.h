/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "Where": one counted handle for all that is read of a network namespace. It knows the namespace
 * by a proc root or by a name, lends what reads there, and watches its links.
 *
 * In the agent's own namespace, sockets and files stay open. In another one nothing stays open that
 * keeps it alive but the watch of links, once somebody has begun it; it is closed when the process
 * or the name has gone.
 */
#ifndef TCX_KERNEL_NETNS_H
#define TCX_KERNEL_NETNS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/fault.h"
#include "base/reference.h"

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
	TCX_WHERE_NAMED, /* that of a name */
	TCX_WHERE_GONE,	 /* ROOT or its process is not there: of no namespace, whatever comes */
};

struct tcx_netns;
struct tcx_netns_reader;

/*
 * Tells namespaces apart: the inode numbers of nsfs are used again at once. A name keeps its inode
 * of nsfs, which so tells when it was made; that of a process is made anew for who looks.
 */
struct tcx_namespace_id {
	uint32_t inode;		 /* of nsfs, as in /proc/PID/ns/net; 0: unknown */
	bool hidden;		 /* that may not be seen: inode is that of /proc/PID/net/snmp */
	struct timespec changed; /* st_ctim of the file that has the name; 0 for processes, links */
};

bool tcx_namespace_is(const struct tcx_namespace_id *a, const struct tcx_namespace_id *b);

/* Where a proc root is; not TCX_WHERE_NAMED. */
enum tcx_where tcx_netns_look(const char *proc_root);

/* Of a proc root, as it is now; it need not exist. NULL with a fault. */
struct tcx_netns *tcx_netns_new(const char *proc_root, struct tcx_fault *fault);

/*
 * Of the namespace that has a name now, a file such as /run/netns/blue (ip-netns(8)). A name that
 * is deleted and made again is another namespace, which this handle never enters. NULL with a
 * fault: a new name is of none for a millisecond.
 */
struct tcx_netns *tcx_netns_named(const char *file, struct tcx_fault *fault);

TCX_REFERENCE_DECLARE(tcx_netns);

/* The proc root or the file of the name. */
const char *tcx_netns_name(const struct tcx_netns *netns);

enum tcx_where tcx_netns_where(const struct tcx_netns *netns);

/* Which namespace it is of; inode 0: of none, or unknown. */
struct tcx_namespace_id tcx_netns_id(const struct tcx_netns *netns);

/* Whether its process or name has ended, or shows another namespace by now. */
bool tcx_netns_is_gone(struct tcx_netns *netns);

/*
 * Goes on by another process of the same namespace, whose folder is path, since the one of the
 * handle may end. False with a fault, such as that it is in another namespace.
 */
bool tcx_netns_follow(struct tcx_netns *netns, const char *path, struct tcx_fault *fault);

/*
 * Moves the calling thread there, which must hold a reference; *home keeps where it came from, and
 * is -1 at first. It may go on to the next one from there, and must go back in the end. Nothing is
 * to be entered in the own one. False with a fault and errno: EPERM or EACCES for lack of a
 * right, mostly CAP_SYS_ADMIN, and no other; then it is where it was. For workers, as
 * tcx_netns_begin().
 */
bool tcx_netns_enter(const struct tcx_netns *netns, int *home, struct tcx_fault *fault);

/* Takes the thread back to where it came from, and makes *home -1. */
void tcx_netns_return(int *home);

/* Whether it can be entered, or need not be. */
bool tcx_netns_can_enter(const struct tcx_netns *netns, struct tcx_fault *fault);

/*
 * Enters the namespace and lends what reads there (kernel/netns_reader.h) to the calling thread,
 * which must hold a reference. NULL with a fault. Not for the first thread of a process while
 * others open files below /proc/net, which is that thread's.
 */
struct tcx_netns_reader *tcx_netns_begin(struct tcx_netns *netns, struct tcx_fault *fault);

/* Ends the loan; the thread is back in its own namespace. reader may be NULL. */
void tcx_netns_end(struct tcx_netns_reader *reader);

/*
 * Watches links. The first call subscribes to the changes of links and lists these; later ones
 * handle all pending changes, which get the time of the call, and list the links anew if some were
 * lost. False with a fault; the next call catches up. *due_ns is when to call it at the latest:
 * after a fault, and to see whether another namespace has lost its process or name, for whose sake
 * nothing is kept open then. TCX_NEVER: when the descriptor is readable. For one thread at a time,
 * and not the first, as tcx_netns_begin().
 */
bool tcx_netns_drain(struct tcx_netns *netns, uint64_t *due_ns, struct tcx_fault *fault);

/* Readable while there is something to drain; -1: nothing comes. Each drain may change it. */
int tcx_netns_fd(const struct tcx_netns *netns);

/* Ends the watch, and keeps nothing open. Nobody may drain it at the time, or any more. */
void tcx_netns_end_watch(struct tcx_netns *netns);

/* Where a file of procfs is opened. */
struct tcx_place {
	char *path;	   /* for messages; owned */
	int folder;	   /* an O_PATH descriptor of the handle; or AT_FDCWD */
	const char *below; /* the folder; in path, or behind it */
	bool inside;	   /* only the borrower of a reader opens it */
	bool pins;	   /* as long as it is open, the namespace stays */
};

/* The place of net/snmp, sys/net/..., for the handle's life. Its path is NULL for lack of memory.
 */
struct tcx_place tcx_netns_place(const struct tcx_netns *netns, const char *below);

#endif
