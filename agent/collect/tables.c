/* SPDX-License-Identifier: BSD-2-Clause */
/* One thread per table, started on request. The rows are read by kernel/. */
#include "collect/tables.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/worker.h"
#include "kernel/netns_reader.h"

/*
 * A table is too old after this many intervals: of refreshInterval where rows have counters, as
 * with maxAge, else of tableInterval.
 */
#define STALE_INTERVALS 10

/* A failed read is retried after this time, not at each request. */
#define RETRY_NS TCX_NS_PER_S

/* Leaves a renewal a tenth of a busy processor, enough for a large table. */
#define RENEWAL_NICE 10

/* One event of each kind can be pending for each table. */
#define EVENTS (TCX_TABLE_WHOLE + 1)

struct worker {
	struct tcx_tables *tables;
	const struct tcx_table_reader *reader;
	pthread_cond_t wake; /* requested while idle, or stopped */
	bool running;	     /* the loop of its thread has not ended */
	bool wanted;	     /* requests are pending */
	bool changed;	     /* the settings, since the read began */
	struct tcx_table *latest;
	uint64_t asked_ns;	 /* last request */
	uint64_t failed_ns;	 /* end of the last read if it failed, else 0 */
	uint64_t failed_cost_ns; /* how long that took */
	bool events[EVENTS];
	bool reported[EVENTS];		 /* which states last */
	struct tcx_fault causes[EVENTS]; /* of the last reports */
};

struct tcx_tables {
	atomic_uint references; /* each thread has one */
	pthread_mutex_t lock;	/* guards everything below and in the workers */
	struct tcx_tables_settings settings;
	struct tcx_netns *netns; /* with a reference */
	bool stop;
	struct worker *fallback; /* which reported the fallback of all tables; or NULL */
	int ready_fd;
	size_t count;
	struct worker workers[];
};

/*
 * A state lasts while cause is not NULL: reports one event when it begins and the next kind when it
 * ends. A new beginning cancels an end that nobody has fetched.
 */
static void report(struct worker *worker, enum tcx_table_event_kind begins,
		   const struct tcx_fault *cause)
{
	bool *ended = &worker->events[begins + 1];

	if ((cause != NULL) == worker->reported[begins])
		return;
	worker->reported[begins] = cause != NULL;
	if (cause == NULL) {
		*ended = true;
		return;
	}
	worker->events[begins] = worker->events[begins] || !*ended;
	*ended = false;
	worker->causes[begins] = *cause;
}

static const struct tcx_fault *or_none(const struct tcx_fault *cause)
{
	return cause->text[0] != '\0' ? cause : NULL;
}

/* All socket tables have the same cause, but each thread finds it by itself. */
static void report_fallback(struct worker *worker, const struct tcx_fault *cause)
{
	struct tcx_tables *tables = worker->tables;

	if (tables->fallback != NULL && tables->fallback != worker)
		return;
	report(worker, TCX_TABLE_FALLBACK, or_none(cause));
	tables->fallback = worker->reported[TCX_TABLE_FALLBACK] ? worker : NULL;
}

static void take_failure(struct worker *worker, const struct tcx_fault *cause, uint64_t cost_ns)
{
	worker->failed_ns = tcx_clock_now();
	worker->failed_cost_ns = cost_ns;
	report(worker, TCX_TABLE_FAILED, cause);
}

static void take_table(struct worker *worker, struct tcx_table *table)
{
	struct tcx_fault rows;

	tcx_fault_set(&rows, "%zu", worker->tables->settings.max_rows);
	report(worker, TCX_TABLE_FAILED, NULL);
	report(worker, TCX_TABLE_CUT, table->cut ? &rows : NULL);
	report_fallback(worker, &table->fallback);
	report(worker, TCX_TABLE_LACKING, or_none(&table->lacking));
	worker->failed_ns = 0;
	worker->latest = table;
}

static struct tcx_table *read_table(const struct worker *worker, struct tcx_link_patterns *ignored,
				    size_t max_rows, struct tcx_fault *fault)
{
	struct tcx_netns_reader *reader = tcx_netns_begin(worker->tables->netns, fault);
	struct tcx_table *table;

	if (reader == NULL)
		return NULL;
	reader->ignored = ignored;
	table = tcx_table_read(worker->reader, reader, max_rows, fault);
	tcx_netns_end(reader);
	return table;
}

