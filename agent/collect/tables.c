/* SPDX-License-Identifier: BSD-2-Clause */
/* One job per survey, asked for by requests. The rows are read by kernel/. */
#include "collect/tables.h"

#include <pthread.h>
#include <stdlib.h>
#include <syslog.h>

#include "base/clock.h"
#include "events.h"
#include "kernel/netns_reader.h"
#include "pool.h"

/*
 * A table is too old after this many intervals: of refreshInterval where rows have counters, as
 * with maxAge, else of tableInterval.
 */
#define STALE_INTERVALS 10

/* A failed read is retried after this time, not at each request. */
#define RETRY_NS TCX_NS_PER_S

/* What may last of a table. */
enum { FAILED, FALLBACK, CUT, LACKING, CONDITIONS };

static const struct tcx_condition_kind kinds[CONDITIONS] = {
	[FAILED] = {LOG_WARNING, "the table of %s cannot be read: %s; requests try it again\n",
		    "the table of %s can be read again\n"},
	[FALLBACK] = {LOG_NOTICE,
		      "sock_diag cannot be used for %s (%s): sockets are read from procfs, without "
		      "the limits of their queues, drops of listeners and services; see "
		      "kernelTableSource\n",
		      "sock_diag can be used for %s again\n"},
	[CUT] = {LOG_WARNING,
		 "the table of %s has more than %s rows: the rest is missing; raise maxRows\n",
		 "the table of %s has all its rows again\n"},
	[LACKING] = {LOG_WARNING,
		     "the table of %s is not whole: %s; what is missing has no instance until the "
		     "kernel gives it\n",
		     "the table of %s is whole again\n"},
};

/* By whether a drain has succeeded. Before that ifLastChange is 0 for all interfaces. */
static const struct tcx_condition_kind link_kinds[] = {
	{LOG_WARNING, "%s cannot be watched: %s; ifLastChange is 0 until they can\n",
	 "%s are watched again\n"},
	{LOG_WARNING, "%s were missed: %s; ifLastChange may be late; trying again every second\n",
	 "%s are watched again\n"},
};

struct entry {
	struct survey *survey; /* reads it, with the other tables of its survey */
	bool wanted;	       /* requests are pending */
	struct tcx_table *latest;
	uint64_t asked_ns;		  /* last request; 0 before the first one */
	bool fails;			  /* the last read did */
	struct tcx_condition *conditions; /* owned; NULL: there was none */
};

struct survey {
	struct tcx_tables *tables;
	const struct tcx_survey *what;
	struct tcx_job job;
	uint64_t due_ns;    /* when the tables are to be renewed */
	uint64_t failed_ns; /* end of the last read if it failed, else 0 */
};

struct tcx_tables {
	atomic_uint references;	   /* each job has one */
	struct tcx_events *events; /* with a reference */
	struct tcx_pool *pool;
	const struct tcx_survey *what;
	pthread_mutex_t lock; /* guards everything below and in surveys and entries */
	struct tcx_tables_settings settings;
	struct tcx_netns *netns; /* with a reference */
	bool watches_links;	 /* it was asked for: what thresholds watch needs no links */
	struct tcx_job links;	 /* drains the link watch; what follows is the job's own */
	struct tcx_condition missed;
	bool drained;
	struct entry *fallback; /* which reported the fallback of all tables; or NULL */
	bool stopped;
	size_t count; /* of surveys */
	/* Owned; NULL before the first request: most namespaces never get one. */
	struct entry *entries;
	struct survey *surveys;
};

/* Call with the lock. */
static void report(struct entry *entry, int which, const struct tcx_fault *cause)
{
	const struct tcx_tables *tables = entry->survey->tables;

	if (entry->conditions == NULL && cause != NULL && !tables->stopped)
		entry->conditions = calloc(CONDITIONS, sizeof(*entry->conditions));
	if (entry->conditions == NULL)
		return;
	tcx_events_report(tables->events, &entry->conditions[which], &kinds[which],
			  tcx_catalogue_table_name((size_t)(entry - tables->entries)), cause);
}

static const struct tcx_fault *or_none(const struct tcx_fault *cause)
{
	return cause->text[0] != '\0' ? cause : NULL;
}

/* All socket tables have the same cause, but each survey finds it by itself. */
static void report_fallback(struct entry *entry, const struct tcx_fault *cause)
{
	struct tcx_tables *tables = entry->survey->tables;

	if (tables->fallback != NULL && tables->fallback != entry)
		return;
	report(entry, FALLBACK, or_none(cause));
	tables->fallback = or_none(cause) != NULL ? entry : NULL;
}

