/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of -Lf, among the library's destinations of log lines. */
#ifndef TCX_DAEMON_LOG_FILES_H
#define TCX_DAEMON_LOG_FILES_H

#include <stdbool.h>

#include "base/fault.h"

/*
 * Takes what -L asks for, as snmp_log_options() does, but opens no file yet. argv is where it may
 * find its next word. False after a wrong option, which the library has named on standard error.
 */
bool tcx_log_files_options(char *options, int argc, char **argv);

/*
 * Opens each file and empties it, unless -A is given. False with a fault where that fails, or where
 * the disk has no room for a line; an empty file without room is removed.
 *
 * Who may write to its folder must not lead root to another file: a symbolic link of another user's
 * is not followed, and root takes no file that has a second name.
 */
bool tcx_log_files_open(struct tcx_fault *fault);

/*
 * Opens anew each file that is not at its place any more, for logrotate. One that cannot be opened,
 * because root has been given up, goes on where it is; the log says so.
 */
void tcx_log_files_reopen(void);

/*
 * Closes them before the library does, which would put an empty line at their ends
 * (snmp_disable_filelog_entry()). The next line opens its file again.
 */
void tcx_log_files_close(void);

#endif