/* Reads, and frees the table before, without the lock: requests go on. */
static void renew(struct worker *worker)
{
	struct tcx_tables *tables = worker->tables;
	struct tcx_link_patterns *ignored = tcx_link_patterns_ref(tables->settings.ignored);
	size_t max_rows = tables->settings.max_rows;
	struct tcx_table *before = worker->latest;
	struct tcx_fault cause = {""};
	struct tcx_table *table;
	uint64_t begin = tcx_clock_now();

	worker->changed = false; /* later changes are for the next read */
	pthread_mutex_unlock(&tables->lock);
	table = read_table(worker, ignored, max_rows, &cause);
	tcx_link_patterns_unref(ignored);
	pthread_mutex_lock(&tables->lock);
	/* Pending requests count as requests, however long the read took. */
	if (worker->wanted)
		worker->asked_ns = tcx_clock_now();
	worker->wanted = false;
	if (table != NULL)
		take_table(worker, table);
	else
		take_failure(worker, &cause, tcx_clock_now() - begin);
	eventfd_write(tables->ready_fd, 1);
	if (table == NULL)
		return;
	pthread_mutex_unlock(&tables->lock);
	tcx_table_unref(before);
	pthread_mutex_lock(&tables->lock);
}

/*
 * Requests wait for the first table, but not for renewals, so these run at low priority. On Linux
 * that is of the calling thread alone; it cannot go back without privileges and ends with the
 * table. Tables with counters are waited for each time.
 */
