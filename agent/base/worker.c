/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts detached threads and waits for their references. */
#include "base/worker.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/reference.h"

/* Most threads sleep and end at once. */
#define TURN_NS 1000000L
#define TURNS	1000

int tcx_worker_start(void *(*run)(void *arg), void *arg, atomic_uint *references)
{
	sigset_t all, before;
	pthread_t thread;
	int result;

	tcx_reference_take(references);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(&thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (result == 0)
		pthread_detach(thread);
	else
		tcx_reference_give(references);
	return result;
}

void tcx_worker_wait(const atomic_uint *references)
{
	const struct timespec turn = {.tv_nsec = TURN_NS};

	for (int i = 0; i < TURNS && !tcx_reference_is_last(references); i++)
		nanosleep(&turn, NULL);
}
