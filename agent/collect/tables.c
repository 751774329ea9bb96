/* SPDX-License-Identifier: BSD-2-Clause */
/* One thread per survey, started on request. The rows are read by kernel/. */
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

struct entry {
	struct worker *worker; /* which reads it, with the other tables of its survey */
	bool wanted;	       /* requests are pending */
	struct tcx_table *latest;
	uint64_t asked_ns; /* last request; 0 before the first one */
	bool events[EVENTS];
	bool reported[EVENTS];		 /* which states last */
	struct tcx_fault causes[EVENTS]; /* of the last reports */
};

struct worker {
	struct tcx_tables *tables;
	const struct tcx_survey *survey;
	pthread_cond_t wake; /* requested while idle, or stopped */
	bool running;	     /* the loop of its thread has not ended */
	bool changed;	     /* the settings, since the read began */
	uint64_t due_ns;     /* when the tables are to be renewed */
	uint64_t failed_ns;  /* end of the last read if it failed, else 0 */
};

struct tcx_tables {
	atomic_uint references; /* each thread has one */
	pthread_mutex_t lock;	/* guards everything below and in the workers and entries */
	struct tcx_tables_settings settings;
	struct tcx_netns *netns; /* with a reference */
	bool stop;
	struct entry *fallback; /* which reported the fallback of all tables; or NULL */
	int ready_fd;
	struct entry entries[TCX_TABLES];
	size_t count; /* of workers */
	struct worker workers[];
};

/*
 * A state lasts while cause is not NULL: reports one event when it begins and the next kind when it
 * ends. A new beginning cancels an end that nobody has fetched.
 */
static void report(struct entry *entry, enum tcx_table_event_kind begins,
		   const struct tcx_fault *cause)
{
	bool *ended = &entry->events[begins + 1];

	if ((cause != NULL) == entry->reported[begins])
		return;
	entry->reported[begins] = cause != NULL;
	if (cause == NULL) {
		*ended = true;
		return;
	}
	entry->events[begins] = entry->events[begins] || !*ended;
	*ended = false;
	entry->causes[begins] = *cause;
}

static const struct tcx_fault *or_none(const struct tcx_fault *cause)
{
	return cause->text[0] != '\0' ? cause : NULL;
}

/* All socket tables have the same cause, but each survey finds it by itself. */
static void report_fallback(struct entry *entry, const struct tcx_fault *cause)
{
	struct tcx_tables *tables = entry->worker->tables;

	if (tables->fallback != NULL && tables->fallback != entry)
		return;
	report(entry, TCX_TABLE_FALLBACK, or_none(cause));
	tables->fallback = entry->reported[TCX_TABLE_FALLBACK] ? entry : NULL;
}

