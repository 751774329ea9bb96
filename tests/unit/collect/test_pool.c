/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The pool: when jobs run, which of them wait for others, and how they are stopped. A run takes as
 * long as the test wants: it waits for an octet of a pipe.
 */
#include "tests/unit/test.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/collect/pool.h"
#include "base/clock.h"
#include "base/reference.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_S 30 /* for what is to happen at once */

/* An owner of a job. */
struct owner {
	atomic_uint references;
	struct tcx_job job;
	bool blocks;	  /* each run waits for the gate */
	int gate[2];	  /* a pipe */
	int watched;	  /* the job's descriptor; an octet is read in each run */
	uint64_t next_ns; /* returned by the next run, then TCX_NEVER */
	int nice;	  /* of the last run's thread, as it began */
	pid_t thread;
	uint64_t ran_ns;
	sem_t began;
	sem_t ended;
};

static sem_t freed;
static atomic_bool no_threads; /* more than there are: the pool's own run the jobs */

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *arg);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *arg);

static atomic_int threads; /* that there are */

struct beginning {
	void *(*start)(void *);
	void *arg;
};

static void *count_thread(void *arg)
{
	struct beginning beginning = *(struct beginning *)arg;

	free(arg);
	beginning.start(beginning.arg);
	threads--;
	return NULL;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
			  void *(*start)(void *), void *arg)
{
	struct beginning *beginning = malloc(sizeof(*beginning));

	if (no_threads || beginning == NULL) {
		free(beginning);
		return EAGAIN;
	}
	*beginning = (struct beginning){start, arg};
	threads++;
	return __real_pthread_create(thread, attributes, count_thread, beginning);
}

static atomic_bool no_raising; /* of priorities */

int __real_setpriority(int which, id_t who, int priority);
int __wrap_setpriority(int which, id_t who, int priority);

int __wrap_setpriority(int which, id_t who, int priority)
{
	if (no_raising && priority < getpriority(which, who)) {
		errno = EACCES;
		return -1;
	}
	return __real_setpriority(which, who, priority);
}

static void wait_for_threads(int count)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	while (threads != count && tcx_clock_now() < deadline)
		usleep(1000);
	assert_int_equal(threads, count);
}

static void wait_for(sem_t *what)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += TIMEOUT_S;
	if (sem_timedwait(what, &until) != 0)
		fail_msg("nothing in %d s", TIMEOUT_S);
}

static uint64_t run(void *arg)
{
	struct owner *owner = arg;
	uint64_t next_ns = owner->next_ns;
	char octet;

	owner->job.fd = owner->watched;
	owner->nice = getpriority(PRIO_PROCESS, 0);
	owner->thread = gettid();
	owner->ran_ns = tcx_clock_now();
	owner->next_ns = TCX_NEVER;
	sem_post(&owner->began);
	if (owner->blocks && read(owner->gate[0], &octet, 1) < 0)
		abort();
	sem_post(&owner->ended);
	return next_ns;
}

static void unref(void *arg)
{
	struct owner *owner = arg;

	if (!tcx_reference_give(&owner->references))
		return;
	close(owner->gate[0]);
	close(owner->gate[1]);
	free(owner);
	sem_post(&freed);
}

static const struct tcx_job_kind quick = {.run = run, .unref = unref};
static const struct tcx_job_kind slow = {.slow = true, .run = run, .unref = unref};
static const struct tcx_job_kind spare = {.slow = true, .spare = true, .run = run, .unref = unref};

/* Its job is not started yet. */
static struct owner *make(bool blocks)
{
	struct owner *owner = tcx_reference_new(sizeof(*owner), NULL);

	assert_non_null(owner);
	owner->blocks = blocks;
	owner->watched = -1;
	owner->next_ns = TCX_NEVER;
	assert_int_equal(pipe(owner->gate), 0);
	sem_init(&owner->began, 0, 0);
	sem_init(&owner->ended, 0, 0);
	return owner;
}

static void start(struct owner *owner, struct tcx_pool *pool, const struct tcx_job_kind *kind)
{
	tcx_reference_take(&owner->references);
	tcx_job_init(&owner->job, pool, kind, owner);
	tcx_job_ask(&owner->job);
}

static void open_gate(struct owner *owner)
{
	assert_int_equal(write(owner->gate[1], "", 1), 1);
}

