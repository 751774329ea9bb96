/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that nobody joins, as what they read may take as long as it likes. A thread holds a
 * reference to what it works for, and ends by itself once that is told to stop.
 */
#ifndef TCX_BASE_WORKER_H
#define TCX_BASE_WORKER_H

#include <stdatomic.h>

/* Starts a thread, which takes no signals: they belong to the main loop. 0, or an errno. */
int tcx_worker_start(void *(*run)(void *arg), void *arg);

/* Waits until the caller holds the last reference, as the threads have ended: at most a second. */
void tcx_worker_wait(const atomic_uint *references);

#endif
