/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of -p: the process id, for init scripts and for whoever ends the agent by it. It is
 * often written by root and stays root's. Our lock on it says that the process lives; the kernel
 * takes that away with the process, however it ends.
 */
#ifndef TCX_DAEMON_PID_FILE_H
#define TCX_DAEMON_PID_FILE_H

#include <stdbool.h>

#include "base/fault.h"

struct tcx_pid_file {
	const char *path; /* NULL: there is none. Not owned */
	int fd;		  /* open and locked, until tcx_pid_file_remove() */
};

/*
 * Makes the file, locks it and writes the process id and a newline. Only a regular file of root's
 * or of our own user, with one name, is taken; nothing else is changed, and no symbolic link is
 * followed. False also when another process has the lock; the fault tells which. path NULL: does
 * nothing. To be called after the last fork(), since the lock is not inherited.
 */
bool tcx_pid_file_write(struct tcx_pid_file *file, const char *path, struct tcx_fault *fault);

/*
 * Removes it. Where we may not write to the folder any more, because root has been given up, it is
 * emptied instead: no reader takes that for a living process.
 */
void tcx_pid_file_remove(struct tcx_pid_file *file);

#endif
