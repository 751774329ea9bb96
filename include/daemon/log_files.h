/* SPDX-License-Identifier: BSD-2-Clause */
/* The log files of -Lf, which are destinations of the library. */
#ifndef TCX_DAEMON_LOG_FILES_H
#define TCX_DAEMON_LOG_FILES_H

#include <stdbool.h>

#include "base/fault.h"

/*
 * Parses -L as snmp_log_options() does, but opens no file yet. argv has its next word, if needed.
 * False after a wrong option, which the library has named on standard error, or where the limit of
 * open files cannot be changed, which is said there, too.
 */
bool tcx_log_files_options(char *options, int argc, char **argv);

/*
 * Opens and, without -A, empties each file. False with a fault, also when the disk has no room for
 * a line; an empty file is then removed.
 *
 * Whoever may write to the folder must not lead root to another file: it follows no symbolic link
 * of another user and takes no file with a second name.
 */
bool tcx_log_files_open(struct tcx_fault *fault);

/*
 * Opens each file that is no longer at its path anew, for logrotate. If that fails, for lack of
 * root's rights, the old file stays in use and the log says so.
 */
void tcx_log_files_reopen(void);

/*
 * Closes the files before the library does, which would append an empty line
 * (snmp_disable_filelog_entry()). The next line opens its file again.
 */
void tcx_log_files_close(void);

#endif
