/* SPDX-License-Identifier: BSD-2-Clause */
/* A job that reads the sources on a timer and publishes snapshots. No request waits for it. */
#ifndef TCX_COLLECT_COLLECTOR_H
#define TCX_COLLECT_COLLECTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/reference.h"
#include "kernel/read_sources.h"
#include "sample/derive.h"
#include "sample/snapshot.h"
#include "sample/thresholds.h"

struct tcx_collector;
struct tcx_events;
struct tcx_pool;
struct tcx_tables;

/* The status of the reads at this moment, with the references of its holder. Zeros are none. */
struct tcx_collector_status {
	uint64_t reads;	   /* that have ended, well or not */
	uint64_t due_ns;   /* when the one was due that has not ended, or the next is */
	uint64_t failures; /* reads with any fault, since the start */
	struct tcx_cause *last_failure;		       /* cause of the last one, with a reference */
	struct tcx_source_status sources[TCX_SOURCES]; /* by enum tcx_source */
	uint32_t out; /* sources that should be read and are not, or not whole: bits likewise */
};

struct tcx_collector_settings {
	struct tcx_sources_settings sources;
	struct tcx_derive_settings derive;
	uint64_t max_age_ns;		   /* values that are older make a threshold unknown */
	struct tcx_thresholds *thresholds; /* NULL: there are none */
	struct tcx_tables *tables;	   /* which these watch, too; NULL: there are none */
	uint64_t table_interval_ns;
};

/*
 * Reads at once and then each settings->sources.interval_ns, and reports outages as events. Takes
 * references to netns and events, and to what the settings have. The caller gets a reference; NULL
 * with a fault.
 */
struct tcx_collector *tcx_collector_start(struct tcx_pool *pool, struct tcx_events *events,
					  struct tcx_netns *netns,
					  const struct tcx_collector_settings *settings,
					  struct tcx_fault *fault);

/*
 * The same without a job of its own: whoever has it runs it, in one thread at a time. Its readings
 * are due phase_ns later than others, and their layouts are shared, unless these are NULL.
 */
struct tcx_collector *tcx_collector_new(struct tcx_events *events, struct tcx_netns *netns,
					struct tcx_layouts *layouts,
					const struct tcx_collector_settings *settings,
					uint64_t phase_ns, struct tcx_fault *fault);

/*
 * Reads once, publishes and reports. *home is as in tcx_netns_enter(); the thread is left where it
 * was last. Returns when it is due again.
 */
uint64_t tcx_collector_run(struct tcx_collector *collector, int *home);

/* Reads and reports no more, and drops the caller's reference. May be NULL. */
void tcx_collector_stop(struct tcx_collector *collector);

/* A stopped collector keeps its newest snapshot. */
TCX_REFERENCE_DECLARE(tcx_collector);

/* Changes the settings, likewise; a job of its own reads at once. */
void tcx_collector_set(struct tcx_collector *collector,
		       const struct tcx_collector_settings *settings);

/* Waits until the first read has ended, good or not, but at most timeout_ms. */
void tcx_collector_wait_first(struct tcx_collector *collector, int timeout_ms);

/*
 * The newest snapshot, with a reference for the caller, and the status of the same moment. NULL
 * before the first one. status may be NULL; else it is to be cleared.
 */
struct tcx_snapshot *tcx_collector_latest(struct tcx_collector *collector,
					  struct tcx_collector_status *status);

/* A copy with references of its own. */
void tcx_collector_status_copy(struct tcx_collector_status *to,
			       const struct tcx_collector_status *from);

/* Drops the references of a status, and makes it zeros. */
void tcx_collector_status_clear(struct tcx_collector_status *status);

#endif
