/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The collector: one thread that reads the sources on a timer and publishes each snapshot by
 * swapping a pointer. Whoever answers requests never waits for a file.
 */
#ifndef TCX_COLLECT_COLLECTOR_H
#define TCX_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/read_sources.h"
#include "sample/snapshot.h"

struct tcx_collector;

/* What happened in the thread that somebody should log: once when it begins, once when it ends. */
struct tcx_event {
	bool failed;	       /* an outage of a file, or of all, begins; else it ends */
	bool was_read;	       /* before the outage: its last good values stay until maxAge */
	struct tcx_fault text; /* the file and the cause, or that it can be read again */
};

/* How the reading goes, at this moment. */
struct tcx_collector_status {
	uint64_t failures;	       /* reads with any fault, since the start */
	struct tcx_fault last_failure; /* cause of the last one, empty when there was none */
	struct tcx_source_status sources[TCX_SOURCES]; /* by enum tcx_source */
};

/*
 * Starts the thread; it reads for the first time at once. proc_root is copied, interval_ns is the
 * time between reads. The caller gets a reference. NULL with a fault when it cannot start.
 */
struct tcx_collector *tcx_collector_start(const char *proc_root, uint64_t interval_ns,
					  struct tcx_fault *fault);

/*
 * Tells the thread to end, waits for that a second at most, and gives up the caller's reference.
 * collector may be NULL.
 */
void tcx_collector_stop(struct tcx_collector *collector);

/* The same without any wait: the thread ends by itself, however long it is kept by what it reads.
 */
void tcx_collector_retire(struct tcx_collector *collector);

/*
 * One more reference, and one less: the last one frees everything but snapshots that others still
 * hold. What has stopped still has its newest snapshot. collector may be NULL in the second.
 */
struct tcx_collector *tcx_collector_ref(struct tcx_collector *collector);
void tcx_collector_unref(struct tcx_collector *collector);

/* Changes the time between reads; the next one comes at once. */
void tcx_collector_set_interval(struct tcx_collector *collector, uint64_t interval_ns);

/* Waits until the first read has ended, well or not, at most timeout_ms. */
void tcx_collector_wait_first(struct tcx_collector *collector, int timeout_ms);

/*
 * The newest snapshot, with a reference for the caller, or NULL before the first one, and the
 * status of the same moment; status may be NULL.
 */
struct tcx_snapshot *tcx_collector_latest(struct tcx_collector *collector,
					  struct tcx_collector_status *status);

/* A descriptor that becomes readable when there are events. */
int tcx_collector_event_fd(const struct tcx_collector *collector);

/* Takes the oldest event; false when there is none. */
bool tcx_collector_next_event(struct tcx_collector *collector, struct tcx_event *event);

#endif
