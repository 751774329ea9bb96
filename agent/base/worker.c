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

/* Signals are the loop's: a thread has them blocked from its beginning on. */
static int start(pthread_t *thread, void *(*run)(void *arg), void *arg)
{
	sigset_t all, before;
	int result;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	result = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}

int tcx_worker_start(void *(*run)(void *arg), void *arg, atomic_uint *references)
{
	pthread_t thread;
	int result;

	tcx_reference_take(references);
	result = start(&thread, run, arg);
	if (result == 0)
		pthread_detach(thread);
	else
		tcx_reference_give(references);
	return result;
}

struct trial {
	bool (*what)(void *arg);
	void *arg;
	bool done;
};

static void *try(void *arg)
{
	struct trial *trial = arg;

	trial->done = trial->what(trial->arg);
	return NULL;
}

bool tcx_worker_try(bool (*what)(void *arg), void *arg)
{
	struct trial trial = {.what = what, .arg = arg};
	pthread_t thread;

	return start(&thread, try, &trial) == 0 && pthread_join(thread, NULL) == 0 && trial.done;
}

void tcx_worker_wait(const atomic_uint *references)
{
	const struct timespec turn = {.tv_nsec = TURN_NS};

	for (int i = 0; i < TURNS && !tcx_reference_is_last(references); i++)
		nanosleep(&turn, NULL);
}
