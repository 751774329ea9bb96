/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads sockets from procfs although the kernel has sock_diag. */
#ifndef TCX_UNIT_USE_PROCFS_H
#define TCX_UNIT_USE_PROCFS_H

#include "kernel/netns_reader.h"

/* From now on; why, not empty, becomes the tables' fallback. */
static inline void use_procfs(struct tcx_netns_reader *reader, const char *why)
{
	for (int i = 0; i < TCX_PROTOCOLS; i++)
		tcx_fault_set(&reader->no_diag[i], "%s", why);
}

#endif