/* Stops a job that does not run, with its owner. */
static void end_job(struct owner *owner)
{
	tcx_job_stop(&owner->job);
	unref(owner);
	wait_for(&freed);
}

static bool is_posted(sem_t *what)
{
	return sem_trywait(what) == 0;
}

static struct tcx_pool *new_pool(size_t places)
{
	struct tcx_fault fault = {""};
	struct tcx_pool *pool = tcx_pool_new(places, &fault);

	if (pool == NULL)
		fail_msg("%s", fault.text);
	return pool;
}

static void runs_when_due(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owner = make(true);
	uint64_t due_ns;

	(void)state;
	start(owner, pool, &quick);
	wait_for(&owner->began);
	for (int i = 0; i < 5; i++) {
		due_ns = tcx_clock_now() + 3 * TCX_NS_PER_MS;
		owner->next_ns = due_ns; /* what the run after this one returns */
		tcx_job_ask(&owner->job);
		open_gate(owner);
		wait_for(&owner->began); /* that one */
		open_gate(owner);
		wait_for(&owner->began);
		assert_true(owner->ran_ns >= due_ns);
	}
	open_gate(owner);
	for (int i = 0; i < 11; i++)
		wait_for(&owner->ended);
	end_job(owner);
	tcx_pool_stop(pool);
}

/* Asked for during a run, however often, it runs once more. */
static void asked_during_a_run(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *owner = make(true), *last = make(false);

	(void)state;
	start(owner, pool, &quick);
	wait_for(&owner->began);
	tcx_job_ask(&owner->job);
	tcx_job_ask(&owner->job);
	open_gate(owner);
	wait_for(&owner->began);
	open_gate(owner);
	wait_for(&owner->ended);
	wait_for(&owner->ended);
	start(last, pool, &quick);
	wait_for(&last->ended);
	assert_false(is_posted(&owner->began));
	end_job(owner);
	end_job(last);
	tcx_pool_stop(pool);
}

/* The run goes on with all that it uses. */
static void stop_during_a_run(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owner = make(true);
	int gate;

	(void)state;
	start(owner, pool, &slow);
	wait_for(&owner->began);
	tcx_job_ask(&owner->job); /* which is to come to nothing */
	gate = dup(owner->gate[1]);
	tcx_job_stop(&owner->job);
	unref(owner);
	assert_false(is_posted(&freed));
	assert_int_equal(write(gate, "", 1), 1);
	wait_for(&freed);
	close(gate);
	tcx_pool_stop(pool);
}

/* Requests may still come to what answers from a stopped owner. */
static void stopped_is_not_asked(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *owner = make(false), *last = make(false);

	(void)state;
	start(owner, pool, &quick);
	wait_for(&owner->began);
	wait_for(&owner->ended);
	tcx_job_stop(&owner->job);
	tcx_job_ask(&owner->job);
	start(last, pool, &quick);
	wait_for(&last->ended);
	assert_false(is_posted(&owner->began));
	unref(owner);
	wait_for(&freed);
	end_job(last);
	tcx_pool_stop(pool);
}

/* However many slow jobs there are and however long they take, a place is there for others. */
static void slow_ones(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *slows[4], *owner = make(false);

	(void)state;
	start(owner, pool, &quick);
	wait_for(&owner->ended);
	for (size_t i = 0; i < COUNT(slows); i++) {
		slows[i] = make(true);
		start(slows[i], pool, &slow);
	}
	for (size_t i = 0; i < COUNT(slows); i++) {
		tcx_job_ask(&owner->job);
		wait_for(&owner->ended);
		wait_for(&slows[i]->began); /* a long run holds up none of them for good */
	}
	tcx_job_ask(&owner->job);
	wait_for(&owner->ended);
	for (size_t i = 0; i < COUNT(slows); i++) {
		open_gate(slows[i]);
		wait_for(&slows[i]->ended);
		tcx_job_stop(&slows[i]->job);
		unref(slows[i]);
		wait_for(&freed);
	}
	end_job(owner);
	tcx_pool_stop(pool);
}

