/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads wait, for a timer and the jobs' descriptors. One that finds a job due runs it, after it
 * has seen to it that another one waits, as a run may never end. A run with a low priority has a
 * thread of its own, which gets the normal one as soon as somebody asks for the run.
 */
#include "pool.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/reference.h"
#include "base/worker.h"

/*
 * A run that takes longer gives its place away to a job that waits. Each run that has done so
 * doubles it, up to five seconds: one that is stuck holds up nobody for long, and where all are
 * slow, as the machine is busy, threads do not make it busier.
 */
#define PATIENCE_NS   (20 * TCX_NS_PER_MS)
#define MOST_DOUBLING 8

/* Leaves a run that nobody waits for a tenth of a busy processor, enough for a large table. */
#define SPARE_NICE 10

struct tcx_pool {
	atomic_uint references; /* each thread has one */
	pthread_mutex_t lock;	/* guards what follows, and the jobs */
	size_t limit;
	size_t placed;	      /* runs that have a place, at most limit */
	size_t late;	      /* runs that have lost it */
	size_t waiting;	      /* threads that run nothing, but for those with a low priority */
	int nice;	      /* the normal priority */
	bool may_lower;	      /* it, and go back: a request may come to wait for any run */
	struct tcx_job *jobs; /* those that are not stopped */
	int timer_fd;
	int ready_fd; /* of epoll: the timer and the jobs' descriptors */
	bool stop;
};

static void unref(struct tcx_pool *pool)
{
	if (!tcx_reference_give(&pool->references))
		return;
	if (pool->timer_fd >= 0)
		close(pool->timer_fd);
	if (pool->ready_fd >= 0)
		close(pool->ready_fd);
	pthread_mutex_destroy(&pool->lock);
	free(pool);
}

/* Where the list has it. The end of the list: it was stopped, and may be gone. */
static struct tcx_job **find(struct tcx_pool *pool, const struct tcx_job *job)
{
	struct tcx_job **at = &pool->jobs;

	while (*at != NULL && *at != job)
		at = &(*at)->next;
	return at;
}

/* A run of it goes on. */
static void lose_place(struct tcx_job *job)
{
	if (!job->placed)
		return;
	job->placed = false;
	job->pool->placed--;
	job->pool->late++;
}

static bool has_room(const struct tcx_pool *pool, const struct tcx_job *job)
{
	return pool->placed + (job->kind->slow && pool->limit > 1) < pool->limit;
}

static uint64_t late_at(const struct tcx_job *job)
{
	size_t late = job->pool->late;

	return job->began_ns + (PATIENCE_NS << (late < MOST_DOUBLING ? late : MOST_DOUBLING));
}

/* When a run has had its place for so long that it may lose it. */
static uint64_t next_late(const struct tcx_pool *pool)
{
	uint64_t late = TCX_NEVER;

	for (const struct tcx_job *job = pool->jobs; job != NULL; job = job->next)
		if (job->placed)
			late = tcx_clock_earlier(late, late_at(job));
	return late;
}

static void free_late(struct tcx_pool *pool, uint64_t now)
{
	for (struct tcx_job *job = pool->jobs; job != NULL; job = job->next)
		if (job->placed && late_at(job) <= now)
			lose_place(job);
}

/* Those that somebody asked for come first. */
static bool comes_before(const struct tcx_job *a, const struct tcx_job *b)
{
	return a->asked != b->asked ? a->asked : a->due_ns < b->due_ns;
}

/* The next job that is due and has room. */
static struct tcx_job *find_due(const struct tcx_pool *pool, uint64_t now)
{
	struct tcx_job *found = NULL;

	for (struct tcx_job *job = pool->jobs; job != NULL; job = job->next)
		if (!job->runs && job->due_ns <= now && has_room(pool, job) &&
		    (found == NULL || comes_before(job, found)))
			found = job;
	return found;
}

/* When there is something to begin; not 0, which would disarm the timer. */
static uint64_t next_look(const struct tcx_pool *pool)
{
	uint64_t look = TCX_NEVER;
	uint64_t late = next_late(pool);

	for (const struct tcx_job *job = pool->jobs; job != NULL; job = job->next) {
		uint64_t room = has_room(pool, job) ? 1 : late;

		if (!job->runs)
			look = tcx_clock_earlier(look, tcx_clock_later(job->due_ns, room));
	}
	return look;
}

