/* The files of -Lf, among the library's destinations of log lines. */
#ifndef TCX_LOG_FILES_H
#define TCX_LOG_FILES_H

#include <stdbool.h>

#include "tcx_fault.h"

/*
 * Whether each file is open and its disk has room for a line: the library takes one that cannot be
 * written for a destination all the same. An empty file without room is removed.
 */
bool tcx_log_files_check(struct tcx_fault *fault);

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
