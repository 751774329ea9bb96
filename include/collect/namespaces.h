/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network namespaces that are served beside the agent's own, each as a context: which there
 * are, what each is called, and what reads them. Discoveries hand in all that they see, from any
 * thread; a list of those that are served is published, and an event signals a new one.
 */
#ifndef TCX_COLLECT_NAMESPACES_H
#define TCX_COLLECT_NAMESPACES_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/reference.h"
#include "collect/collector.h"
#include "collect/context_names.h"
#include "collect/tables.h"
#include "kernel/netns.h"
#include "sample/states.h"

struct tcx_events;
struct tcx_namespaces;
struct tcx_pool;

/* What a namespace was found by. The numbers are those of namespaceKind. */
enum tcx_namespace_kind {
	TCX_NAMESPACE_NAMED = 1, /* a file of /run/netns (ip-netns(8)) */
	TCX_NAMESPACE_PROCESS,	 /* a process of no known kind */
	TCX_NAMESPACE_DOCKER,
	TCX_NAMESPACE_PODMAN,
	TCX_NAMESPACE_CONTAINERD,
	TCX_NAMESPACE_CRI,
	TCX_NAMESPACE_NSPAWN,
	TCX_NAMESPACE_LXC,
	TCX_NAMESPACE_KINDS = TCX_NAMESPACE_LXC
};

/* What a discovery hands in; borrowed. */
struct tcx_namespace_found {
	enum tcx_namespace_kind kind;
	struct tcx_namespace_id id;
	const char *name;   /* as people call it */
	const char *path;   /* of its file, or of the folder of a process in it: /proc/123 */
	uint32_t processes; /* in it, as far as they were seen; 0 for names */
};

/* One that was found. Constant, but for what is atomic. Threads share it by reference. */
struct tcx_namespace {
	atomic_uint references;
	char *name; /* owned */
	enum tcx_namespace_kind kind;
	struct tcx_namespace_id id;
	struct tcx_moment since; /* when it was found */
	atomic_uint processes;	 /* as they are found */
	/* Of one that is served, with references: */
	char context[TCX_CONTEXT_MAX + 1]; /* empty: it has got none */
	struct tcx_netns *netns;
	struct tcx_collector *collector;
	struct tcx_tables *tables; /* NULL: it cannot be entered */
};

TCX_REFERENCE_DECLARE(tcx_namespace);

/* The order of lists, as strcmp(): names first; 0: they are of one name and inode. */
int tcx_namespace_compare(const struct tcx_namespace *a, const struct tcx_namespace *b);

/* Those that are served at a moment, in their order. Immutable. */
struct tcx_namespace_list {
	atomic_uint references;
	size_t count;
	struct tcx_namespace *all[]; /* with references */
};

TCX_REFERENCE_DECLARE(tcx_namespace_list);

/* What discoveries there are: each has a list of its own. Of one namespace the first one's counts.
 */
enum tcx_discovery { TCX_DISCOVERY_NAMES, TCX_DISCOVERY_PROCESSES, TCX_DISCOVERIES };

/* What is said of all is as in reading.h. */
struct tcx_namespaces_settings {
	const char *folder;    /* of names, such as /run/netns; constant */
	struct tcx_list names; /* namespace: patterns; empty: none is served */
	uint32_t own;	       /* the inode of the namespace that is served anyhow; 0: unknown */
	struct tcx_collector_settings counters; /* of each, but for its tables */
	struct tcx_tables_settings tables;
	size_t limit; /* names of contexts, in all since the master began */
};

/* Serves none yet. Takes a reference to events. The caller gets one; NULL with a fault. */
struct tcx_namespaces *tcx_namespaces_start(struct tcx_pool *pool, struct tcx_events *events,
					    const struct tcx_namespaces_settings *settings,
					    struct tcx_fault *fault);

/* Nothing of them is read or reported any more; drops the caller's reference. May be NULL. */
void tcx_namespaces_stop(struct tcx_namespaces *namespaces);

TCX_REFERENCE_DECLARE(tcx_namespaces);

/* Changes the settings, of all that are served, too. Waits for nothing: a job does it. */
void tcx_namespaces_set(struct tcx_namespaces *namespaces,
			const struct tcx_namespaces_settings *settings);

/* There is a new master, which has had no names but those in use. Waits for nothing, likewise. */
void tcx_namespaces_forget_names(struct tcx_namespaces *namespaces);

/*
 * These are all that a discovery sees now, in any order. What is served and is not among them is
 * gone; what is new is served; one that is found by another path, such as another process, goes on
 * as long as its name and number are the same. For workers: it may enter namespaces.
 */
void tcx_namespaces_found(struct tcx_namespaces *namespaces, enum tcx_discovery discovery,
			  const struct tcx_namespace_found *all, size_t count);

/* Those that are served now, with a reference for the caller; never NULL. */
struct tcx_namespace_list *tcx_namespaces_latest(struct tcx_namespaces *namespaces);

#endif