/* Wakes a thread that waits, once there is something to begin. After each change of the jobs. */
static void arm(const struct tcx_pool *pool)
{
	uint64_t when_ns = pool->stop ? 1 : next_look(pool);
	struct itimerspec when = {0};

	if (when_ns != TCX_NEVER)
		when.it_value = tcx_clock_timespec(when_ns);
	timerfd_settime(pool->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

/* A descriptor that was closed since is no longer in ready_fd. */
static void listen_to(struct tcx_job *job)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = job};

	if (job->fd >= 0 && epoll_ctl(job->pool->ready_fd, EPOLL_CTL_MOD, job->fd, &event) < 0)
		epoll_ctl(job->pool->ready_fd, EPOLL_CTL_ADD, job->fd, &event);
}

/* Call without the lock: the last reference frees the owner, and the job with it. */
static void forget(struct tcx_job *job)
{
	if (job->fd >= 0)
		epoll_ctl(job->pool->ready_fd, EPOLL_CTL_DEL, job->fd, NULL);
	job->kind->unref(job->owner);
}

/* Call without the lock. */
static void run(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;
	uint64_t due_ns = job->kind->run(job->owner);
	bool stopped;

	pthread_mutex_lock(&pool->lock);
	lose_place(job);
	pool->late--;
	job->runs = false;
	job->low_thread = 0;
	job->due_ns = tcx_clock_earlier(job->due_ns, due_ns);
	stopped = *find(pool, job) == NULL;
	if (!stopped)
		listen_to(job);
	arm(pool);
	pthread_mutex_unlock(&pool->lock);
	if (stopped)
		forget(job);
}

/* Call with the lock. */
static void place(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;

	job->runs = job->placed = true;
	job->began_ns = tcx_clock_now();
	job->due_ns = TCX_NEVER;
	job->asked = false;
	pool->placed++;
	arm(pool);
}

static bool is_spare(const struct tcx_job *job)
{
	return job->kind->spare && !job->asked && job->pool->may_lower;
}

/* Call with the lock. The next one for a thread with a low priority, placed, or NULL. */
static struct tcx_job *next_spare(struct tcx_pool *pool)
{
	struct tcx_job *job = pool->stop ? NULL : find_due(pool, tcx_clock_now());

	if (job == NULL || !is_spare(job))
		return NULL;
	place(job);
	return job;
}

/* Call with the lock. Of the calling thread, which may have run another job, and been raised. */
static void lower(struct tcx_job *job)
{
	bool asked = job->asked; /* since the thread was started */

	job->low_thread = asked ? 0 : gettid();
	setpriority(PRIO_PROCESS, 0, asked ? job->pool->nice : SPARE_NICE);
}

/* Call with the lock. Somebody waits for what runs: on a busy machine it might take minutes. */
static void raise_again(struct tcx_job *job)
{
	if (job->low_thread != 0)
		setpriority(PRIO_PROCESS, (id_t)job->low_thread, job->pool->nice);
	job->low_thread = 0;
}

