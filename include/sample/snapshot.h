/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All counters at one instant. Immutable once published; threads share it by reference. A value
 * that could not be read keeps its old value and age; who shows it checks the age.
 */
#ifndef TCX_SAMPLE_SNAPSHOT_H
#define TCX_SAMPLE_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/reference.h"
#include "catalogue/catalogue.h"
#include "sample/layout.h"
#include "sample/numbers.h"

struct tcx_states;

struct tcx_snapshot {
	atomic_uint references;
	struct tcx_layout *layout;
	uint64_t sequence;	   /* 1 for the first one */
	struct timespec when;	   /* wall clock when the read began */
	uint64_t taken_ns;	   /* CLOCK_BOOTTIME when the read began */
	uint64_t cost_ns;	   /* how long the read took */
	uint64_t discontinuity_ns; /* CLOCK_BOOTTIME when a counter of a core source last went
				      backwards, or the first snapshot */
	uint32_t anew;	 /* sources whose counters began anew since the snapshot before: bits of
			    1 << enum tcx_source */
	uint32_t faulty; /* sources with a fault: bits of 1 << enum tcx_source */
	uint64_t interval_ns[TCX_SOURCES]; /* of its own, of a source that is not read each time:
					      its values may be older by that; else 0 */
	uint64_t *taken; /* owned; when each value was read, 0 for never; NULL while all were read
			    at taken_ns */
	/* Derived (sample/derive.h), and NULL where it is not known. The numbers by reference: */
	struct tcx_rates *rates;   /* owned */
	struct tcx_numbers *since; /* see tcx_snapshot_since() */
	uint64_t since_ns;
	struct tcx_numbers *minute; /* what it grew by in the last minute that has finished */
	struct tcx_numbers *window; /* and in the last healthWindow that has */
	struct tcx_states *states;  /* how thresholds stand; NULL: there are none */
	uint64_t values[];	    /* one per entry of the layout */
};

/* A snapshot of zeros with one reference; NULL when memory is short. */
struct tcx_snapshot *tcx_snapshot_new(struct tcx_layout *layout);

/* A copy of what was read alone: of nothing that is derived. NULL when memory is short. */
struct tcx_snapshot *tcx_snapshot_copy(const struct tcx_snapshot *snapshot);

/*
 * A copy under another layout, of what was read alone: shared names keep value and age. NULL when
 * memory is short.
 */
struct tcx_snapshot *tcx_snapshot_under(const struct tcx_snapshot *snapshot,
					struct tcx_layout *layout);

/*
 * Copies values and ages [first, end) from a snapshot of the same layout; before may be NULL. False
 * when memory is short.
 */
bool tcx_snapshot_keep(struct tcx_snapshot *snapshot, const struct tcx_snapshot *before,
		       size_t first, size_t end);

TCX_REFERENCE_DECLARE(tcx_snapshot);

/* When the value of an entry was read, on the clock of taken_ns; 0 for never. */
static inline uint64_t tcx_snapshot_taken(const struct tcx_snapshot *snapshot, size_t entry)
{
	return snapshot->taken != NULL ? snapshot->taken[entry] : snapshot->taken_ns;
}

/*
 * When a counter began, to count without a break, on the clock of taken_ns, where since is known;
 * TCX_NO_NUMBER: it has not. The numbers are relative to since_ns, so that entries that began at
 * one reading, and namespaces of one layout, share them.
 */
static inline uint64_t tcx_snapshot_since(const struct tcx_snapshot *snapshot, size_t entry)
{
	uint64_t later = snapshot->since->of[entry];

	return later != TCX_NO_NUMBER ? snapshot->since_ns + later : TCX_NO_NUMBER;
}

/* Whether an entry's value was read, and not before oldest_ns, on the clock of taken_ns. */
static inline bool tcx_snapshot_has(const struct tcx_snapshot *snapshot, size_t entry,
				    uint64_t oldest_ns)
{
	uint64_t taken_ns = tcx_snapshot_taken(snapshot, entry);

	return taken_ns > 0 &&
	       taken_ns + snapshot->interval_ns[snapshot->layout->entries[entry].source] >=
		       oldest_ns;
}

/* The kernel's value. False: no such counter, or read before oldest_ns. snapshot may be NULL. */
bool tcx_snapshot_get(const struct tcx_snapshot *snapshot, enum tcx_counter counter,
		      uint64_t oldest_ns, uint64_t *value);

/* The same for one ICMP type of a column. */
bool tcx_snapshot_get_type(const struct tcx_snapshot *snapshot, enum tcx_icmp_column column,
			   uint8_t type, uint64_t oldest_ns, uint64_t *value);

/* Counts the rows of nstatTable that are not too old: those that the catalogue knows, or others. */
size_t tcx_snapshot_count(const struct tcx_snapshot *snapshot, bool known, uint64_t oldest_ns);

/* Whether the counter may exist although it is absent here: its file could not be read whole. */
bool tcx_snapshot_hides(const struct tcx_snapshot *snapshot, enum tcx_counter counter);

/*
 * The sources with a counter smaller than before, in the same layout: the kernel's counters started
 * anew. Bits of 1 << enum tcx_source.
 */
uint32_t tcx_snapshot_went_back(const struct tcx_snapshot *before, const struct tcx_snapshot *now);

#endif
