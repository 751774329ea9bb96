/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the counters, by a job of its own or at the call of whoever has it, and publishes and
 * reports what comes of it.
 */
#include "collect/collector.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <syslog.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/tables.h"
#include "events.h"
#include "pool.h"
#include "sample/derive.h"
#include "sample/since.h"
#include "sample/watch.h"

/* The outages: one per source, the last one for all of them together. */
#define ALL_SOURCES TCX_SOURCES
#define OUTAGES	    (TCX_SOURCES + 1)

struct tcx_collector {
	atomic_uint references;	     /* the job has one */
	struct tcx_job job;	     /* of no pool: it is run by whoever has it */
	struct tcx_events *events;   /* with a reference */
	struct tcx_netns *netns;     /* with a reference */
	struct tcx_sources *sources; /* of whoever runs it, as what follows */
	struct tcx_derive derive;
	struct tcx_watch watch;
	uint64_t sequence;
	uint32_t seen; /* that have been there: bits of 1 << enum tcx_source */
	bool begun;    /* the first read has ended */
	struct tcx_condition outages[OUTAGES];

	int first_fd; /* of a job: readable once the first read has ended */
	uint64_t phase_ns;

	pthread_mutex_t lock;			/* guards what follows */
	struct tcx_collector_settings settings; /* with references */
	uint64_t since_ns;			/* reads are due each interval from then on */
	struct tcx_snapshot *latest;
	struct tcx_collector_status status;
};

#define LOST "%s%s; its last good values stay until they are %g s old\n"
#define NONE "%s%s; what cannot be read is not served until it can\n"

/* By whether it was read before the outage. */
static const struct tcx_condition_kind file_kinds[] = {
	{LOG_WARNING, NONE, "%s can be read again\n"},
	{LOG_WARNING, LOST, "%s can be read again\n"},
};
static const struct tcx_condition_kind all_kinds[] = {
	{LOG_WARNING, NONE, "the counters can be read again\n"},
	{LOG_WARNING, LOST, "the counters can be read again\n"},
};

/* A file that has disappeared is an outage, unless all have, or it is turned off. */
static bool is_out(struct tcx_collector *collector, size_t i, bool any)
{
	enum tcx_source_state state = tcx_sources_status(collector->sources, i)->state;
	uint32_t bit = 1U << i;

	if (tcx_sources_is_off(collector->sources, i)) {
		collector->seen &= ~bit;
		return false;
	}
	if (state != TCX_SOURCE_ABSENT) {
		collector->seen |= bit;
		return state != TCX_SOURCE_GOOD;
	}
	return (collector->seen & bit) != 0 && (any || collector->outages[i].lasts);
}

/*
 * The outages after a read, as bits. All files together are out only where no single file's outage
 * says it.
 */
static uint32_t find_outages(struct tcx_collector *collector, bool failed)
{
	uint32_t out = 0;
	bool any = false;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		any = any || tcx_sources_status(collector->sources, i)->state != TCX_SOURCE_ABSENT;
	for (size_t i = 0; i < TCX_SOURCES; i++)
		out |= is_out(collector, i, any) ? 1U << i : 0;
	return failed && (out == 0 || !any) ? out | 1U << ALL_SOURCES : out;
}

static void report_source(struct tcx_collector *collector, size_t i, bool out)
{
	const struct tcx_source_status *status = tcx_sources_status(collector->sources, i);
	struct tcx_fault cause;

	if (out == collector->outages[i].lasts)
		return;
	if (status->state == TCX_SOURCE_ABSENT)
		tcx_fault_set(&cause, " is there no more");
	else
		tcx_fault_set(&cause, ": %s", tcx_cause_text(status->cause));
	tcx_events_report(collector->events, &collector->outages[i],
			  &file_kinds[status->good_ns != 0],
			  tcx_sources_file(collector->sources, i), out ? &cause : NULL);
}

static void report_all(struct tcx_collector *collector, uint32_t out, const struct tcx_fault *cause)
{
	for (size_t i = 0; i < TCX_SOURCES; i++)
		report_source(collector, i, (out & 1U << i) != 0);
	tcx_events_report(collector->events, &collector->outages[ALL_SOURCES],
			  &all_kinds[collector->sequence > 0], "",
			  (out & 1U << ALL_SOURCES) != 0 ? cause : NULL);
}

static void take_source(struct tcx_source_status *to, const struct tcx_source_status *from)
{
	tcx_cause_ref(from->cause);
	tcx_cause_unref(to->cause);
	*to = *from;
}

/* Call with the lock. One that came a little early is not read twice. */
static uint64_t next_due(const struct tcx_collector *collector)
{
	uint64_t now = tcx_clock_now();
	uint64_t interval = collector->settings.sources.interval_ns;
	uint64_t rest = interval - (now - collector->since_ns) % interval;

	return now + rest + (rest < interval / 2 ? interval : 0);
}