/* Counters of one place and a table of another that never come hold up none that is asked for. */
static void all_are_stuck(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *stuck[2] = {make(true), make(true)}, *owner = make(false);
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	(void)state;
	for (size_t i = 0; i < COUNT(stuck); i++) {
		start(stuck[i], pool, &quick);
		wait_for(&stuck[i]->began);
	}
	start(owner, pool, &slow);
	while (!is_posted(&owner->ended)) {
		assert_true(tcx_clock_now() < deadline);
		usleep(1000);
		tcx_job_ask(&owner->job); /* as each request does */
	}
	for (size_t i = 0; i < COUNT(stuck); i++) {
		open_gate(stuck[i]);
		wait_for(&stuck[i]->ended);
		end_job(stuck[i]);
	}
	end_job(owner);
	tcx_pool_stop(pool);
}

/* A read that never ends is stopped: its place, the only one, is free. */
static void one_place(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *stuck = make(true), *table = make(false), *counters = make(false);
	int gate;

	(void)state;
	start(stuck, pool, &slow);
	wait_for(&stuck->began);
	start(table, pool, &slow);
	start(counters, pool, &quick);
	gate = dup(stuck->gate[1]);
	tcx_job_stop(&stuck->job);
	unref(stuck);
	wait_for(&table->ended);
	wait_for(&counters->ended);
	assert_int_equal(write(gate, "", 1), 1);
	wait_for(&freed);
	close(gate);
	end_job(table);
	end_job(counters);
	tcx_pool_stop(pool);
}

/*
 * Who waits for a run is served before what comes by itself, though that has been due for longer.
 * The pool's only thread runs them, so that a long run does not give its place away.
 */
static void asked_come_first(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *unasked = make(true), *asked[2] = {make(false), make(false)};

	(void)state;
	no_threads = true;
	start(asked[0], pool, &quick); /* before and after it in the pool's list */
	wait_for(&asked[0]->ended);
	unasked->next_ns = 1; /* it is due again at once */
	start(unasked, pool, &quick);
	wait_for(&unasked->began);
	tcx_job_ask(&asked[0]->job);
	start(asked[1], pool, &quick);
	open_gate(unasked);
	open_gate(unasked);
	wait_for(&unasked->ended);
	wait_for(&unasked->ended);
	for (size_t i = 0; i < COUNT(asked); i++) {
		wait_for(&asked[i]->ended);
		assert_true(asked[i]->ran_ns <= unasked->ran_ns);
		end_job(asked[i]);
	}
	end_job(unasked);
	tcx_pool_stop(pool);
}

/* Whether a thread that has lowered its priority can have it back. */
static bool may_raise(void)
{
	int normal = getpriority(PRIO_PROCESS, 0), status = 0;
	pid_t child = fork();

	if (child == 0)
		_exit(setpriority(PRIO_PROCESS, 0, normal + 1) != 0 ||
		      setpriority(PRIO_PROCESS, 0, normal) != 0);
	return child > 0 && waitpid(child, &status, 0) == child && status == 0 && normal < 10;
}

/* Only what nobody waits for has a low priority, and only while it runs. */
static void priorities(void **state)
{
	struct owner *owner, *other;
	struct tcx_pool *pool;
	int normal = getpriority(PRIO_PROCESS, 0);

	(void)state;
	if (!may_raise())
		skip();
	owner = make(false);
	other = make(false);
	pool = new_pool(2);
	for (int i = 0; i < 5; i++) {
		owner->next_ns = 0;
		if (i == 0)
			start(owner, pool, &spare);
		else
			tcx_job_ask(&owner->job);
		wait_for(&owner->ended);
		wait_for(&owner->ended);
		assert_true(owner->nice > normal);
		if (i == 0)
			start(other, pool, &spare);
		else
			tcx_job_ask(&other->job);
		wait_for(&other->ended);
		assert_int_equal(other->nice, normal);
	}
	end_job(owner);
	end_job(other);
	tcx_pool_stop(pool);
}

/* Somebody comes to wait for a run that has begun by itself: its priority is the normal one then.
 */
static void raised_when_asked(void **state)
{
	struct owner *owner;
	struct tcx_pool *pool;
	int normal = getpriority(PRIO_PROCESS, 0);

	(void)state;
	if (!may_raise())
		skip();
	owner = make(true);
	pool = new_pool(2);
	owner->next_ns = 1;
	start(owner, pool, &spare);
	for (int i = 0; i < 3; i++) {
		wait_for(&owner->began);
		open_gate(owner); /* of one that was asked for */
		wait_for(&owner->ended);
		wait_for(&owner->began);
		assert_true(owner->nice > normal);
		owner->next_ns = 1;
		tcx_job_ask(&owner->job);
		assert_int_equal(getpriority(PRIO_PROCESS, (id_t)owner->thread), normal);
		open_gate(owner);
		wait_for(&owner->ended);
	}
	wait_for(&owner->began);
	open_gate(owner);
	wait_for(&owner->ended);
	wait_for(&owner->began);
	open_gate(owner);
	wait_for(&owner->ended);
	end_job(owner);
	tcx_pool_stop(pool);
}