/* Pending requests count as requests, however long the read took. NULL: why there is no table. */
static void end_read(struct entry *entry, const struct tcx_table *table,
		     const struct tcx_fault *cause)
{
	struct tcx_fault rows;

	if (entry->wanted)
		entry->asked_ns = tcx_clock_now();
	entry->wanted = false;
	report(entry, TCX_TABLE_FAILED, table == NULL ? cause : NULL);
	if (table == NULL)
		return;
	tcx_fault_set(&rows, "%zu", table->max_rows);
	report(entry, TCX_TABLE_CUT, table->cut ? &rows : NULL);
	report_fallback(entry, &table->fallback);
	report(entry, TCX_TABLE_LACKING, or_none(&table->lacking));
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* Replaces all tables of the survey by those of one reading, and frees them without the lock. */
static void publish(struct worker *worker, struct tcx_table *read[TCX_TABLES])
{
	struct tcx_tables *tables = worker->tables;

	for (size_t id = 0; id < TCX_TABLES; id++) {
		struct tcx_table *before = tables->entries[id].latest;

		if (tables->entries[id].worker != worker)
			continue;
		tables->entries[id].latest = read[id];
		read[id] = before;
	}
	pthread_mutex_unlock(&tables->lock);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(read[id]);
	pthread_mutex_lock(&tables->lock);
}

/* Reads without the lock: requests go on. wanted: bits 1 << id. At most half of the time goes into
 * reading, however a read ends. */
static void renew(struct worker *worker, unsigned int wanted)
{
	struct tcx_tables *tables = worker->tables;
	struct tcx_link_patterns *ignored = tcx_link_patterns_ref(tables->settings.ignored);
	size_t max_rows = tables->settings.max_rows;
	struct tcx_table *read[TCX_TABLES] = {NULL};
	struct tcx_netns_reader *reader;
	struct tcx_fault cause = {""};
	uint64_t begin = tcx_clock_now();
	bool done = false;

	worker->changed = false; /* later changes are for the next read */
	pthread_mutex_unlock(&tables->lock);
	reader = tcx_netns_begin(tables->netns, &cause);
	if (reader != NULL) {
		reader->ignored = ignored;
		done = tcx_survey_read(worker->survey, wanted, read, reader, max_rows, &cause);
	}
	tcx_netns_end(reader);
	tcx_link_patterns_unref(ignored);
	pthread_mutex_lock(&tables->lock);
	for (size_t id = 0; id < TCX_TABLES; id++)
		if ((wanted & 1U << id) != 0)
			end_read(&tables->entries[id], read[id], &cause);
	worker->failed_ns = done ? 0 : tcx_clock_now();
	worker->due_ns = begin + later(tables->settings.interval_ns, 2 * (tcx_clock_now() - begin));
	eventfd_write(tables->ready_fd, 1);
	if (done)
		publish(worker, read);
}

/*
 * Requests wait for the first table, but not for renewals, so these run at low priority. On Linux
 * that is of the calling thread alone; it cannot go back without privileges and ends with the
 * table. Tables with counters are waited for each time.
 */
static void lower_priority(const struct worker *worker)
{
	for (size_t id = 0; id < TCX_TABLES; id++)
		if (worker->survey->members[id] != NULL && worker->survey->members[id]->kind.counts)
			return;
	if (worker->failed_ns == 0 && getpriority(PRIO_PROCESS, 0) < RENEWAL_NICE)
		setpriority(PRIO_PROCESS, 0, RENEWAL_NICE);
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

/* Which tables are in use, and until when any of them is. */
static unsigned int in_use(const struct worker *worker, uint64_t *until_ns, bool *wanted)
{
	const struct tcx_tables *tables = worker->tables;
	uint64_t now = tcx_clock_now();
	unsigned int used = 0;

	*until_ns = 0;
	*wanted = worker->changed;
	for (size_t id = 0; id < TCX_TABLES; id++) {
		const struct entry *entry = &tables->entries[id];
		uint64_t until_of =
			entry->wanted ? now : entry->asked_ns + tables->settings.idle_ns;

		if (entry->worker != worker || entry->asked_ns == 0 || now > until_of)
			continue;
		used |= 1U << id;
		*wanted = *wanted || entry->wanted;
		*until_ns = later(*until_ns, until_of);
	}
	return used;
}

/* A table that is not in use is gone with the next reading, or the last one in use. */
static void *run(void *arg)
{
	struct worker *worker = arg;
	struct tcx_tables *tables = worker->tables;
	struct tcx_table *none[TCX_TABLES] = {NULL};
	unsigned int used;
	uint64_t until;
	bool wanted;

	pthread_mutex_lock(&tables->lock);
	while (!tables->stop && (used = in_use(worker, &until, &wanted)) != 0) {
		if (!wanted && tcx_clock_now() < worker->due_ns) {
			sleep_until(worker, earlier(worker->due_ns, until + 1));
			continue;
		}
		renew(worker, used);
		lower_priority(worker);
	}
	worker->running = false;
	worker->failed_ns = 0;
	worker->due_ns = 0;
	eventfd_write(tables->ready_fd, 1);
	publish(worker, none);
	pthread_mutex_unlock(&tables->lock);
	tcx_tables_unref(tables);
	return NULL;
}

/* Call with the lock and a reference. */
static void start_thread(struct worker *worker, struct entry *entry)
{
	const struct tcx_fault cause = {"no thread can be started; raise the limit of tasks"};

	worker->running = tcx_worker_start(run, worker, &worker->tables->references) == 0;
	if (worker->running)
		return;
	end_read(entry, NULL, &cause);
	worker->failed_ns = tcx_clock_now();
	eventfd_write(worker->tables->ready_fd, 1);
}

static bool init_worker(struct worker *worker, struct tcx_tables *tables,
			const struct tcx_survey *survey)
{
	pthread_condattr_t monotonic;
	bool done;

	worker->tables = tables;
	worker->survey = survey;
	for (size_t id = 0; id < TCX_TABLES; id++)
		if (survey->members[id] != NULL)
			tables->entries[id].worker = worker;
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

struct tcx_tables *tcx_tables_start(struct tcx_netns *netns, const struct tcx_survey *surveys,
				    size_t count, const struct tcx_tables_settings *settings,
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
		tables->count += init_worker(&tables->workers[i], tables, &surveys[i]);
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
static bool is_younger(const struct entry *entry, uint64_t age_ns)
{
	const struct tcx_table *latest = entry->latest;

	return latest != NULL && entry->asked_ns - latest->taken_ns - latest->cost_ns <= age_ns;
}

static bool counts(const struct entry *entry)
{
	return entry->latest != NULL && entry->latest->kind->counts;
}

static bool is_stale(const struct entry *entry)
{
	const struct tcx_tables_settings *settings = &entry->worker->tables->settings;
	uint64_t interval = counts(entry) ? settings->refresh_ns : settings->interval_ns;

	return !is_younger(entry, STALE_INTERVALS * interval);
}

static bool needs_reading(const struct entry *entry)
{
	if (counts(entry))
		return !is_younger(entry, entry->worker->tables->settings.refresh_ns);
	return is_stale(entry);
}

/* Whether a table will come. */
static bool request_read(struct entry *entry)
{
	struct worker *worker = entry->worker;

	if (worker->failed_ns > 0 && entry->asked_ns - worker->failed_ns <= RETRY_NS)
		return false;
	entry->wanted = true;
	if (worker->running)
		pthread_cond_signal(&worker->wake);
	else
		start_thread(worker, entry);
	return worker->running;
}

struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok, bool *pending)
{
	struct entry *entry = &tables->entries[id];
	struct tcx_table *table = NULL;

	pthread_mutex_lock(&tables->lock);
	entry->asked_ns = tcx_clock_now();
	*pending = needs_reading(entry) && request_read(entry) && !(stale_ok && !is_stale(entry));
	if (!*pending && !is_stale(entry))
		table = tcx_table_ref(entry->latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}

struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id)
{
	struct entry *entry = &tables->entries[id];
	struct tcx_table *table;

	pthread_mutex_lock(&tables->lock);
	table = tcx_table_ref(entry->latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}

int tcx_tables_ready_fd(const struct tcx_tables *tables)
{
	return tables->ready_fd;
}

static bool take_event(struct entry *entry, struct tcx_table_event *event)
{
	for (int kind = 0; kind < EVENTS; kind++) {
		if (!entry->events[kind])
			continue;
		entry->events[kind] = false;
		event->kind = (enum tcx_table_event_kind)kind;
		event->cause = entry->causes[kind];
		return true;
	}
	return false;
}

bool tcx_tables_next_event(struct tcx_tables *tables, struct tcx_table_event *event)
{
	bool found = false;
	eventfd_t count;

	pthread_mutex_lock(&tables->lock);
	for (event->id = 0; event->id < TCX_TABLES; event->id++) {
		found = take_event(&tables->entries[event->id], event);
		if (found)
			break;
	}
	if (!found)
		eventfd_read(tables->ready_fd, &count);
	pthread_mutex_unlock(&tables->lock);
	return found;
}
