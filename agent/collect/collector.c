/* SPDX-License-Identifier: BSD-2-Clause */
/* The thread that reads the counters, and what it publishes and reports. */
#include "collect/collector.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/worker.h"
#include "sample/growth.h"

/* Events that nobody has fetched yet. */
#define EVENTS 64

/* The outages: one per source, the last one for all of them together. */
#define ALL_SOURCES TCX_SOURCES
#define OUTAGES	    (TCX_SOURCES + 1)

struct tcx_collector {
	atomic_uint references;	     /* the thread has one */
	struct tcx_sources *sources; /* the thread's own from its start to its end */
	uint64_t sequence;	     /* likewise */
	bool seen[TCX_SOURCES];	     /* it has been there; likewise */
	bool reported[OUTAGES];	     /* outage begun and not ended; likewise */
	size_t reported_count;

	int timer_fd;
	int stop_fd;
	int event_fd;
	int first_fd; /* readable once the first read has ended */

	pthread_mutex_t lock; /* guards what follows */
	struct tcx_snapshot *latest;
	struct tcx_collector_status status;
	struct tcx_event events[EVENTS];
	size_t event_first;
	size_t event_count;
};

static void push_event(struct tcx_collector *collector, const struct tcx_event *event)
{
	size_t i = (collector->event_first + collector->event_count++) % EVENTS;

	collector->events[i] = *event;
	eventfd_write(collector->event_fd, 1);
}

/*
 * Reports each outage when it begins and when it ends. One that begins waits until the queue has
 * room for its end and those of the others.
 */
static void report(struct tcx_collector *collector, size_t which, const struct tcx_event *event)
{
	if (event->failed == collector->reported[which])
		return;
	pthread_mutex_lock(&collector->lock);
	if (!event->failed || collector->event_count + collector->reported_count + 2 <= EVENTS) {
		collector->reported[which] = event->failed;
		collector->reported_count += event->failed ? 1 : -1;
		push_event(collector, event);
	}
	pthread_mutex_unlock(&collector->lock);
}

/* A file that has disappeared is an outage, unless all have. */
static bool is_out(struct tcx_collector *collector, size_t i, bool any)
{
	enum tcx_source_state state = tcx_sources_status(collector->sources, i)->state;

	if (state != TCX_SOURCE_ABSENT) {
		collector->seen[i] = true;
		return state != TCX_SOURCE_GOOD;
	}
	return collector->seen[i] && (any || collector->reported[i]);
}

static bool report_source(struct tcx_collector *collector, size_t i, bool any)
{
	const struct tcx_source_status *status = tcx_sources_status(collector->sources, i);
	const char *file = tcx_sources_file(collector->sources, i);
	struct tcx_event event = {.failed = is_out(collector, i, any)};

	if (event.failed == collector->reported[i])
		return event.failed;
	event.was_read = status->good_ns != 0;
	if (!event.failed)
		tcx_fault_set(&event.text, "%s can be read again", file);
	else if (status->state == TCX_SOURCE_ABSENT)
		tcx_fault_set(&event.text, "%s is there no more", file);
	else
		tcx_fault_set(&event.text, "%s: %s", file, status->cause.text);
	report(collector, i, &event);
	return event.failed;
}

/* All files together are out only where no single file's outage says it. */
static void report_all(struct tcx_collector *collector, const struct tcx_fault *cause)
{
	struct tcx_event event = {
		.failed = cause->text[0] != '\0',
		.was_read = collector->sequence > 0,
		.text = *cause,
	};
	bool any = false;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		any = any || tcx_sources_present(collector->sources, i);
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (report_source(collector, i, any) && any)
			event.failed = false;
	if (!event.failed)
		tcx_fault_set(&event.text, "the counters can be read again");
	report(collector, ALL_SOURCES, &event);
}

/* Only this thread sets latest, so it reads it without the lock. */
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

