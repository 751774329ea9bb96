/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that hold the counters, kept open. One call reads all of them back to back and makes a
 * snapshot of what can be read.
 */
#ifndef TCX_KERNEL_READ_SOURCES_H
#define TCX_KERNEL_READ_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "catalogue/sources.h"
#include "sample/snapshot.h"

struct tcx_sources;

struct tcx_source_status {
	enum tcx_source_state state;
	struct tcx_fault cause;	   /* of the last read with a fault, empty when there was none */
	uint64_t failures;	   /* reads with a fault, since the start */
	uint64_t good_ns;	   /* CLOCK_BOOTTIME of the last read without a fault; 0: never */
	uint64_t cost_ns;	   /* how long the last read of the file took */
	uint64_t discontinuity_ns; /* CLOCK_BOOTTIME when a counter of it last went backwards, or
				      the file came; 0 while it is absent */
};

/* Prepares to read below proc_root ("/proc" as a rule; copied). NULL when memory is short. */
struct tcx_sources *tcx_sources_new(const char *proc_root);

/*
 * Puts the calling thread into the network namespace that proc_root shows, for good: sysctls can be
 * read there only, and are absent elsewhere. False with a fault where it may not.
 */
bool tcx_sources_enter(struct tcx_sources *sources, struct tcx_fault *fault);

/* Closes the files. sources may be NULL. */
void tcx_sources_free(struct tcx_sources *sources);

/*
 * Reads all files once. A file that does not exist makes its counters absent. What cannot be read,
 * or is not as its format allows, is a fault: its values stay those of the read before, with their
 * age, and *fault is the first one, with its file; it is not touched where there is none. The
 * result is NULL when nothing at all was read, for a fault or because no file exists.
 *
 * The caller owns the result; its sequence is 0.
 */
struct tcx_snapshot *tcx_sources_read(struct tcx_sources *sources, struct tcx_fault *fault);

/* How the last read of source i went. Good until the next one. */
const struct tcx_source_status *tcx_sources_status(const struct tcx_sources *sources, size_t i);

/* The whole path of source i. */
const char *tcx_sources_file(const struct tcx_sources *sources, size_t i);

/* True when the last read found file i. */
bool tcx_sources_present(const struct tcx_sources *sources, size_t i);

#endif