static void lower_priority(const struct worker *worker)
{
	if (worker->latest == NULL || worker->reader->kind.counts)
		return;
	if (getpriority(PRIO_PROCESS, 0) < RENEWAL_NICE)
		setpriority(PRIO_PROCESS, 0, RENEWAL_NICE);
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* At most half of the time goes into reading, however a read ends. */
static uint64_t next_read(const struct worker *worker)
{
	uint64_t interval = worker->tables->settings.interval_ns;

	if (worker->failed_ns > 0)
		return worker->failed_ns + later(interval, worker->failed_cost_ns);
	if (worker->latest == NULL)
		return 0;
	return worker->latest->taken_ns + later(interval, 2 * worker->latest->cost_ns);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void sleep_until(struct worker *worker, uint64_t when_ns)
{
	uint64_t now = tcx_clock_now();
	uint64_t wait = when_ns > now ? when_ns - now : 0;
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until = tcx_clock_timespec(tcx_clock_ns(&until) + wait);
	pthread_cond_timedwait(&worker->wake, &worker->tables->lock, &until);
}

static uint64_t idle_from(const struct worker *worker)
{
	return worker->asked_ns + worker->tables->settings.idle_ns;
}

/* Returns a table, which the caller frees without the lock. */
static struct tcx_table *release(struct worker *worker)
{
	struct tcx_table *last = worker->latest;

	worker->latest = NULL;
	worker->failed_ns = 0;
	worker->running = false;
	eventfd_write(worker->tables->ready_fd, 1);
	return last;
}

static void *run(void *arg)
{
	struct worker *worker = arg;
	struct tcx_tables *tables = worker->tables;
	struct tcx_table *last;

	pthread_mutex_lock(&tables->lock);
	while (!tables->stop && tcx_clock_now() <= idle_from(worker)) {
		bool now = worker->wanted || worker->changed;

		if (!now && tcx_clock_now() < next_read(worker)) {
			sleep_until(worker, earlier(next_read(worker), idle_from(worker) + 1));
			continue;
		}
		renew(worker);
		lower_priority(worker);
	}
	last = release(worker);
	pthread_mutex_unlock(&tables->lock);
	tcx_table_unref(last);
	tcx_tables_unref(tables);
	return NULL;
}

/* Call with the lock and a reference. */
static void start_thread(struct worker *worker)
{
	const struct tcx_fault cause = {"no thread can be started; raise the limit of tasks"};

	worker->running = tcx_worker_start(run, worker, &worker->tables->references) == 0;
	if (worker->running)
		return;
	worker->wanted = false;
	take_failure(worker, &cause, 0);
	eventfd_write(worker->tables->ready_fd, 1);
}

static bool init_worker(struct worker *worker, struct tcx_tables *tables,
			const struct tcx_table_reader *reader)
{
	pthread_condattr_t monotonic;
	bool done;

	worker->tables = tables;
	worker->reader = reader;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	done = pthread_cond_init(&worker->wake, &monotonic) == 0;
	pthread_condattr_destroy(&monotonic);
	return done;
}

static void take_settings(struct tcx_tables *tables, const struct tcx_tables_settings *settings)
{
	struct tcx_link_patterns *before = tables->settings.ignored;

	tables->settings = *settings;
	tcx_link_patterns_ref(settings->ignored);
	tcx_link_patterns_unref(before);
}

struct tcx_tables *tcx_tables_start(struct tcx_netns *netns,
				    const struct tcx_table_reader *const *readers, size_t count,
				    const struct tcx_tables_settings *settings,
				    struct tcx_fault *fault)
{
	struct tcx_tables *tables =
		tcx_reference_new(sizeof(*tables) + count * sizeof(tables->workers[0]), fault);

	if (tables == NULL)
		return NULL;
	pthread_mutex_init(&tables->lock, NULL);
	take_settings(tables, settings);
	tables->netns = tcx_netns_ref(netns);
	tables->ready_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	for (size_t i = 0; i < count; i++)
		tables->count += init_worker(&tables->workers[i], tables, readers[i]);
	if (tables->ready_fd >= 0 && tables->count == count)
		return tables;
	tcx_fault_set(fault, "tables cannot be prepared: %s", strerror(errno));
	tcx_tables_unref(tables);
	return NULL;
}

static void signal_stop(struct tcx_tables *tables)
{
	pthread_mutex_lock(&tables->lock);
	tables->stop = true;
	for (size_t i = 0; i < tables->count; i++)
		pthread_cond_signal(&tables->workers[i].wake);
	pthread_mutex_unlock(&tables->lock);
}

void tcx_tables_stop(struct tcx_tables *tables, bool wait)
{
	if (tables == NULL)
		return;
	signal_stop(tables);
	if (wait)
		tcx_worker_wait(&tables->references);
	tcx_tables_unref(tables);
}

static void free_tables(struct tcx_tables *tables)
{
	for (size_t i = 0; i < tables->count; i++)
		pthread_cond_destroy(&tables->workers[i].wake);
	if (tables->ready_fd >= 0)
		close(tables->ready_fd);
	pthread_mutex_destroy(&tables->lock);
	tcx_link_patterns_unref(tables->settings.ignored);
	tcx_netns_unref(tables->netns);
	free(tables);
}

TCX_REFERENCE_DEFINE(tcx_tables, free_tables)

void tcx_tables_set(struct tcx_tables *tables, const struct tcx_tables_settings *settings)
{
	pthread_mutex_lock(&tables->lock);
	take_settings(tables, settings);
	for (size_t i = 0; i < tables->count; i++) {
		tables->workers[i].changed = tables->workers[i].running;
		pthread_cond_signal(&tables->workers[i].wake);
	}
	pthread_mutex_unlock(&tables->lock);
}

/* The age counts from the end of the read, so that pending requests get even a slow table. */
static bool is_younger(const struct worker *worker, uint64_t age_ns)
{
	const struct tcx_table *latest = worker->latest;

	return latest != NULL && worker->asked_ns - latest->taken_ns - latest->cost_ns <= age_ns;
}

static bool is_stale(const struct worker *worker)
{
	const struct tcx_tables_settings *settings = &worker->tables->settings;
	uint64_t interval =
		worker->reader->kind.counts ? settings->refresh_ns : settings->interval_ns;

	return !is_younger(worker, STALE_INTERVALS * interval);
}

static bool needs_reading(const struct worker *worker)
{
	if (worker->reader->kind.counts)
		return !is_younger(worker, worker->tables->settings.refresh_ns);
	return is_stale(worker);
}

/* Whether a table will come. */
static bool request_read(struct worker *worker)
{
	if (worker->failed_ns > 0 && worker->asked_ns - worker->failed_ns <= RETRY_NS)
		return false;
	worker->wanted = true;
	if (worker->running)
		pthread_cond_signal(&worker->wake);
	else
		start_thread(worker);
	return worker->running;
}

struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok, bool *pending)
{
	struct worker *worker = &tables->workers[id];
	struct tcx_table *table = NULL;

	pthread_mutex_lock(&tables->lock);
	worker->asked_ns = tcx_clock_now();
	*pending =
		needs_reading(worker) && request_read(worker) && !(stale_ok && !is_stale(worker));
	if (!*pending && !is_stale(worker))
		table = tcx_table_ref(worker->latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}

struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id)
{
	struct worker *worker = &tables->workers[id];
	struct tcx_table *table;

	pthread_mutex_lock(&tables->lock);
	table = tcx_table_ref(worker->latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}

int tcx_tables_ready_fd(const struct tcx_tables *tables)
{
	return tables->ready_fd;
}

static bool take_event(struct worker *worker, struct tcx_table_event *event)
{
	for (int kind = 0; kind < EVENTS; kind++) {
		if (!worker->events[kind])
			continue;
		worker->events[kind] = false;
		event->kind = (enum tcx_table_event_kind)kind;
		event->cause = worker->causes[kind];
		return true;
	}
	return false;
}

bool tcx_tables_next_event(struct tcx_tables *tables, struct tcx_table_event *event)
{
	bool found = false;
	eventfd_t count;

	pthread_mutex_lock(&tables->lock);
	for (event->id = 0; event->id < tables->count; event->id++) {
		found = take_event(&tables->workers[event->id], event);
		if (found)
			break;
	}
	if (!found)
		eventfd_read(tables->ready_fd, &count);
	pthread_mutex_unlock(&tables->lock);
	return found;
}
