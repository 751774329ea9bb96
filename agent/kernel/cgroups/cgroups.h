/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of finding the names of cgroups. */
#ifndef TCX_KERNEL_CGROUPS_CGROUPS_H
#define TCX_KERNEL_CGROUPS_CGROUPS_H

#include "kernel/cgroups.h"
#include "kernel/netns.h"

/*
 * The root of the widest tree of cgroup2 that this process sees, or process 1 of a proc root, or
 * its own process if it is one's folder: a descriptor for the caller; -1: none.
 */
int tcx_cgroup_open_root(const char *proc_root);

/*
 * Searches the tree below an open folder, which it closes, for the rows that are marked as missing
 * by searched_ns 0, and gives them their names. What it may not read, is deeper than 32 levels, or
 * has a path that is longer than PATH_MAX, is passed over.
 */
void tcx_cgroup_search(int root, struct tcx_table *groups);

#endif
