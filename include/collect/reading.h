/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All readers of the kernel: the collector, the tables and the link watch, and those of other
 * namespaces, by jobs of one pool, which report to the main loop.
 */
#ifndef TCX_COLLECT_READING_H
#define TCX_COLLECT_READING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "collect/collector.h"
#include "collect/namespaces.h"
#include "collect/processes.h"
#include "collect/tables.h"
#include "kernel/netns.h"

struct tcx_events;
struct tcx_pool;

struct tcx_reading_settings {
	const char *proc_root;
	struct tcx_collector_settings counters; /* but for its tables */
	struct tcx_tables_settings tables;
	uint64_t max_age_ns;	   /* maxAge, for the log */
	struct tcx_list names;	   /* namespace: patterns of names that are served, too */
	struct tcx_list processes; /* namespacePid: likewise of processes */
	size_t limit;		   /* namespaceLimit */
};

/* The caller sets log, which its own thread calls, and nothing else. */
struct tcx_reading {
	int (*log)(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

	struct tcx_pool *pool;
	struct tcx_events *events;
	struct tcx_collector *collector;
	struct tcx_tables *tables; /* NULL: procRoot is of a namespace that cannot be entered */
	struct tcx_netns *netns;   /* of procRoot; with its link watch, if there are tables */
	struct tcx_namespaces *namespaces;
	struct tcx_finder *finder; /* of processes; NULL: none was to be found yet */
	uint64_t max_age_ns;
};

/*
 * Starts all three and waits for the first counters, or changes the settings. A new proc_root is
 * read anew. A link watch that fails is only logged; ifLastChange is then 0. False changes nothing.
 */
bool tcx_reading_set(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		     struct tcx_fault *fault);

/* Readable when there is something to log, or pending requests may go on. The same for good. */
int tcx_reading_fd(const struct tcx_reading *reading);

/* Logs what there is to log. */
void tcx_reading_log(struct tcx_reading *reading);

/* Ends the threads. Their results must not be used any more. */
void tcx_reading_stop(struct tcx_reading *reading);

#endif
