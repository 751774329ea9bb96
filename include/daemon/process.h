/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a daemon does to itself: go to the background, drop root. NULL texts mean: nothing to do.
 */
#ifndef TCX_DAEMON_PROCESS_H
#define TCX_DAEMON_PROCESS_H

#include <stdbool.h>

#include "base/fault.h"

/*
 * Before anything else: standard descriptors that are closed lead to /dev/null from now on, and a
 * file that may not grow is an error and no signal. False when there is no /dev/null.
 */
bool tcx_process_begin(void);

/*
 * Goes to the background, before any thread starts. The process that was started waits for
 * tcx_process_started() and ends with its result, so that an init script sees a failed start.
 * *ready_fd is for that call.
 */
bool tcx_process_daemonize(int *ready_fd, struct tcx_fault *fault);

/*
 * The start is over: lets the first process end and leaves the terminal. ready_fd -1: there is no
 * first process.
 */
void tcx_process_started(int ready_fd, bool well);

/*
 * Becomes user and group, each a name or a number, with the user's further groups. For good: with a
 * user, no program that is executed later has more rights (no_new_privs, no capability in the
 * bounding set). To be called before any thread starts. Root must name a user with the group.
 */
bool tcx_process_become(const char *user, const char *group, struct tcx_fault *fault);

#endif
