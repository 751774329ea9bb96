/*
 * What a daemon does to itself: go to the background, leave its pid, drop root. NULL texts mean:
 * nothing to do.
 */
#ifndef TCX_PROCESS_H
#define TCX_PROCESS_H

#include <stdbool.h>

#include "tcx_fault.h"

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

/* Writes the process id and a newline to a file. */
bool tcx_process_write_pid(const char *path, struct tcx_fault *fault);

/* Gives that file to a user, so that the agent can empty it when it is that user by then. */
bool tcx_process_give_pid(const char *path, const char *user, struct tcx_fault *fault);

/*
 * Removes that file. Where the agent has given up root and may not write to the directory any more,
 * it empties the file instead: no reader takes that for a living process.
 */
void tcx_process_remove_pid(const char *path);

/* Becomes user and group, each a name or a number, with the user's further groups. For good. */
bool tcx_process_become(const char *user, const char *group, struct tcx_fault *fault);

#endif