/* Where a thread cannot have its priority back, none lowers it. */
static void never_lower(void **state)
{
	struct owner *owner = make(false);
	struct tcx_pool *pool;
	int normal = getpriority(PRIO_PROCESS, 0);

	(void)state;
	no_raising = true;
	pool = new_pool(2);
	owner->next_ns = 1;
	start(owner, pool, &spare);
	wait_for(&owner->ended);
	wait_for(&owner->ended);
	assert_int_equal(owner->nice, normal);
	end_job(owner);
	tcx_pool_stop(pool);
}

/*
 * A job waits for a descriptor, until it is stopped. Asked for meanwhile, it might run once more in
 * vain; here it is not.
 */
static void descriptors(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *owner = make(true), *last = make(false);
	int gate;

	(void)state;
	owner->watched = owner->gate[0]; /* a run takes the octet that it is due for */
	start(owner, pool, &slow);
	for (int i = 0; i < 5; i++) {
		open_gate(owner);
		wait_for(&owner->began);
		wait_for(&owner->ended);
		assert_false(is_posted(&owner->began));
	}
	gate = dup(owner->gate[1]);
	tcx_job_stop(&owner->job);
	assert_int_equal(write(gate, "", 1), 1);
	start(last, pool, &quick);
	wait_for(&last->ended);
	assert_false(is_posted(&owner->began));
	close(gate);
	unref(owner);
	wait_for(&freed);
	end_job(last);
	tcx_pool_stop(pool);
}

/* While the only thread runs a job, descriptors of others become ready: each of them has its run.
 */
static void several_descriptors(void **state)
{
	struct tcx_pool *pool = new_pool(1);
	struct owner *stuck = make(true), *owners[3];

	(void)state;
	no_threads = true;
	for (size_t i = 0; i < COUNT(owners); i++) {
		owners[i] = make(true);
		owners[i]->watched = owners[i]->gate[0];
		start(owners[i], pool, &quick);
		open_gate(owners[i]);
		wait_for(&owners[i]->ended);
	}
	start(stuck, pool, &quick);
	wait_for(&stuck->began);
	for (size_t i = 0; i < COUNT(owners); i++)
		open_gate(owners[i]);
	open_gate(stuck);
	for (size_t i = 0; i < COUNT(owners); i++) {
		wait_for(&owners[i]->ended);
		end_job(owners[i]);
	}
	end_job(stuck);
	tcx_pool_stop(pool);
}

/* The end of the program does not wait for a run that never ends; the pool is freed with it. */
static void end_during_a_run(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owner = make(true);
	int gate;

	(void)state;
	start(owner, pool, &slow);
	wait_for(&owner->began);
	gate = dup(owner->gate[1]);
	tcx_job_stop(&owner->job);
	unref(owner);
	tcx_pool_stop(pool);
	assert_false(is_posted(&freed));
	assert_int_equal(write(gate, "", 1), 1);
	wait_for(&freed);
	close(gate);
}

/* Where the limit of tasks is reached, a table that never comes holds up nothing. */
static void no_more_threads(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owners[3], *stuck = make(true);

	(void)state;
	no_threads = true;
	start(stuck, pool, &slow);
	wait_for(&stuck->began);
	for (size_t i = 0; i < COUNT(owners); i++) {
		owners[i] = make(false);
		owners[i]->next_ns = 1;
		start(owners[i], pool, i == 1 ? &spare : &quick);
	}
	for (size_t i = 0; i < 2 * COUNT(owners); i++)
		wait_for(&owners[i / 2]->ended);
	for (size_t i = 0; i < COUNT(owners); i++) {
		assert_int_equal(owners[i]->nice, getpriority(PRIO_PROCESS, 0));
		end_job(owners[i]);
	}
	open_gate(stuck);
	wait_for(&stuck->ended);
	end_job(stuck);
	tcx_pool_stop(pool);
}

