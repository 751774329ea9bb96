/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All counters at one instant. Immutable once published; shared between threads by reference.
 *
 * A value that could not be read this time stays as it was before, and is as old as it was: whoever
 * shows it looks at its age.
 */
#ifndef TCX_SAMPLE_SNAPSHOT_H
#define TCX_SAMPLE_SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "catalogue/catalogue.h"
#include "sample/layout.h"

struct tcx_snapshot {
	atomic_uint references;
	struct tcx_layout *layout;
	uint64_t sequence;	   /* 1 for the first one */
	struct timespec when;	   /* wall clock when the read began */
	uint64_t taken_ns;	   /* CLOCK_BOOTTIME when the read began */
	uint64_t cost_ns;	   /* how long the read took */
	uint64_t discontinuity_ns; /* CLOCK_BOOTTIME when a counter last went backwards, or the
				      first snapshot */
	uint32_t faulty;	   /* sources with a fault: bits of 1 << enum tcx_source */
	uint64_t *taken;   /* owned; when each value was read, on the clock of taken_ns, 0 for
			      never; NULL while all were read at taken_ns */
	uint64_t values[]; /* one per entry of the layout */
};

/*
 * A snapshot with one reference and room for the layout's values, all 0; NULL when memory is short.
 */
struct tcx_snapshot *tcx_snapshot_new(struct tcx_layout *layout);

/*
 * A snapshot of another layout with the values that it shares with this one, each as old as it is
 * here; NULL when memory is short.
 */
struct tcx_snapshot *tcx_snapshot_under(const struct tcx_snapshot *snapshot,
					struct tcx_layout *layout);

/*
 * Makes the values from first on up to end those of the snapshot before, of the same layout, and as
 * old as there; before may be NULL. False when memory is short.
 */
bool tcx_snapshot_keep(struct tcx_snapshot *snapshot, const struct tcx_snapshot *before,
		       size_t first, size_t end);

/* One more owner. Returns snapshot. */
struct tcx_snapshot *tcx_snapshot_ref(struct tcx_snapshot *snapshot);

/* One owner less; the last one frees it. snapshot may be NULL. */
void tcx_snapshot_unref(struct tcx_snapshot *snapshot);

/* When the value of an entry was read, on the clock of taken_ns; 0 for never. */
static inline uint64_t tcx_snapshot_taken(const struct tcx_snapshot *snapshot, size_t entry)
{
	return snapshot->taken != NULL ? snapshot->taken[entry] : snapshot->taken_ns;
}

/* Whether an entry's value was ever read, and not before oldest_ns, on the clock of taken_ns. */
static inline bool tcx_snapshot_has(const struct tcx_snapshot *snapshot, size_t entry,
				    uint64_t oldest_ns)
{
	uint64_t taken_ns = tcx_snapshot_taken(snapshot, entry);

	return taken_ns > 0 && taken_ns >= oldest_ns;
}

/*
 * The kernel's value. False when this kernel does not print the counter, or its value is too old,
 * as above. snapshot may be NULL.
 */
bool tcx_snapshot_get(const struct tcx_snapshot *snapshot, enum tcx_counter counter,
		      uint64_t oldest_ns, uint64_t *value);

/* The same for one ICMP type of a column. */
bool tcx_snapshot_get_type(const struct tcx_snapshot *snapshot, enum tcx_icmp_column column,
			   uint8_t type, uint64_t oldest_ns, uint64_t *value);

/*
 * How many rows of nstatTable have a value that is not too old, of those that the catalogue has or
 * has not.
 */
size_t tcx_snapshot_count(const struct tcx_snapshot *snapshot, bool known, uint64_t oldest_ns);

/*
 * True when the kernel may well print the counter, but its file could not be read whole: that the
 * counter is not there says nothing then.
 */
bool tcx_snapshot_hides(const struct tcx_snapshot *snapshot, enum tcx_counter counter);

/*
 * The sources in which a counter is smaller than it was in before, of the same layout: the kernel's
 * counters started anew. Bits of 1 << enum tcx_source.
 */
uint32_t tcx_snapshot_went_back(const struct tcx_snapshot *before, const struct tcx_snapshot *now);

#endif