/* Pending requests count as requests, however long the read took. NULL: why there is no table. */
static void end_read(struct entry *entry, const struct tcx_table *table,
		     const struct tcx_fault *cause)
{
	struct tcx_fault rows;

	if (entry->wanted)
		entry->asked_ns = tcx_clock_now();
	entry->wanted = false;
	report(entry, FAILED, table == NULL ? cause : NULL);
	entry->fails = table == NULL;
	if (table == NULL)
		return;
	tcx_fault_set(&rows, "%zu", table->max_rows);
	report(entry, CUT, table->cut ? &rows : NULL);
	report_fallback(entry, &table->fallback);
	report(entry, LACKING, or_none(&table->lacking));
}

/* Replaces all tables of the survey by those of one reading, and frees them without the lock. */
static void publish(struct survey *survey, struct tcx_table *read[TCX_TABLES])
{
	struct tcx_tables *tables = survey->tables;

	for (size_t id = 0; id < TCX_TABLES; id++) {
		struct tcx_table *before = tables->entries[id].latest;

		if (tables->entries[id].survey != survey)
			continue;
		tables->entries[id].latest = read[id];
		read[id] = before;
	}
	pthread_mutex_unlock(&tables->lock);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(read[id]);
	pthread_mutex_lock(&tables->lock);
}

/*
 * Reads without the lock: requests go on, and the tables before stay, as only this job replaces
 * them. wanted: bits 1 << id. At most half of the time goes into reading, however a read ends.
 */
static void renew(struct survey *survey, unsigned int wanted)
{
	struct tcx_tables *tables = survey->tables;
	const struct tcx_tables_settings settings = tables->settings;
	struct tcx_table *read[TCX_TABLES] = {NULL}, *before[TCX_TABLES];
	struct tcx_netns_reader *reader;
	struct tcx_fault cause = {""};
	uint64_t begin = tcx_clock_now();
	bool done = false;

	survey->due_ns = TCX_NEVER; /* unless the settings change meanwhile */
	for (size_t id = 0; id < TCX_TABLES; id++)
		before[id] =
			tables->entries[id].survey == survey ? tables->entries[id].latest : NULL;
	pthread_mutex_unlock(&tables->lock);
	reader = tcx_netns_begin(tables->netns, &cause);
	if (reader != NULL) {
		reader->ignored = settings.ignored.text;
		reader->before = before;
		done = tcx_survey_read(survey->what, wanted, read, reader, settings.max_rows,
				       &cause);
	}
	tcx_netns_end(reader);
	pthread_mutex_lock(&tables->lock);
	for (size_t id = 0; id < TCX_TABLES; id++)
		if ((wanted & 1U << id) != 0)
			end_read(&tables->entries[id], read[id], &cause);
	survey->failed_ns = done ? 0 : tcx_clock_now();
	survey->due_ns = tcx_clock_earlier(survey->due_ns,
					   begin + tcx_clock_later(tables->settings.interval_ns,
								   2 * (tcx_clock_now() - begin)));
	if (done)
		publish(survey, read);
}

/* Before now: it is not in use. */
static uint64_t used_until(const struct entry *entry, size_t id, uint64_t now)
{
	const struct tcx_tables_settings *settings = &entry->survey->tables->settings;

	if ((settings->watched & 1U << id) != 0)
		return TCX_NEVER - 1;
	if (entry->wanted)
		return now;
	return entry->asked_ns > 0 ? entry->asked_ns + settings->idle_ns : 0;
}

/* Which tables are in use, and until when any of them is. */
static unsigned int in_use(const struct survey *survey, uint64_t *until_ns, bool *wanted)
{
	const struct tcx_tables *tables = survey->tables;
	uint64_t now = tcx_clock_now();
	unsigned int used = 0;

	*until_ns = 0;
	*wanted = false;
	for (size_t id = 0; id < TCX_TABLES; id++) {
		const struct entry *entry = &tables->entries[id];
		uint64_t until_of = entry->survey == survey ? used_until(entry, id, now) : 0;

		if (now > until_of)
			continue;
		used |= 1U << id;
		*wanted = *wanted || entry->wanted;
		*until_ns = tcx_clock_later(*until_ns, until_of);
	}
	return used;
}

/* A table that is not in use is gone with the next reading, or the last one in use. */
static uint64_t run(void *owner)
{
	struct survey *survey = owner;
	struct tcx_tables *tables = survey->tables;
	struct tcx_table *none[TCX_TABLES] = {NULL};
	uint64_t until, next_ns = TCX_NEVER;
	unsigned int used;
	bool wanted;

	pthread_mutex_lock(&tables->lock);
	used = in_use(survey, &until, &wanted);
	if (used != 0 && (wanted || tcx_clock_now() >= survey->due_ns)) {
		renew(survey, used);
		used = in_use(survey, &until, &wanted);
	}
	if (used != 0)
		next_ns = tcx_clock_earlier(survey->due_ns, until + 1);
	else
		publish(survey, none);
	pthread_mutex_unlock(&tables->lock);
	tcx_events_signal(tables->events);
	return next_ns;
}

