/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds network namespaces by the processes that are in them: those where one's command
 * (/proc/PID/comm) or control group (/proc/PID/cgroup) matches a pattern. Keeps none of them alive:
 * what stays open of a namespace is a pidfd of one of its processes, or, where there is none for
 * that, as before Linux 5.3 or in the procfs of another PID namespace, its folder (O_PATH).
 *
 * The processes are listed every few seconds. Only new ones are looked at, and again each time the
 * number of listings that one was in has doubled: it may get its namespace, command and group a
 * while after it began.
 */
#ifndef TCX_KERNEL_PROCESSES_H
#define TCX_KERNEL_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "base/list.h"
#include "kernel/cgroups.h"

/* What a process is called. */
struct tcx_process_names {
	char command[64];
	/* Of the version of cgroups that says most; the end of a longer path is cut off. */
	char path[TCX_CGROUP_NAME_SIZE];
	char group[TCX_CGROUP_NAME_SIZE]; /* what people call that */
	enum tcx_cgroup_kind kind;
};

/* What people call it: its container or machine, else its service, else its command. */
const char *tcx_process_name(const struct tcx_process_names *names);

/* A namespace that was found. It goes on by another process when the first one has ended. */
struct tcx_process_netns {
	ino_t number;	   /* of its net/snmp, which anybody may see; of no other that exists now */
	uint32_t inode;	   /* of nsfs; 0: it may not be seen */
	uint64_t found_ns; /* when, by tcx_clock_now() */
	uint32_t pid;	   /* of a process in it; its folder is ROOT/PID */
	uint32_t processes;		/* in it, when they were last listed */
	struct tcx_process_names names; /* of the first process */

	int fd;		  /* of the process; -1: it has ended */
	uint64_t lost_ns; /* when it had not ended yet, or this was not known */
};

struct tcx_processes;

/*
 * Of the procfs that a proc root is, or that it is a process of. The namespace of the root's own
 * net is not found. Looks at nothing yet. NULL with a fault.
 */
struct tcx_processes *tcx_processes_new(const char *proc_root, struct tcx_fault *fault);

/* May be NULL. */
void tcx_processes_free(struct tcx_processes *processes);

/*
 * The patterns of fnmatch(3). One matches a command, the whole path of a group, or what people call
 * the group (kernel/cgroups.h). Lets go of what none matches; what else does comes with the next
 * listing, which is due at once. For the thread that looks, as all that follows.
 */
void tcx_processes_set(struct tcx_processes *processes, const struct tcx_list *patterns);

/*
 * Sees which namespaces have lost their process, and lists the processes if that is due. *due_ns is
 * when to call it at the latest, if the descriptor has not become readable before. False with a
 * fault that says which processes it cannot see; it has found the others.
 */
bool tcx_processes_look(struct tcx_processes *processes, uint64_t *due_ns, struct tcx_fault *fault);

/* Readable when a namespace has lost its process; the same for good. */
int tcx_processes_fd(const struct tcx_processes *processes);

/* The folder of procfs in which they are. */
const char *tcx_processes_root(const struct tcx_processes *processes);

/* Those that there are, by number; until the next look. */
const struct tcx_process_netns *tcx_processes_found(const struct tcx_processes *processes,
						    size_t *count);

#endif
