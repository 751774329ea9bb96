/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters by name, as a host or a history has them. */
#ifndef TCX_CLIENT_COUNTERS_H
#define TCX_CLIENT_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sample/layout.h"

/* More of them is no answer of an agent, and no history of ours. */
#define TCX_COUNTERS_MAX 4096

struct tcx_counted_value {
	char name[TCX_NAME_MAX + 1]; /* nstat's name */
	uint64_t value;
	uint32_t position; /* nstatPosition; 0 where it is not known */
	bool has_rate;
	uint64_t rate; /* nstatRate, in thousandths in a second */
};

struct tcx_counters {
	struct tcx_counted_value *items; /* owned */
	size_t count;
};

/* Whether len octets can be a name: 1 to 64 that can be shown, without blank, '#', '"' and '\'. */
bool tcx_counters_is_name(const char *name, size_t len);

/* Adds one; name is such a name. False when memory is short or there are too many. */
bool tcx_counters_add(struct tcx_counters *counters, const char *name, size_t len, uint64_t value,
		      uint32_t position);

/* Puts them into the order of their positions. */
void tcx_counters_sort(struct tcx_counters *counters);

/* The counter of this name, or NULL. */
const struct tcx_counted_value *tcx_counters_find(const struct tcx_counters *counters,
						  const char *name);

/* Leaves none. */
void tcx_counters_clear(struct tcx_counters *counters);

#endif
