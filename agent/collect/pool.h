/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs jobs when they are due, a few at a time. None of these calls waits for a run. Why it is so:
 * doc/decisions/workers.md.
 */
#ifndef TCX_COLLECT_POOL_H
#define TCX_COLLECT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/fault.h"

struct tcx_pool;

/* Constant data. */
struct tcx_job_kind {
	bool slow;  /* leaves a place for others, where the pool has more than one */
	bool spare; /* runs that nobody asked for have a low priority, until somebody does */
	/*
	 * Returns when it is due again, by tcx_clock_now(), or TCX_NEVER. It never runs twice at a
	 * time, and leaves its thread as it was. It may set the job's fd, and close that before. A
	 * run before may have taken what made the fd readable.
	 */
	uint64_t (*run)(void *owner);
	void (*unref)(void *owner); /* drops the job's reference to its owner */
};

/* Is part of its owner. */
struct tcx_job {
	int fd; /* due when this is readable, too; -1: none. Only run() may close it */

	/* The pool's. */
	struct tcx_pool *pool;
	const struct tcx_job_kind *kind;
	void *owner;
	struct tcx_job *next;
	uint64_t due_ns;
	uint64_t began_ns; /* the last run */
	pid_t low_thread;  /* runs it with a low priority; 0: none does */
	bool asked;
	bool runs;
	bool placed; /* counts against the limit */
};

/* places: how many run at a time, but for late ones. NULL with a fault. */
struct tcx_pool *tcx_pool_new(size_t places, struct tcx_fault *fault);

/* Waits for the threads, a second at most. All jobs are stopped. May be NULL. */
void tcx_pool_stop(struct tcx_pool *pool);

/* Is due once it is asked for. The job takes over a reference of the caller's to the owner. */
void tcx_job_init(struct tcx_job *job, struct tcx_pool *pool, const struct tcx_job_kind *kind,
		  void *owner);

/* Has it run as soon as there is room, and once more if it runs now. */
void tcx_job_ask(struct tcx_job *job);

/* It begins no more; a run that has begun goes on, and keeps the owner. */
void tcx_job_stop(struct tcx_job *job);

#endif