/* Only the job sets latest, so it reads it without the lock. Returns when the next read is due. */
static uint64_t publish(struct tcx_collector *collector, struct tcx_snapshot *snapshot,
			uint32_t out, const struct tcx_fault *cause)
{
	struct tcx_collector_status *status = &collector->status;
	struct tcx_snapshot *before = snapshot != NULL ? collector->latest : NULL;
	uint64_t due_ns;

	if (snapshot != NULL)
		snapshot->sequence = ++collector->sequence;
	pthread_mutex_lock(&collector->lock);
	if (snapshot != NULL)
		collector->latest = snapshot;
	if (cause->text[0] != '\0') {
		status->failures++;
		tcx_cause_set(&status->last_failure, cause);
	}
	status->out = (out & 1U << ALL_SOURCES) != 0 ? collector->seen : out;
	for (size_t i = 0; i < TCX_SOURCES; i++)
		take_source(&status->sources[i], tcx_sources_status(collector->sources, i));
	status->reads++;
	status->due_ns = due_ns = next_due(collector);
	pthread_mutex_unlock(&collector->lock);
	tcx_snapshot_unref(before);
	return due_ns;
}

/* --- Settings, whose references each holder has by itself --------------------------------------*/

static void take(struct tcx_collector_settings *to, const struct tcx_collector_settings *from)
{
	*to = *from;
	tcx_thresholds_ref(to->thresholds);
	tcx_tables_ref(to->tables);
}

static void release(struct tcx_collector_settings *settings)
{
	tcx_thresholds_unref(settings->thresholds);
	tcx_tables_unref(settings->tables);
}

/* --- A refresh ---------------------------------------------------------------------------------*/

static struct tcx_states *states_of(const struct tcx_snapshot *snapshot)
{
	return snapshot != NULL ? snapshot->states : NULL;
}

/* Without memory for others the states of before stay. */
static void watch(struct tcx_collector *collector, const struct tcx_collector_settings *settings,
		  struct tcx_snapshot *snapshot)
{
	struct tcx_table *tables[TCX_TABLES] = {NULL};
	uint32_t wanted =
		settings->tables != NULL ? tcx_thresholds_tables(settings->thresholds) : 0;
	const struct tcx_observed observed = {
		.snapshot = snapshot,
		.oldest_ns = snapshot->taken_ns -
			     tcx_clock_earlier(snapshot->taken_ns, settings->max_age_ns),
		.gap_ns = TCX_GAP_INTERVALS * settings->sources.interval_ns,
		.tables = tables,
		.table_gap_ns = TCX_GAP_INTERVALS * settings->table_interval_ns,
	};

	for (size_t id = 0; id < TCX_TABLES; id++)
		if ((wanted & 1U << id) != 0)
			tables[id] = tcx_tables_fresh(settings->tables, id);
	snapshot->states = tcx_watch_step(&collector->watch, settings->thresholds,
					  states_of(collector->latest), &observed);
	if (snapshot->states == NULL)
		snapshot->states = tcx_states_ref(states_of(collector->latest));
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_table_unref(tables[id]);
}

static struct tcx_snapshot *make_snapshot(struct tcx_collector *collector, int *home,
					  struct tcx_fault *cause)
{
	struct tcx_collector_settings settings;
	struct tcx_snapshot *snapshot;

	pthread_mutex_lock(&collector->lock);
	take(&settings, &collector->settings);
	pthread_mutex_unlock(&collector->lock);
	tcx_sources_set(collector->sources, &settings.sources);
	snapshot = tcx_sources_read_from(collector->sources, home, cause);
	if (snapshot != NULL)
		tcx_derive(&collector->derive, &settings.derive, collector->latest, snapshot);
	if (settings.thresholds == NULL && collector->watch.thresholds != NULL)
		tcx_watch_clear(&collector->watch);
	if (snapshot != NULL && settings.thresholds != NULL)
		watch(collector, &settings, snapshot);
	release(&settings);
	return snapshot;
}

static uint64_t changes_of(const struct tcx_snapshot *snapshot)
{
	return states_of(snapshot) != NULL ? states_of(snapshot)->changes : 0;
}

/* What is gone is no outage, nor is a file of it: who has it is about to stop it. */
static bool is_gone(const struct tcx_collector *collector, uint32_t out)
{
	return out != 0 && collector->job.pool == NULL && tcx_netns_is_gone(collector->netns);
}

