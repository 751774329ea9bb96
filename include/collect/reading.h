/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reads the kernel for the agent: the collector of counters, the tables on demand, and the
 * watch of interfaces. All three report by a descriptor that something has happened. The loop
 * watches these descriptors for us.
 */
#ifndef TCX_COLLECT_READING_H
#define TCX_COLLECT_READING_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "collect/collector.h"
#include "collect/tables.h"
#include "kernel/links.h"

struct tcx_reading_settings {
	struct tcx_tables_settings tables; /* refresh_ns is the counters' interval as well */
	uint64_t max_age_ns;		   /* maxAge, for the log */
};

/* The caller sets the functions, and nothing else. They are called by the thread of the loop. */
struct tcx_reading {
	int (*log)(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
	int (*watch)(int fd, void (*ready)(int fd, void *arg), void *arg);
	int (*unwatch)(int fd);
	void (*tables_changed)(void *arg); /* requests that wait for a table may go on */
	void *arg;

	struct tcx_collector *collector;
	struct tcx_tables *tables;	   /* NULL: of another network namespace, none can be had */
	struct tcx_link_watch *link_watch; /* NULL where rtnetlink cannot be had */
	bool link_watch_fails;		   /* and the log has said so */
	uint64_t max_age_ns;
	char proc_root[PATH_MAX];
};

/*
 * Starts all three and waits for the first counters; or goes on with other settings: a new
 * proc_root is read anew, all else changes on the fly. Without a watch of interfaces, which is only
 * logged, ifLastChange is 0 and everything else goes on. False leaves everything as it was.
 */
bool tcx_reading_set(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		     struct tcx_fault *fault);

/* Logs what has happened to the counters so far. */
void tcx_reading_log(struct tcx_reading *reading);

/* Ends the threads; nobody may use what they gave any more. */
void tcx_reading_stop(struct tcx_reading *reading);

#endif