/* Asks and stops at any time, from several threads' view of one pool; nothing is left over. */
static void at_any_time(void **state)
{
	size_t before = fixture_descriptors();

	(void)state;
	for (int i = 0; i < 200; i++) {
		struct tcx_pool *pool = new_pool(1 + (size_t)i % 3);
		struct owner *owners[5];

		for (size_t k = 0; k < COUNT(owners); k++) {
			owners[k] = make(false);
			owners[k]->next_ns = 1;
			start(owners[k], pool, k % 2 == 0 ? &slow : k == 1 ? &spare : &quick);
		}
		for (size_t k = 0; k < COUNT(owners); k++) {
			tcx_job_ask(&owners[k]->job);
			tcx_job_stop(&owners[k]->job);
			unref(owners[k]);
		}
		tcx_pool_stop(pool);
		for (size_t k = 0; k < COUNT(owners); k++)
			wait_for(&freed);
	}
	assert_int_equal(fixture_descriptors(), before);
	tcx_pool_stop(NULL);
}

/* Two runs and one that waits are all threads there are, whatever ran before. */
static void few_threads(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owners[2] = {make(true), make(true)};
	int with_low = may_raise() ? 3 : 2;

	(void)state;
	wait_for_threads(2);
	for (int i = 0; i < 20; i++) {
		for (size_t k = 0; k < COUNT(owners); k++) {
			owners[k]->next_ns = i % 2 == 0 && k == 1 ? 1 : TCX_NEVER;
			if (i == 0)
				start(owners[k], pool, k == 0 ? &quick : &spare);
			else
				tcx_job_ask(&owners[k]->job);
			wait_for(&owners[k]->began);
		}
		wait_for_threads(3);
		for (size_t k = 0; k < COUNT(owners); k++) {
			open_gate(owners[k]);
			wait_for(&owners[k]->ended);
		}
		if (i % 2 != 0)
			continue;
		wait_for(&owners[1]->began); /* with a low priority, if it may */
		wait_for_threads(with_low);
		open_gate(owners[1]);
		wait_for(&owners[1]->ended);
	}
	for (size_t k = 0; k < COUNT(owners); k++)
		end_job(owners[k]);
	wait_for_threads(2);
	tcx_pool_stop(pool);
	wait_for_threads(0);
}

static size_t count_begun(struct owner *const *owners, size_t count)
{
	size_t begun = 0;

	for (size_t i = 0; i < count; i++)
		begun += is_posted(&owners[i]->began);
	return begun;
}

/*
 * Where every run takes long, as on a machine that has too much to do, few go on at a time. Each
 * begins when the one before has lost its place, after 20 ms, then 40, 80 and so on up to 5 s: the
 * thirteenth cannot begin within 25 s. A slow machine makes fewer begin, so the bound holds there,
 * too.
 */
static void all_are_late(void **state)
{
	struct tcx_pool *pool = new_pool(2);
	struct owner *owners[40];
	size_t began = 0;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	(void)state;
	for (size_t i = 0; i < COUNT(owners); i++) {
		owners[i] = make(true);
		start(owners[i], pool, &slow);
	}
	while (began < 2) {
		assert_true(tcx_clock_now() < deadline);
		usleep(1000);
		began += count_begun(owners, COUNT(owners));
	}
	sleep(1); /* for those that must not begin */
	assert_in_range(began + count_begun(owners, COUNT(owners)), 2, 12);
	for (size_t i = 0; i < COUNT(owners); i++)
		open_gate(owners[i]);
	for (size_t i = 0; i < COUNT(owners); i++) {
		wait_for(&owners[i]->ended);
		end_job(owners[i]);
	}
	tcx_pool_stop(pool);
}

static int setup(void **state)
{
	(void)state;
	no_threads = no_raising = false;
	return sem_init(&freed, 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup(name, setup)
		TEST(runs_when_due),
		TEST(asked_during_a_run),
		TEST(stop_during_a_run),
		TEST(stopped_is_not_asked),
		TEST(slow_ones),
		TEST(all_are_stuck),
		TEST(one_place),
		TEST(asked_come_first),
		TEST(priorities),
		TEST(raised_when_asked),
		TEST(never_lower),
		TEST(descriptors),
		TEST(several_descriptors),
		TEST(no_more_threads),
		TEST(at_any_time),
		TEST(few_threads),
		TEST(all_are_late),
		TEST(end_during_a_run), /* the last one: what it leaves
					   goes away by itself */
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