uint64_t tcx_collector_run(struct tcx_collector *collector, int *home)
{
	struct tcx_fault cause = {""};
	uint64_t changes = changes_of(collector->latest);
	struct tcx_snapshot *snapshot = make_snapshot(collector, home, &cause);
	uint32_t out = find_outages(collector, cause.text[0] != '\0');
	uint64_t due_ns = publish(collector, snapshot, out, &cause);

	if (changes_of(collector->latest) != changes)
		tcx_events_signal(collector->events);
	if (!is_gone(collector, out))
		report_all(collector, out, &cause);
	if (!collector->begun && collector->first_fd >= 0)
		eventfd_write(collector->first_fd, 1);
	collector->begun = true;
	return due_ns;
}

static uint64_t refresh(void *owner)
{
	int home = -1;
	uint64_t due_ns = tcx_collector_run(owner, &home);

	tcx_netns_return(&home);
	return due_ns;
}

static void free_collector(struct tcx_collector *collector)
{
	if (collector->first_fd >= 0)
		close(collector->first_fd);
	tcx_snapshot_unref(collector->latest);
	tcx_derive_clear(&collector->derive);
	tcx_watch_clear(&collector->watch);
	release(&collector->settings);
	tcx_collector_status_clear(&collector->status);
	tcx_sources_free(collector->sources);
	tcx_netns_unref(collector->netns);
	tcx_events_unref(collector->events);
	pthread_mutex_destroy(&collector->lock);
	free(collector);
}

TCX_REFERENCE_DEFINE(tcx_collector, free_collector)

static void unref(void *owner)
{
	tcx_collector_unref(owner);
}

static const struct tcx_job_kind kind = {.run = refresh, .unref = unref};

/* Call with the lock, or before anybody else knows it. */
static void begin_interval(struct tcx_collector *collector)
{
	uint64_t now = tcx_clock_now();

	collector->status.due_ns = now;
	collector->since_ns = now - tcx_clock_earlier(now, collector->phase_ns);
}

struct tcx_collector *tcx_collector_new(struct tcx_events *events, struct tcx_netns *netns,
					struct tcx_layouts *layouts,
					const struct tcx_collector_settings *settings,
					uint64_t phase_ns, struct tcx_fault *fault)
{
	struct tcx_collector *collector = tcx_reference_new(sizeof(*collector), fault);

	if (collector == NULL)
		return NULL;
	pthread_mutex_init(&collector->lock, NULL);
	collector->events = tcx_events_ref(events);
	collector->netns = tcx_netns_ref(netns);
	take(&collector->settings, settings);
	collector->phase_ns = phase_ns;
	begin_interval(collector);
	collector->first_fd = -1;
	collector->sources = tcx_sources_new(netns, fault);
	if (collector->sources != NULL) {
		tcx_sources_share(collector->sources, layouts);
		return collector;
	}
	tcx_collector_unref(collector);
	return NULL;
}

struct tcx_collector *tcx_collector_start(struct tcx_pool *pool, struct tcx_events *events,
					  struct tcx_netns *netns,
					  const struct tcx_collector_settings *settings,
					  struct tcx_fault *fault)
{
	struct tcx_collector *collector =
		tcx_collector_new(events, netns, NULL, settings, 0, fault);

	if (collector == NULL)
		return NULL;
	collector->first_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (collector->first_fd < 0) {
		tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
		tcx_collector_unref(collector);
		return NULL;
	}
	tcx_job_init(&collector->job, pool, &kind, tcx_collector_ref(collector));
	tcx_job_ask(&collector->job);
	return collector;
}

void tcx_collector_stop(struct tcx_collector *collector)
{
	if (collector == NULL)
		return;
	tcx_events_mute(collector->events, collector->outages, OUTAGES);
	if (collector->job.pool != NULL)
		tcx_job_stop(&collector->job);
	tcx_collector_unref(collector);
}

void tcx_collector_set(struct tcx_collector *collector,
		       const struct tcx_collector_settings *settings)
{
	struct tcx_collector_settings before;

	pthread_mutex_lock(&collector->lock);
	before = collector->settings;
	take(&collector->settings, settings);
	begin_interval(collector);
	pthread_mutex_unlock(&collector->lock);
	release(&before);
	if (collector->job.pool != NULL)
		tcx_job_ask(&collector->job);
}

void tcx_collector_wait_first(struct tcx_collector *collector, int timeout_ms)
{
	struct pollfd fd = {.fd = collector->first_fd, .events = POLLIN};

	poll(&fd, 1, timeout_ms);
}

struct tcx_snapshot *tcx_collector_latest(struct tcx_collector *collector,
					  struct tcx_collector_status *status)
{
	struct tcx_snapshot *snapshot;

	pthread_mutex_lock(&collector->lock);
	snapshot = tcx_snapshot_ref(collector->latest);
	if (status != NULL)
		tcx_collector_status_copy(status, &collector->status);
	pthread_mutex_unlock(&collector->lock);
	return snapshot;
}
