/* SPDX-License-Identifier: BSD-2-Clause */
/* A job that finds the namespaces of processes, and has them served (collect/namespaces.h). */
#ifndef TCX_COLLECT_PROCESSES_H
#define TCX_COLLECT_PROCESSES_H

#include "base/fault.h"
#include "base/list.h"

struct tcx_events;
struct tcx_finder;
struct tcx_namespaces;
struct tcx_pool;

/*
 * Finds those of the processes that match (kernel/processes.h), at once and as they come; none is
 * looked for while there are no patterns. Reports processes that it cannot see. Takes references to
 * events and namespaces. NULL with a fault.
 */
struct tcx_finder *tcx_finder_start(struct tcx_pool *pool, struct tcx_events *events,
				    struct tcx_namespaces *namespaces, const char *proc_root,
				    const struct tcx_list *patterns, struct tcx_fault *fault);

/* Changes the patterns. */
void tcx_finder_set(struct tcx_finder *finder, const struct tcx_list *patterns);

/* Finds and reports no more. May be NULL. */
void tcx_finder_stop(struct tcx_finder *finder);

#endif
