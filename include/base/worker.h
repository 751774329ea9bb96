/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Detached threads, since a read may block for ever. A thread holds a reference to what it works
 * for, and ends by itself once that is stopped.
 */
#ifndef TCX_BASE_WORKER_H
#define TCX_BASE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>

/*
 * Starts a thread with all signals blocked: the main loop handles them. It gets a reference, which
 * the caller holds one of already. Returns 0 or an errno.
 */
int tcx_worker_start(void *(*run)(void *arg), void *arg, atomic_uint *references);

/* What comes of it in a thread that then ends, whatever it is like by then. False: no thread. */
bool tcx_worker_try(bool (*what)(void *arg), void *arg);

/* Waits, for a second at most, until the threads have dropped their references. */
void tcx_worker_wait(const atomic_uint *references);

#endif
