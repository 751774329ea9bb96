/* All counters at one instant. Immutable once published; shared between threads by reference. */
#ifndef TCX_SNAPSHOT_H
#define TCX_SNAPSHOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "tcx_catalogue.h"
#include "tcx_layout.h"

struct tcx_snapshot {
	atomic_uint references;
	struct tcx_layout *layout;
	uint64_t sequence;	   /* 1 for the first one */
	struct timespec when;	   /* wall clock when the read began */
	uint64_t taken_ns;	   /* CLOCK_BOOTTIME when the read began */
	uint64_t cost_ns;	   /* how long the read took */
	uint64_t discontinuity_ns; /* CLOCK_BOOTTIME when a counter last went backwards, or the
				      first snapshot */
	uint64_t values[];	   /* one per entry of the layout */
};

/*
 * A snapshot with one reference and room for the layout's values, all 0; NULL when memory is short.
 */
struct tcx_snapshot *tcx_snapshot_new(struct tcx_layout *layout);

/* One more owner. Returns snapshot. */
struct tcx_snapshot *tcx_snapshot_ref(struct tcx_snapshot *snapshot);

/* One owner less; the last one frees it. snapshot may be NULL. */
void tcx_snapshot_unref(struct tcx_snapshot *snapshot);

/* The kernel's value. False when this kernel does not print the counter. snapshot may be NULL. */
bool tcx_snapshot_get(const struct tcx_snapshot *snapshot, enum tcx_counter counter,
		      uint64_t *value);

/* The same for one ICMP type of a column. */
bool tcx_snapshot_get_type(const struct tcx_snapshot *snapshot, enum tcx_column column,
			   uint8_t type, uint64_t *value);

/* True when some counter of now is smaller than in before: the kernel's counters started anew. */
bool tcx_snapshot_went_back(const struct tcx_snapshot *before, const struct tcx_snapshot *now);

#endif
