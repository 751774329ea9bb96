/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pid file of -p, often written by root and then root's. Our lock on it says that the process
 * lives; the kernel drops the lock with the process.
 */
#ifndef TCX_DAEMON_PID_FILE_H
#define TCX_DAEMON_PID_FILE_H

#include <stdbool.h>

#include "base/fault.h"

struct tcx_pid_file {
	const char *path; /* borrowed; NULL: none */
	int fd;		  /* open and locked, until tcx_pid_file_remove() */
};

/*
 * Creates and locks the file and writes the process id and a newline. Takes only a regular file
 * with one name, of root or our own user; changes nothing else and follows no symbolic link. False
 * with a fault, which names a process that has the lock. Does nothing without a path. Call after
 * the last fork(), which the lock does not survive.
 */
bool tcx_pid_file_write(struct tcx_pid_file *file, const char *path, struct tcx_fault *fault);

/*
 * Removes the file; or empties it when root was given up and the folder is not writable: no reader
 * takes that for a living process.
 */
void tcx_pid_file_remove(struct tcx_pid_file *file);

#endif
