/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host's counters were when they were last looked at: a file for each host and context, in
 * the user's state directory. It has a line that says what it is, and a line "NAME VALUE" for each
 * counter.
 */
#ifndef TCX_CLIENT_HISTORY_H
#define TCX_CLIENT_HISTORY_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"
#include "counters.h"

/* Greater files are none of ours. */
#define TCX_HISTORY_MAX 1048576

struct tcx_history {
	char path[PATH_MAX];
	int fd; /* locked while the history is open; -1: it is not */
	time_t written;
	struct tcx_counters counters; /* owned; none where there is no history */
};

/*
 * The path of a history: below XDG_STATE_HOME or HOME, by the names of host and context, or by a
 * checksum of the community where that is what decides the context. It makes the folders above it.
 */
bool tcx_history_find(struct tcx_history *history, const char *host, const char *context,
		      const char *community, struct tcx_fault *fault);

/*
 * Reads and locks the file at history->path; create: there is to be one. The file is believed when
 * it is a regular one of this user with one name, nobody else may write it, and each line is as
 * tcx_history_write() writes it. False with a fault otherwise.
 */
bool tcx_history_open(struct tcx_history *history, bool create, struct tcx_fault *fault);

/* Puts a file with these counters in the place of the old one. Counters that are 0 only with zeros.
 */
bool tcx_history_write(const struct tcx_history *history, const struct tcx_counters *counters,
		       bool zeros, struct tcx_fault *fault);

/* Frees the counters and the lock. */
void tcx_history_close(struct tcx_history *history);

#endif
