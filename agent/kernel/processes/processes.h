/* SPDX-License-Identifier: BSD-2-Clause */
/* The parts of finding namespaces by their processes. root is the open folder of a procfs. */
#ifndef TCX_KERNEL_PROCESSES_PROCESSES_H
#define TCX_KERNEL_PROCESSES_PROCESSES_H

#include "kernel/processes.h"

/* --- list.c ----------------------------------------------------------------------------------- */

/* A process that was listed. Its number and the inode number of its folder tell it from others. */
struct tcx_process {
	uint32_t pid;
	uint32_t listings; /* that it was in before this one */
	ino_t inode;
	ino_t netns; /* as tcx_process_netns_of() had it when it was looked at; 0: none */
};

/* Zeros at first; by pid. */
struct tcx_process_list {
	size_t count;
	struct tcx_process *all; /* owned */
};

/* Lists them anew; of those that were there before what is known stays. False with a fault. */
bool tcx_process_list(int root, struct tcx_process_list *list, struct tcx_fault *fault);

/* Whether it is time to look at it. */
bool tcx_process_is_due(const struct tcx_process *process);

/* --- look.c ----------------------------------------------------------------------------------- */

/* The inode number of its net/snmp, which tells namespaces apart; 0: it has none any more. */
ino_t tcx_process_netns_of(int root, uint32_t pid);

/* That of nsfs, which takes the right to trace the process; 0: it may not be seen. */
uint32_t tcx_process_nsfs_of(int root, uint32_t pid);

/* False when it is gone. */
bool tcx_process_read_names(int root, uint32_t pid, struct tcx_process_names *names);

/* When it began, by tcx_clock_now(), rounded down to a clock tick. TCX_NEVER when it is gone. */
uint64_t tcx_process_began(int root, uint32_t pid);

bool tcx_process_matches(const struct tcx_process_names *names, const struct tcx_list *patterns);

#endif
