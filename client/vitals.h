/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of health and how they stand, the worst first. */
#ifndef TCX_CLIENT_VITALS_H
#define TCX_CLIENT_VITALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "health_rows.h"
#include "peer.h"
#include "walk.h"

/* healthState */
enum tcx_vital_state { TCX_UNWATCHED = 1, TCX_UNSURE, TCX_NORMAL, TCX_CROSSED };

struct tcx_vital {
	const struct tcx_health_row *row;
	uint64_t value;
	enum tcx_vital_state state;
	double part; /* of the limit that `threshold defaults' has; 0: there is none */
};

struct tcx_vitals {
	struct tcx_vital *items; /* owned; those that have a value */
	size_t count;
	bool one_instant;
	uint64_t sequence; /* of the snapshot that they are of */
};

/* Reads them. False with a fault, and nothing is changed. */
bool tcx_vitals_read(struct tcx_vitals *vitals, const struct tcx_peer *peer,
		     struct tcx_fault *fault);

/* Adds one, with what is worked out of it. False: memory is short. */
bool tcx_vitals_add(struct tcx_vitals *vitals, const struct tcx_health_row *row, uint64_t value,
		    enum tcx_vital_state state);

/* Those that are crossed, then by their parts of a limit, then as health.def has them. */
void tcx_vitals_sort(struct tcx_vitals *vitals);

void tcx_vitals_clear(struct tcx_vitals *vitals);

#endif