static void refresh(struct tcx_collector *collector)
{
	struct tcx_fault cause = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(collector->sources, &cause);

	if (snapshot != NULL)
		snapshot->growth = tcx_growth_new(collector->latest, snapshot);
	publish(collector, snapshot, &cause);
	report_all(collector, &cause);
}

static void *run(void *arg)
{
	struct tcx_collector *collector = arg;
	eventfd_t expirations; /* a timer is read like an eventfd */
	struct pollfd fds[] = {
		{.fd = collector->stop_fd, .events = POLLIN},
		{.fd = collector->timer_fd, .events = POLLIN},
	};

	refresh(collector);
	eventfd_write(collector->first_fd, 1);
	while (poll(fds, 2, -1) >= 0 || errno == EINTR) {
		if (fds[0].revents != 0)
			break;
		if (fds[1].revents != 0) {
			eventfd_read(collector->timer_fd, &expirations);
			refresh(collector);
		}
	}
	tcx_collector_unref(collector);
	return NULL;
}

static bool open_fds(struct tcx_collector *collector)
{
	collector->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	collector->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	collector->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	collector->first_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return collector->timer_fd >= 0 && collector->stop_fd >= 0 && collector->event_fd >= 0 &&
	       collector->first_fd >= 0;
}

static void free_collector(struct tcx_collector *collector)
{
	const int fds[] = {collector->timer_fd, collector->stop_fd, collector->event_fd,
			   collector->first_fd};

	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	tcx_snapshot_unref(collector->latest);
	tcx_sources_free(collector->sources);
	pthread_mutex_destroy(&collector->lock);
	free(collector);
}

TCX_REFERENCE_DEFINE(tcx_collector, free_collector)

static void set_timer(struct tcx_collector *collector, uint64_t first_ns, uint64_t interval_ns)
{
	const struct itimerspec when = {
		.it_value = tcx_clock_timespec(first_ns),
		.it_interval = tcx_clock_timespec(interval_ns),
	};

	timerfd_settime(collector->timer_fd, 0, &when, NULL);
}

struct tcx_collector *tcx_collector_start(struct tcx_netns *netns, uint64_t interval_ns,
					  struct tcx_fault *fault)
{
	struct tcx_collector *collector = tcx_reference_new(sizeof(*collector), fault);
	int result;

	if (collector == NULL)
		return NULL;
	pthread_mutex_init(&collector->lock, NULL);
	collector->sources = tcx_sources_new(netns, NULL);
	result = collector->sources != NULL ? 0 : ENOMEM;
	if (!open_fds(collector))
		result = errno;
	set_timer(collector, interval_ns, interval_ns);
	if (result == 0)
		result = tcx_worker_start(run, collector, &collector->references);
	if (result == 0)
		return collector;
	tcx_fault_set(fault, "the collector cannot start: %s", strerror(result));
	tcx_collector_unref(collector);
	return NULL;
}

void tcx_collector_stop(struct tcx_collector *collector, bool wait)
{
	if (collector == NULL)
		return;
	eventfd_write(collector->stop_fd, 1);
	if (wait)
		tcx_worker_wait(&collector->references);
	tcx_collector_unref(collector);
}

void tcx_collector_set_interval(struct tcx_collector *collector, uint64_t interval_ns)
{
	set_timer(collector, 1, interval_ns);
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

int tcx_collector_event_fd(const struct tcx_collector *collector)
{
	return collector->event_fd;
}

bool tcx_collector_next_event(struct tcx_collector *collector, struct tcx_event *event)
{
	eventfd_t count;
	bool found;

	pthread_mutex_lock(&collector->lock);
	found = collector->event_count > 0;
	if (found) {
		*event = collector->events[collector->event_first];
		collector->event_first = (collector->event_first + 1) % EVENTS;
		collector->event_count--;
	} else {
		eventfd_read(collector->event_fd, &count);
	}
	pthread_mutex_unlock(&collector->lock);
	return found;
}
