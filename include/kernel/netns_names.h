/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of network namespaces, which are files of a folder such as /run/netns (ip-netns(8)):
 * each a mount of a file of nsfs, or a link to one. For one thread at a time.
 */
#ifndef TCX_KERNEL_NETNS_NAMES_H
#define TCX_KERNEL_NETNS_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/netns.h"

/* Where ip-netns(8) makes them. */
#define TCX_NETNS_FOLDER "/run/netns"

struct tcx_netns_name {
	char *path;	  /* owned */
	const char *name; /* the end of it */
	struct tcx_namespace_id id;
};

struct tcx_netns_names {
	const char *folder; /* of the caller, who sets it; it need not be there */
	/* Zeros at first, but for the descriptor: TCX_NETNS_NAMES(folder). */
	int watch_fd; /* of inotify; -1: none */
	int watch;    /* of the folder; -1: none */
	uint64_t changed_ns;
	size_t count;
	struct tcx_netns_name *all; /* owned */
	struct tcx_fault refused;   /* of a link that may not be followed; else empty */
};

#define TCX_NETNS_NAMES(of)                                                                        \
	{                                                                                          \
		.folder = (of), .watch_fd = -1, .watch = -1                                        \
	}

/*
 * Lists those that match the patterns (tcx_list_matches()) and show a namespace now. *due_ns is
 * when to do it again if nothing of the folder changes before (tcx_netns_names_fd()). False with a
 * fault: the names are as they were. A folder that is not there has none.
 */
bool tcx_netns_names_list(struct tcx_netns_names *names, const char *patterns, uint64_t *due_ns,
			  struct tcx_fault *fault);

/* Readable when something of the folder changes; -1: that is not known. A list may change it. */
int tcx_netns_names_fd(const struct tcx_netns_names *names);

/* Frees what it owns. */
void tcx_netns_names_clear(struct tcx_netns_names *names);

#endif