static void unref_survey(void *owner)
{
	tcx_tables_unref(((struct survey *)owner)->tables);
}

/* Nobody drains it any more, and whoever still has tables is not to keep the namespace. */
static void unref_links(void *owner)
{
	struct tcx_tables *tables = owner;

	if (tcx_netns_where(tables->netns) >= TCX_WHERE_OTHER)
		tcx_netns_end_watch(tables->netns);
	tcx_tables_unref(tables);
}

static uint64_t drain(void *owner)
{
	struct tcx_tables *tables = owner;
	struct tcx_fault fault = {""};
	uint64_t due_ns;
	bool done = tcx_netns_drain(tables->netns, &due_ns, &fault);

	tcx_events_report(tables->events, &tables->missed, &link_kinds[tables->drained],
			  "changes of interfaces", done ? NULL : &fault);
	tables->drained = tables->drained || done;
	tables->links.fd = tcx_netns_fd(tables->netns);
	return due_ns;
}

/* A long read does not hold it up: a namespace that has ended is to be let go within a second. */
static const struct tcx_job_kind links_kind = {.run = drain, .unref = unref_links};

/* By whether requests wait for each read, as they do for counters: then none is spare. */
static const struct tcx_job_kind job_kinds[] = {
	{.slow = true, .spare = true, .run = run, .unref = unref_survey},
	{.slow = true, .run = run, .unref = unref_survey},
};

static void init_survey(struct survey *survey, struct tcx_tables *tables,
			const struct tcx_survey *what)
{
	bool counts = false;

	survey->tables = tables;
	survey->what = what;
	for (size_t id = 0; id < TCX_TABLES; id++) {
		if (what->members[id] == NULL)
			continue;
		tables->entries[id].survey = survey;
		counts = counts || what->members[id]->kind.counts;
	}
	tcx_reference_take(&tables->references);
	tcx_job_init(&survey->job, tables->pool, &job_kinds[counts], survey);
}

/* Makes what requests need. Call with the lock. False: there is none. */
static bool begin(struct tcx_tables *tables)
{
	if (tables->entries != NULL || tables->stopped)
		return tables->entries != NULL;
	tables->entries = calloc(TCX_TABLES, sizeof(*tables->entries));
	tables->surveys = calloc(tables->count, sizeof(*tables->surveys));
	if (tables->entries == NULL || tables->surveys == NULL) {
		free(tables->entries);
		free(tables->surveys);
		tables->entries = NULL;
		tables->surveys = NULL;
		return false;
	}
	for (size_t i = 0; i < tables->count; i++)
		init_survey(&tables->surveys[i], tables, &tables->what[i]);
	tcx_job_init(&tables->links, tables->pool, &links_kind, tcx_tables_ref(tables));
	return true;
}

/* Call with the lock, once it has begun. */
static void watch_links(struct tcx_tables *tables)
{
	if (!tables->watches_links)
		tcx_job_ask(&tables->links);
	tables->watches_links = true;
}

struct tcx_tables *tcx_tables_start(struct tcx_pool *pool, struct tcx_events *events,
				    struct tcx_netns *netns, const struct tcx_survey *surveys,
				    size_t count, const struct tcx_tables_settings *settings,
				    struct tcx_fault *fault)
{
	struct tcx_tables *tables = tcx_reference_new(sizeof(*tables), fault);

	if (tables == NULL)
		return NULL;
	pthread_mutex_init(&tables->lock, NULL);
	tables->settings = *settings;
	tables->events = tcx_events_ref(events);
	tables->netns = tcx_netns_ref(netns);
	tables->pool = pool;
	tables->what = surveys;
	tables->count = count;
	tcx_tables_set(tables, settings);
	return tables;
}

void tcx_tables_set(struct tcx_tables *tables, const struct tcx_tables_settings *settings)
{
	pthread_mutex_lock(&tables->lock);
	tables->settings = *settings;
	if ((!settings->lazy || settings->watched != 0) && begin(tables) &&
	    (!settings->lazy || (settings->watched & 1U << TCX_TABLE_INTERFACES) != 0))
		watch_links(tables);
	for (size_t i = 0; tables->surveys != NULL && i < tables->count; i++) {
		tables->surveys[i].due_ns = 0;
		tcx_job_ask(&tables->surveys[i].job);
	}
	pthread_mutex_unlock(&tables->lock);
}

