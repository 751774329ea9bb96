/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log. All lines, ours and the library's, pass through one bridge: it drops what is noise to an
 * operator, says in plain words what the library says in numbers, and hands the rest to the
 * destinations of -L.
 */
#ifndef TCX_SESSION_LOG_H
#define TCX_SESSION_LOG_H

#include <stdbool.h>

#include "base/fault.h"

struct tcx_log {
	void *bridge; /* the library's handler for all lines */
	int all;      /* pri_max of a handler that takes all: LOG_EMERG or LOG_DEBUG */
};

/*
 * Puts the bridge in front of the destinations; it uses *log from then on. Without any it adds
 * standard error (to_stderr) or syslog. False when a file of -L cannot be written, or when the
 * library does not pass its lines on; fault says so.
 */
bool tcx_log_start(struct tcx_log *log, bool have_destination, bool to_stderr,
		   struct tcx_fault *fault);

/* Whether who started us sees the log: a destination is standard error or output. */
bool tcx_log_is_on_terminal(void);

/* Opens log files and syslog anew, for logrotate. */
void tcx_log_reopen(void);

#endif
