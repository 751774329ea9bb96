/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which control group (cgroups(7), version 2) a socket is of, and what people call that: the unit
 * of systemd, the container or the virtual machine. sock_diag gives the number of the group, since
 * Linux 5.8; the tree of cgroup2, wherever it is mounted, has its name.
 *
 * A socket is of the group that its program was in when it opened it, and a connection of that of
 * its listener; it does not move with the program. The kernel never gives a number again, and
 * renames no group.
 */
#ifndef TCX_KERNEL_CGROUPS_H
#define TCX_KERNEL_CGROUPS_H

#include <stdint.h>

#include "kernel/netns.h"
#include "sample/table.h"

/* Octets of a name or a path with its zero byte; a longer path is cut. */
#define TCX_CGROUP_NAME_SIZE 256

/* What a path is of. Those from TCX_CGROUP_DOCKER on are containers or machines. */
enum tcx_cgroup_kind {
	TCX_CGROUP_ROOT,
	TCX_CGROUP_OTHER,
	TCX_CGROUP_UNIT, /* of systemd */
	TCX_CGROUP_DOCKER,
	TCX_CGROUP_PODMAN,
	TCX_CGROUP_CONTAINERD, /* also one that has nothing but its id */
	TCX_CGROUP_CRI,	       /* of Kubernetes, by CRI-O or by one that does not tell */
	TCX_CGROUP_NSPAWN,     /* what is registered as a machine (systemd-machined(8)) */
	TCX_CGROUP_LXC,
};

/*
 * What people call the group with this path, from the root of a tree; service has
 * TCX_CGROUP_NAME_SIZE octets.
 */
enum tcx_cgroup_kind tcx_cgroup_service(const char *path, char *service);

/* A row of what a table of sockets refers to: table->names. */
struct tcx_cgroup {
	uint64_t id;	      /* the key; of this machine's byte order */
	uint64_t seen_ns;     /* the last reading that had a socket of it */
	uint64_t searched_ns; /* when the tree was searched for it; 0: not yet */
	/* Any octets but '/'. Empty: the tree does not have it, as when it has been removed. */
	char service[TCX_CGROUP_NAME_SIZE];
	char path[TCX_CGROUP_NAME_SIZE]; /* from the root of the tree that is seen here: "/a/b" */
	uint32_t path_hash;		 /* of the whole path (FNV-1a) */
};

/* A table of struct tcx_cgroup. */
extern const struct tcx_table_kind tcx_cgroup_kind;

/*
 * Names the rows of a table, which have nothing but their id, in any order. What the table before
 * has, or NULL, is taken from there. The tree is searched for others, if that is due: each is
 * searched for once, and again after a minute where the tree did not have it; and at most a
 * twentieth of the time goes into searching, so that a new one may have to wait. A tree that cannot
 * be read is one that has none. False when memory is short.
 */
bool tcx_cgroups_name(struct tcx_table *groups, const struct tcx_table *before,
		      const struct tcx_netns *netns, struct tcx_fault *fault);

/* The group of a row by its number, with its name; NULL where there is none. */
const struct tcx_cgroup *tcx_cgroup_of(const struct tcx_table *table, uint64_t id);

#endif
