/* SPDX-License-Identifier: BSD-2-Clause */
/* A proc root as workers find it, since the main thread may lack what it takes to enter it. */
#ifndef TCX_COLLECT_PROC_ROOT_H
#define TCX_COLLECT_PROC_ROOT_H

#include <stdbool.h>

#include "base/fault.h"
#include "kernel/netns.h"

struct tcx_pool;

struct tcx_proc_root {
	struct tcx_netns *netns; /* with a reference */
	bool can_enter;		 /* be entered, or need not be */
	struct tcx_fault why;	 /* it cannot */
};

/* Has a worker look, and waits for it, for ten seconds at most. False with a fault. */
bool tcx_proc_root_find(struct tcx_proc_root *root, struct tcx_pool *pool, const char *proc_root,
			struct tcx_fault *fault);

#endif
