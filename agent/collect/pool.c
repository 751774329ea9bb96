/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs jobs on a few threads, which wait for one timer and the jobs' descriptors. */
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

/* A run that takes longer gives its place away to a job that waits. */
#define PATIENCE_NS (20 * TCX_NS_PER_MS)

/* Leaves a run that nobody waits for a tenth of a busy processor, enough for a large table. */
#define SPARE_NICE 10

/* On its thread's stack. */
struct tcx_worker {
	struct tcx_worker *next; /* of the busy ones */
	uint64_t since_ns;	 /* when its run began */
	bool let_go;		 /* counts no more, and ends after its run */
	bool low;		 /* so is its priority */
};

struct tcx_pool {
	atomic_uint references; /* each thread has one */
	pthread_mutex_t lock;	/* guards what follows, and the jobs */
	size_t limit;
	size_t idle;		 /* workers that wait; with the busy ones at most limit */
	size_t busy_count;	 /* of those that run a job and were not let go */
	struct tcx_worker *busy; /* these */
	struct tcx_job *queue;	 /* by due_ns; last are those that wait for a descriptor alone */
	int timer_fd;
	int ready_fd; /* of epoll: the timer and the jobs' descriptors; an event wakes one worker */
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

static void insert(struct tcx_job *job)
{
	struct tcx_job **at = &job->pool->queue;

	while (*at != NULL && (*at)->due_ns <= job->due_ns)
		at = &(*at)->next;
	job->next = *at;
	*at = job;
}

/* Whether it was there; the job itself may be gone. */
static bool take_out(struct tcx_pool *pool, const struct tcx_job *job)
{
	for (struct tcx_job **at = &pool->queue; *at != NULL; at = &(*at)->next) {
		if (*at != job)
			continue;
		*at = job->next;
		return true;
	}
	return false;
}

static void let_go(struct tcx_pool *pool, struct tcx_worker *worker)
{
	struct tcx_worker **at = &pool->busy;

	if (worker->let_go)
		return;
	while (*at != worker)
		at = &(*at)->next;
	*at = worker->next;
	pool->busy_count--;
	worker->let_go = true;
}

static bool has_room(const struct tcx_pool *pool, const struct tcx_job *job)
{
	return pool->busy_count + (job->kind->slow && pool->limit > 1) < pool->limit;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* When the first busy worker may be let go. */
static uint64_t patience_ends(const struct tcx_pool *pool)
{
	uint64_t ends = TCX_NEVER;

	for (const struct tcx_worker *worker = pool->busy; worker != NULL; worker = worker->next)
		ends = earlier(ends, worker->since_ns + PATIENCE_NS);
	return ends;
}

static void let_late_go(struct tcx_pool *pool, uint64_t now)
{
	struct tcx_worker *next;

	for (struct tcx_worker *worker = pool->busy; worker != NULL; worker = next) {
		next = worker->next;
		if (worker->since_ns + PATIENCE_NS <= now)
			let_go(pool, worker);
	}
}

/* The first job that is due and has room; those that somebody asked for come first. */
static struct tcx_job *find_due(const struct tcx_pool *pool, uint64_t now)
{
	struct tcx_job *found = NULL;

	for (struct tcx_job *job = pool->queue; job != NULL && job->due_ns <= now; job = job->next)
		if (has_room(pool, job) && (found == NULL || (job->asked && !found->asked)))
			found = job;
	return found;
}

static struct tcx_job *take_due(struct tcx_pool *pool)
{
	uint64_t now = tcx_clock_now();
	struct tcx_job *job = find_due(pool, now);

	if (job == NULL && pool->queue != NULL && pool->queue->due_ns <= now) {
		let_late_go(pool, now);
		job = find_due(pool, now);
	}
	if (job != NULL)
		take_out(pool, job);
	return job;
}

/* When a worker that is idle has something to do. */
static uint64_t next_look(const struct tcx_pool *pool)
{
	uint64_t look = TCX_NEVER;

	for (const struct tcx_job *job = pool->queue; job != NULL && job->due_ns < look;
	     job = job->next) {
		uint64_t room = has_room(pool, job) ? 0 : patience_ends(pool);

		look = earlier(look, job->due_ns > room ? job->due_ns : room);
	}
	return look;
}

/* Sets the timer, which wakes one of the idle workers. */
static void arm(const struct tcx_pool *pool)
{
	uint64_t when_ns = pool->stop ? 1 : next_look(pool);
	struct itimerspec when = {0};

	if (pool->idle == 0)
		return;
	if (when_ns != TCX_NEVER)
		when.it_value = tcx_clock_timespec(when_ns);
	timerfd_settime(pool->timer_fd, TFD_TIMER_ABSTIME, &when, NULL);
}

static void *work(void *arg);

/* Starts a worker if none is idle and there is room for one. Whether one is idle then. */
static bool need_idle(struct tcx_pool *pool)
{
	if (pool->idle == 0 && pool->busy_count < pool->limit)
		pool->idle += tcx_worker_start(work, pool, &pool->references) == 0;
	return pool->idle > 0;
}

/* After the queue or the workers have changed. If all are busy, none of them sees who is late. */
static void wake(struct tcx_pool *pool)
{
	if (pool->idle == 0 && pool->limit > 1)
		let_late_go(pool, tcx_clock_now());
	if (pool->queue != NULL)
		need_idle(pool);
	arm(pool);
}

/*
 * Other jobs may become due meanwhile. A thread cannot raise its priority again, so it ends after
 * its run, and starts no other, which would inherit it: it may go low if another one is idle.
 */
static void begin(struct tcx_pool *pool, struct tcx_worker *worker, struct tcx_job *job)
{
	bool spare = job->kind->spare && !job->asked;

	job->worker = worker;
	job->due_ns = TCX_NEVER;
	job->asked = false;
	worker->since_ns = tcx_clock_now();
	worker->next = pool->busy;
	pool->busy = worker;
	pool->busy_count++;
	pool->idle--;
	if (spare || (pool->queue != NULL && pool->queue->due_ns != TCX_NEVER))
		worker->low = need_idle(pool) && spare;
	arm(pool);
}

static void end(struct tcx_pool *pool, struct tcx_worker *worker)
{
	if (worker->let_go)
		return;
	let_go(pool, worker);
	worker->let_go = worker->low;
	pool->idle += !worker->low;
}

/* A descriptor that was closed since is no longer in ready_fd. */
static void listen_to(struct tcx_job *job)
{
	struct epoll_event event = {.events = EPOLLIN | EPOLLONESHOT, .data.ptr = job};

	if (job->fd >= 0 && epoll_ctl(job->pool->ready_fd, EPOLL_CTL_MOD, job->fd, &event) < 0)
		epoll_ctl(job->pool->ready_fd, EPOLL_CTL_ADD, job->fd, &event);
}

static void wait_again(struct tcx_job *job, uint64_t due_ns)
{
	job->due_ns = earlier(job->due_ns, due_ns);
	listen_to(job);
	if (job->due_ns != TCX_NEVER || job->fd >= 0)
		insert(job);
}

/* Call without the lock: the last reference frees the owner, and the job with it. */
static void forget(struct tcx_job *job)
{
	if (job->fd >= 0)
		epoll_ctl(job->pool->ready_fd, EPOLL_CTL_DEL, job->fd, NULL);
	job->kind->unref(job->owner);
}

/* On Linux that is of the calling thread alone. */
static void lower_priority(void)
{
	if (getpriority(PRIO_PROCESS, 0) < SPARE_NICE)
		setpriority(PRIO_PROCESS, 0, SPARE_NICE);
}

/* Call with the lock. */
static void run(struct tcx_pool *pool, struct tcx_worker *worker, struct tcx_job *job)
{
	uint64_t due_ns;

	begin(pool, worker, job);
	pthread_mutex_unlock(&pool->lock);
	if (worker->low)
		lower_priority();
	due_ns = job->kind->run(job->owner);
	pthread_mutex_lock(&pool->lock);
	job->worker = NULL;
	end(pool, worker);
	if (!job->stopped) {
		wait_again(job, due_ns);
		return;
	}
	pthread_mutex_unlock(&pool->lock);
	forget(job);
	pthread_mutex_lock(&pool->lock);
}

/* Call with the lock. A job whose descriptor is readable may have been stopped meanwhile. */
static void wait_for_event(struct tcx_pool *pool)
{
	struct epoll_event event = {0};
	struct tcx_job *job;

	arm(pool);
	pthread_mutex_unlock(&pool->lock);
	epoll_wait(pool->ready_fd, &event, 1, -1);
	pthread_mutex_lock(&pool->lock);
	job = event.data.ptr;
	if (job == NULL || !take_out(pool, job))
		return;
	job->due_ns = tcx_clock_now();
	insert(job);
}

static void *work(void *arg)
{
	struct tcx_pool *pool = arg;
	struct tcx_worker self = {0};
	struct tcx_job *job;

	pthread_mutex_lock(&pool->lock);
	while (!pool->stop && !self.let_go) {
		job = take_due(pool);
		if (job != NULL)
			run(pool, &self, job);
		else
			wait_for_event(pool);
	}
	pool->idle -= !self.let_go;
	if (!pool->stop && !self.low)
		wake(pool);
	arm(pool); /* the next one is to see the end, too */
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

struct tcx_pool *tcx_pool_new(size_t workers, struct tcx_fault *fault)
{
	struct tcx_pool *pool = tcx_reference_new(sizeof(*pool), fault);
	bool started;

	if (pool == NULL)
		return NULL;
	pthread_mutex_init(&pool->lock, NULL);
	pool->limit = workers;
	pthread_mutex_lock(&pool->lock);
	if (!open_fds(pool))
		tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
	else if (!need_idle(pool))
		tcx_fault_set(fault, "no thread can be started; raise the limit of tasks");
	started = pool->idle > 0;
	pthread_mutex_unlock(&pool->lock);
	if (started)
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
	*job = (struct tcx_job){.fd = -1, .pool = pool, .kind = kind, .owner = owner};
}

void tcx_job_ask(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;

	pthread_mutex_lock(&pool->lock);
	if (!job->stopped) {
		take_out(pool, job);
		job->asked = true;
		job->due_ns = tcx_clock_now();
		if (job->worker == NULL)
			insert(job);
		wake(pool);
	}
	pthread_mutex_unlock(&pool->lock);
}

void tcx_job_stop(struct tcx_job *job)
{
	struct tcx_pool *pool = job->pool;
	bool runs;

	pthread_mutex_lock(&pool->lock);
	job->stopped = true;
	take_out(pool, job);
	runs = job->worker != NULL;
	if (runs)
		let_go(pool, job->worker);
	wake(pool);
	pthread_mutex_unlock(&pool->lock);
	if (!runs)
		forget(job);
}
