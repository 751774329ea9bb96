/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log. All lines, ours and the library's, pass the log bridge: it drops noise, translates lines
 * of the library into plain words, and passes the rest to the destinations of -L.
 */
#ifndef TCX_SESSION_LOG_H
#define TCX_SESSION_LOG_H

#include <stdbool.h>

#include "base/fault.h"

/*
 * Puts the bridge before the destinations. Without destinations it adds standard error (to_stderr)
 * or syslog. False with a fault when a file of -L cannot be written, or the library does not call
 * the bridge.
 */
bool tcx_log_start(bool have_destination, bool to_stderr, struct tcx_fault *fault);

/* Whether a destination is standard error or output, so that who started us sees the log. */
bool tcx_log_is_on_terminal(void);

/* Reopens log files and syslog, for logrotate. */
void tcx_log_reopen(void);

#endif