/* On Linux the priority is of a thread alone. */
static void *work_spare(void *arg)
{
	struct tcx_job *job = arg;
	struct tcx_pool *pool = job->pool;

	pthread_mutex_lock(&pool->lock);
	for (; job != NULL; job = next_spare(pool)) {
		lower(job);
		pthread_mutex_unlock(&pool->lock);
		run(job);
		pthread_mutex_lock(&pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	unref(pool);
	return NULL;
}

static void *schedule(void *arg);

/* Call with the lock. Where no thread can be had, nobody waits until a run has ended. */
static bool add_thread(struct tcx_pool *pool)
{
	pool->waiting++;
	if (tcx_worker_start(schedule, pool, &pool->references) == 0)
		return true;
	pool->waiting--;
	return false;
}

/* A low priority is left out where there is no thread to have it. */
static void begin(struct tcx_pool *pool, struct tcx_job *job)
{
	bool spare = is_spare(job);

	place(job);
	if (spare && tcx_worker_start(work_spare, job, &pool->references) == 0)
		return;
	pool->waiting--;
	if (pool->waiting == 0)
		add_thread(pool);
	pthread_mutex_unlock(&pool->lock);
	run(job);
	pthread_mutex_lock(&pool->lock);
	pool->waiting++;
}

/* Waits without the lock. A run listens again when it ends. */
static void wait_for_event(struct tcx_pool *pool)
{
	struct epoll_event event = {0};
	struct tcx_job *job;

	arm(pool);
	pthread_mutex_unlock(&pool->lock);
	epoll_wait(pool->ready_fd, &event, 1, -1);
	pthread_mutex_lock(&pool->lock);
	job = event.data.ptr;
	if (*find(pool, job) != NULL && !job->runs)
		job->due_ns = tcx_clock_now();
}

static void *schedule(void *arg)
{
	struct tcx_pool *pool = arg;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stop && pool->waiting <= pool->limit) {
		uint64_t now = tcx_clock_now();
		struct tcx_job *job = find_due(pool, now);

		if (job != NULL)
			begin(pool, job);
		else if (next_look(pool) <= now)
			free_late(pool, now);
		else
			wait_for_event(pool);
	}
	pool->waiting--;
	arm(pool); /* the next one is to see what this one has not, be it the end */
	pthread_mutex_unlock(&pool->lock);
	unref(pool);
	return NULL;
}

static bool open_fds(struct tcx_pool *pool)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLET};

	pool->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	pool->ready_fd = epoll_create1(EPOLL_CLOEXEC);
	return pool->timer_fd >= 0 && pool->ready_fd >= 0 &&
	       epoll_ctl(pool->ready_fd, EPOLL_CTL_ADD, pool->timer_fd, &event) == 0;
}

/*
 * As many as there are places: if no more can be had, a table that one reads holds up no counters.
 * False: there is none.
 */
static bool add_threads(struct tcx_pool *pool)
{
	bool done;

	pthread_mutex_lock(&pool->lock);
	while (pool->waiting < pool->limit && add_thread(pool))
		;
	done = pool->waiting > 0;
	pthread_mutex_unlock(&pool->lock);
	return done;
}

static bool go_down_and_up(void *arg)
{
	const struct tcx_pool *pool = arg;

	return setpriority(PRIO_PROCESS, 0, SPARE_NICE) == 0 &&
	       setpriority(PRIO_PROCESS, 0, pool->nice) == 0;
}

struct tcx_pool *tcx_pool_new(size_t places, struct tcx_fault *fault)
{
	struct tcx_pool *pool = tcx_reference_new(sizeof(*pool), fault);

	if (pool == NULL)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pool->limit = places;
	pool->nice = getpriority(PRIO_PROCESS, 0);
	pool->may_lower = pool->nice < SPARE_NICE && tcx_worker_try(go_down_and_up, pool);
	if (!open_fds(pool))
		tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
	else if (!add_threads(pool))
		tcx_fault_set(fault, "no thread can be started; raise the limit of tasks");
	else
		return pool;
	unref(pool);
	return NULL;
}

void tcx_pool_stop(struct tcx_pool *pool)
{
	if (pool == NULL)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stop = true;
	arm(pool);
	pthread_mutex_unlock(&pool->lock);
	tcx_worker_wait(&pool->references);
	unref(pool);
}

void tcx_job_init(struct tcx_job *job, struct tcx_pool *pool, const struct tcx_job_kind *kind,
		  void *owner)
{
	*job = (struct tcx_job){
		.fd = -1, .pool = pool, .kind = kind, .owner = owner, .due_ns = TCX_NEVER};
	pthread_mutex_lock(&pool->lock);
	job->next = pool->jobs;
	pool->jobs = job;
	pthread_mutex_unlock(&pool->lock);
}

void tcx_job_ask(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;

	pthread_mutex_lock(&pool->lock);
	job->asked = true;
	raise_again(job);
	job->due_ns = tcx_clock_now();
	arm(pool);
	pthread_mutex_unlock(&pool->lock);
}

void tcx_job_stop(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;
	bool runs;

	pthread_mutex_lock(&pool->lock);
	*find(pool, job) = job->next;
	runs = job->runs;
	lose_place(job);
	arm(pool);
	pthread_mutex_unlock(&pool->lock);
	if (!runs)
		forget(job);
}