void tcx_tables_stop(struct tcx_tables *tables)
{
	bool begun;

	if (tables == NULL)
		return;
	pthread_mutex_lock(&tables->lock);
	tables->stopped = true;
	begun = tables->entries != NULL;
	pthread_mutex_unlock(&tables->lock);
	for (size_t id = 0; begun && id < TCX_TABLES; id++)
		if (tables->entries[id].conditions != NULL)
			tcx_events_mute(tables->events, tables->entries[id].conditions, CONDITIONS);
	for (size_t i = 0; begun && i < tables->count; i++)
		tcx_job_stop(&tables->surveys[i].job);
	tcx_events_mute(tables->events, &tables->missed, 1);
	if (begun)
		tcx_job_stop(&tables->links);
	tcx_tables_unref(tables);
}

static void free_entry(struct entry *entry)
{
	tcx_table_unref(entry->latest);
	free(entry->conditions);
}

static void free_tables(struct tcx_tables *tables)
{
	for (size_t id = 0; tables->entries != NULL && id < TCX_TABLES; id++)
		free_entry(&tables->entries[id]);
	free(tables->entries);
	free(tables->surveys);
	pthread_mutex_destroy(&tables->lock);
	tcx_netns_unref(tables->netns);
	tcx_events_unref(tables->events);
	free(tables);
}

TCX_REFERENCE_DEFINE(tcx_tables, free_tables)

/* The age counts from the end of the read, so that pending requests get even a slow table. */
static bool is_younger(const struct entry *entry, uint64_t now_ns, uint64_t age_ns)
{
	const struct tcx_table *latest = entry->latest;

	return latest != NULL && now_ns - latest->taken_ns - latest->cost_ns <= age_ns;
}

static bool counts(const struct entry *entry)
{
	return entry->latest != NULL && entry->latest->kind->counts;
}

static bool is_stale(const struct entry *entry, uint64_t now_ns)
{
	const struct tcx_tables_settings *settings = &entry->survey->tables->settings;
	uint64_t interval = counts(entry) ? settings->refresh_ns : settings->interval_ns;

	return !is_younger(entry, now_ns, STALE_INTERVALS * interval);
}

static bool needs_reading(const struct entry *entry)
{
	if (counts(entry))
		return !is_younger(entry, entry->asked_ns,
				   entry->survey->tables->settings.refresh_ns);
	return is_stale(entry, entry->asked_ns);
}

/* Whether a table will come. */
static bool request_read(struct entry *entry)
{
	struct survey *survey = entry->survey;

	if (survey->failed_ns > 0 && entry->asked_ns - survey->failed_ns <= RETRY_NS)
		return false;
	entry->wanted = true;
	tcx_job_ask(&survey->job);
	return true;
}

struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok, bool *pending)
{
	struct tcx_table *table = NULL;
	struct entry *entry;

	*pending = false;
	pthread_mutex_lock(&tables->lock);
	if (begin(tables)) {
		watch_links(tables);
		entry = &tables->entries[id];
		entry->asked_ns = tcx_clock_now();
		*pending = needs_reading(entry) && request_read(entry) &&
			   !(stale_ok && !is_stale(entry, entry->asked_ns));
		if (!*pending && !is_stale(entry, entry->asked_ns))
			table = tcx_table_ref(entry->latest);
	}
	pthread_mutex_unlock(&tables->lock);
	return table;
}

/* Call with the lock. */
static bool goes_on_failing(struct entry *entry)
{
	if (!entry->fails)
		return false;
	entry->asked_ns = tcx_clock_now();
	request_read(entry);
	return is_stale(entry, entry->asked_ns);
}

bool tcx_tables_fails(struct tcx_tables *tables, size_t id)
{
	bool fails;

	pthread_mutex_lock(&tables->lock);
	fails = tables->entries != NULL && goes_on_failing(&tables->entries[id]);
	pthread_mutex_unlock(&tables->lock);
	return fails;
}

struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id)
{
	struct tcx_table *table = NULL;

	pthread_mutex_lock(&tables->lock);
	if (tables->entries != NULL)
		table = tcx_table_ref(tables->entries[id].latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}

struct tcx_table *tcx_tables_fresh(struct tcx_tables *tables, size_t id)
{
	struct tcx_table *table = NULL;

	pthread_mutex_lock(&tables->lock);
	if (tables->entries != NULL && tables->entries[id].survey != NULL &&
	    !is_stale(&tables->entries[id], tcx_clock_now()))
		table = tcx_table_ref(tables->entries[id].latest);
	pthread_mutex_unlock(&tables->lock);
	return table;
}
