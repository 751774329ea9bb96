/* SPDX-License-Identifier: BSD-2-Clause */
/* A thread that reads the sources on a timer and publishes snapshots. No request waits for it. */
#ifndef TCX_COLLECT_COLLECTOR_H
#define TCX_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/reference.h"
#include "kernel/read_sources.h"
#include "sample/snapshot.h"

struct tcx_collector;

/* An event to log: one when an outage begins, one when it ends. */
struct tcx_event {
	bool failed;	       /* an outage of a file, or of all files, begins; else it ends */
	bool was_read;	       /* before the outage: its last good values stay until maxAge */
	struct tcx_fault text; /* the file and the cause, or that it can be read again */
};

/* The status of the reads at this moment. */
struct tcx_collector_status {
	uint64_t failures;	       /* reads with any fault, since the start */
	struct tcx_fault last_failure; /* cause of the last one, empty when there was none */
	struct tcx_source_status sources[TCX_SOURCES]; /* by enum tcx_source */
};

/*
 * Starts the thread, which reads at once and then each interval_ns. Takes a reference to netns. The
 * caller gets one to the collector; NULL with a fault.
 */
struct tcx_collector *tcx_collector_start(struct tcx_netns *netns, uint64_t interval_ns,
					  struct tcx_fault *fault);

/*
 * Stops the thread, which ends once its read returns, and drops the caller's reference; wait: waits
 * for that end, a second at most. May be NULL.
 */
void tcx_collector_stop(struct tcx_collector *collector, bool wait);

/* A stopped collector keeps its newest snapshot. */
TCX_REFERENCE_DECLARE(tcx_collector);

/* Changes the time between reads; the next read comes at once. */
void tcx_collector_set_interval(struct tcx_collector *collector, uint64_t interval_ns);

/* Waits until the first read has ended, good or not, but at most timeout_ms. */
void tcx_collector_wait_first(struct tcx_collector *collector, int timeout_ms);

/*
 * The newest snapshot, with a reference for the caller, and the status of the same moment. NULL
 * before the first one. status may be NULL.
 */
struct tcx_snapshot *tcx_collector_latest(struct tcx_collector *collector,
					  struct tcx_collector_status *status);

/* Readable while there are events. */
int tcx_collector_event_fd(const struct tcx_collector *collector);

/* Takes the oldest event. False when there is none. */
bool tcx_collector_next_event(struct tcx_collector *collector, struct tcx_event *event);

#endif
