/* SPDX-License-Identifier: BSD-2-Clause */
/* Becomes a daemon and drops root. NULL texts mean: nothing to do. */
#ifndef TCX_DAEMON_PROCESS_H
#define TCX_DAEMON_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

/*
 * Call first: opens closed standard descriptors on /dev/null, makes a file that may not grow an
 * error, not a signal, gives all threads one heap, and takes as many descriptors as there may be.
 * False without /dev/null.
 */
bool tcx_process_begin(void);

/*
 * Goes to the background; call before any thread starts. The first process waits for
 * tcx_process_started() with *ready_fd and exits with its result, so that an init script sees a
 * failed start.
 */
bool tcx_process_daemonize(int *ready_fd, struct tcx_fault *fault);

/* Ends the first process, unless ready_fd is -1, and leaves the terminal. */
void tcx_process_started(int ready_fd, bool well);

/*
 * Becomes user and group, names or numbers, with the user's further groups, for good: with a user,
 * no program executed later has more rights (no_new_privs, empty bounding set). Of TCX_RIGHTS
 * (daemon/rights.h) it keeps these, whoever it is, and of all others what it had, unless another
 * user than root is given. Call before any thread starts: each of them may lower its priority and
 * have it back, if root starts them. Root must give a user with the group.
 */
bool tcx_process_become(const char *user, const char *group, uint64_t rights,
			struct tcx_fault *fault);

#endif
