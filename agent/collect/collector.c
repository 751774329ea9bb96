/* SPDX-License-Identifier: BSD-2-Clause */
/* The job that reads the counters, and what it publishes and reports. */
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
#include "events.h"
#include "pool.h"
#include "sample/growth.h"

/* The outages: one per source, the last one for all of them together. */
#define ALL_SOURCES TCX_SOURCES
#define OUTAGES	    (TCX_SOURCES + 1)

struct tcx_collector {
	atomic_uint references; /* the job has one */
	struct tcx_job job;
	struct tcx_events *events;   /* with a reference */
	struct tcx_sources *sources; /* the job's own; so is what follows */
	uint64_t sequence;
	bool seen[TCX_SOURCES]; /* it has been there */
	bool begun;		/* the first read has ended */
	struct tcx_condition outages[OUTAGES];

	int first_fd; /* readable once the first read has ended */

	pthread_mutex_t lock; /* guards what follows */
	struct tcx_sources_settings settings;
	uint64_t since_ns; /* reads are due each interval from then on */
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

	if (tcx_sources_is_off(collector->sources, i)) {
		collector->seen[i] = false;
		return false;
	}
	if (state != TCX_SOURCE_ABSENT) {
		collector->seen[i] = true;
		return state != TCX_SOURCE_GOOD;
	}
	return collector->seen[i] && (any || collector->outages[i].lasts);
}

static bool report_source(struct tcx_collector *collector, size_t i, bool any)
{
	const struct tcx_source_status *status = tcx_sources_status(collector->sources, i);
	bool out = is_out(collector, i, any);
	struct tcx_fault cause;

	if (out == collector->outages[i].lasts)
		return out;
	if (status->state == TCX_SOURCE_ABSENT)
		tcx_fault_set(&cause, " is there no more");
	else
		tcx_fault_set(&cause, ": %s", status->cause.text);
	tcx_events_report(collector->events, &collector->outages[i],
			  &file_kinds[status->good_ns != 0],
			  tcx_sources_file(collector->sources, i), out ? &cause : NULL);
	return out;
}

/* All files together are out only where no single file's outage says it. */
static void report_all(struct tcx_collector *collector, const struct tcx_fault *cause)
{
	bool out = cause->text[0] != '\0';
	bool any = false;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		any = any || tcx_sources_status(collector->sources, i)->state != TCX_SOURCE_ABSENT;
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (report_source(collector, i, any) && any)
			out = false;
	tcx_events_report(collector->events, &collector->outages[ALL_SOURCES],
			  &all_kinds[collector->sequence > 0], "", out ? cause : NULL);
}

/* Only the job sets latest, so it reads it without the lock. */
static void publish(struct tcx_collector *collector, struct tcx_snapshot *snapshot,
		    const struct tcx_fault *cause)
{
	struct tcx_collector_status *status = &collector->status;
	struct tcx_snapshot *before = snapshot != NULL ? collector->latest : NULL;

	if (snapshot != NULL)
		snapshot->sequence = ++collector->sequence;
	pthread_mutex_lock(&collector->lock);
	if (snapshot != NULL)
		collector->latest = snapshot;
	if (cause->text[0] != '\0') {
		status->failures++;
		status->last_failure = *cause;
	}
	for (size_t i = 0; i < TCX_SOURCES; i++)
		status->sources[i] = *tcx_sources_status(collector->sources, i);
	pthread_mutex_unlock(&collector->lock);
	tcx_snapshot_unref(before);
}

static uint64_t next_refresh(struct tcx_collector *collector)
{
	uint64_t now = tcx_clock_now();
	uint64_t interval, due;

	pthread_mutex_lock(&collector->lock);
	interval = collector->settings.interval_ns;
	due = now + interval - (now - collector->since_ns) % interval;
	pthread_mutex_unlock(&collector->lock);
	return due;
}

static struct tcx_snapshot *read_sources(struct tcx_collector *collector, struct tcx_fault *cause)
{
	pthread_mutex_lock(&collector->lock);
	tcx_sources_set(collector->sources, &collector->settings);
	pthread_mutex_unlock(&collector->lock);
	return tcx_sources_read(collector->sources, cause);
}

static uint64_t refresh(void *owner)
{
	struct tcx_collector *collector = owner;
	struct tcx_fault cause = {""};
	struct tcx_snapshot *snapshot = read_sources(collector, &cause);

	if (snapshot != NULL)
		snapshot->growth = tcx_growth_new(collector->latest, snapshot);
	publish(collector, snapshot, &cause);
	report_all(collector, &cause);
	if (!collector->begun)
		eventfd_write(collector->first_fd, 1);
	collector->begun = true;
	return next_refresh(collector);
}

static void free_collector(struct tcx_collector *collector)
{
	if (collector->first_fd >= 0)
		close(collector->first_fd);
	tcx_snapshot_unref(collector->latest);
	tcx_sources_free(collector->sources);
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

struct tcx_collector *tcx_collector_start(struct tcx_pool *pool, struct tcx_events *events,
					  struct tcx_netns *netns,
					  const struct tcx_sources_settings *settings,
					  struct tcx_fault *fault)
{
	struct tcx_collector *collector = tcx_reference_new(sizeof(*collector), fault);

	if (collector == NULL)
		return NULL;
	pthread_mutex_init(&collector->lock, NULL);
	collector->events = tcx_events_ref(events);
	collector->settings = *settings;
	collector->since_ns = tcx_clock_now();
	collector->sources = tcx_sources_new(netns, fault);
	collector->first_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (collector->first_fd < 0)
		tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
	if (collector->sources == NULL || collector->first_fd < 0) {
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
	tcx_job_stop(&collector->job);
	tcx_collector_unref(collector);
}

void tcx_collector_set(struct tcx_collector *collector, const struct tcx_sources_settings *settings)
{
	pthread_mutex_lock(&collector->lock);
	collector->settings = *settings;
	collector->since_ns = tcx_clock_now();
	pthread_mutex_unlock(&collector->lock);
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
		*status = collector->status;
	pthread_mutex_unlock(&collector->lock);
	return snapshot;
}
