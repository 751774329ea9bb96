/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of counters. One call reads them all back to back into a snapshot. */
#ifndef TCX_KERNEL_READ_SOURCES_H
#define TCX_KERNEL_READ_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"
#include "base/fault.h"
#include "catalogue/catalogue.h"
#include "kernel/layouts.h"
#include "kernel/netns.h"
#include "sample/snapshot.h"

struct tcx_sources;

struct tcx_source_status {
	enum tcx_source_state state;
	struct tcx_cause *cause;   /* of the last fault, with a reference */
	uint64_t failures;	   /* reads with a fault, since the start */
	uint64_t good_ns;	   /* CLOCK_BOOTTIME of the last read without a fault; 0: never */
	uint64_t cost_ns;	   /* how long the last read of the file took */
	uint64_t discontinuity_ns; /* CLOCK_BOOTTIME when a counter last went backwards or the file
				      appeared; 0 while absent */
};

/* Opens nothing yet. Takes a reference to netns. NULL with a fault. */
struct tcx_sources *tcx_sources_new(struct tcx_netns *netns, struct tcx_fault *fault);

/* What it reads has layouts of these, if it can. Takes a reference. Before the first read. */
void tcx_sources_share(struct tcx_sources *sources, struct tcx_layouts *layouts);

/* Closes the files. sources may be NULL. */
void tcx_sources_free(struct tcx_sources *sources);

/* Which files are read, and how often. */
struct tcx_sources_settings {
	uint64_t interval_ns; /* from one read to the next; 0: each read is of all files */
	uint32_t off;	      /* those that are left out, as absent: bits of 1 << enum tcx_source */
};

/* For the reads that follow; at first all is 0. */
void tcx_sources_set(struct tcx_sources *sources, const struct tcx_sources_settings *settings);

/*
 * Reads all files once, as the one that borrows a reader of the namespace for that time. If it
 * cannot be entered, sysctls are absent. The counters of a missing file are absent. A file that
 * cannot be read or parsed is a fault: its values keep their last values and ages, and *fault names
 * the first such file; without a fault it is not touched. A file that is not of the core, and whose
 * reading took over a millisecond twice in a row, is read at a doubled interval of its own, up to
 * 60 s, and at a halved one once it is fast twice in a row; its values may be older by that. The
 * caller owns the result, whose sequence is 0. NULL when nothing was read at all, for a fault or
 * because no file exists.
 */
struct tcx_snapshot *tcx_sources_read(struct tcx_sources *sources, struct tcx_fault *fault);

/*
 * The same by a thread that goes from one namespace to the next: *home is as in tcx_netns_enter(),
 * and the thread is left where it is then.
 */
struct tcx_snapshot *tcx_sources_read_from(struct tcx_sources *sources, int *home,
					   struct tcx_fault *fault);

/* The status of source i, valid until the next read. */
const struct tcx_source_status *tcx_sources_status(const struct tcx_sources *sources, size_t i);

/* Whether source i is turned off. */
bool tcx_sources_is_off(const struct tcx_sources *sources, size_t i);

/* The whole path of source i. */
const char *tcx_sources_file(const struct tcx_sources *sources, size_t i);

#endif
