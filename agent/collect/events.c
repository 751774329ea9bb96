/* SPDX-License-Identifier: BSD-2-Clause */
/* A queue of conditions, in which each is at most once, so that it is never full. */
#include "events.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <syslog.h>
#include <unistd.h>

struct tcx_events {
	atomic_uint references;
	int fd;
	pthread_mutex_t lock; /* guards the queue and all conditions */
	struct tcx_condition *first;
};

struct tcx_events *tcx_events_new(struct tcx_fault *fault)
{
	struct tcx_events *events = tcx_reference_new(sizeof(*events), fault);

	if (events == NULL)
		return NULL;
	pthread_mutex_init(&events->lock, NULL);
	events->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (events->fd >= 0)
		return events;
	tcx_fault_set(fault, "no descriptor: %s", strerror(errno));
	tcx_events_unref(events);
	return NULL;
}

static void free_events(struct tcx_events *events)
{
	if (events->fd >= 0)
		close(events->fd);
	pthread_mutex_destroy(&events->lock);
	free(events);
}

TCX_REFERENCE_DEFINE(tcx_events, free_events)

int tcx_events_fd(const struct tcx_events *events)
{
	return events->fd;
}

void tcx_events_signal(struct tcx_events *events)
{
	eventfd_write(events->fd, 1);
}

static bool is_queued(const struct tcx_condition *condition)
{
	return condition->begins || condition->ends;
}

static void append(struct tcx_events *events, struct tcx_condition *condition)
{
	struct tcx_condition **at = &events->first;

	while (*at != NULL)
		at = &(*at)->next;
	condition->next = NULL;
	*at = condition;
	tcx_events_signal(events);
}

static void take_out(struct tcx_events *events, const struct tcx_condition *condition)
{
	struct tcx_condition **at = &events->first;

	while (*at != condition)
		at = &(*at)->next;
	*at = condition->next;
}

/* A new beginning cancels an end that nobody has fetched. */
static void change(struct tcx_condition *condition, const struct tcx_condition_kind *kind,
		   const struct tcx_fault *cause)
{
	condition->lasts = cause != NULL;
	if (cause == NULL) {
		condition->ends = true;
		return;
	}
	condition->begins = condition->begins || !condition->ends;
	condition->ends = false;
	condition->kind = kind;
	if (condition->cause == NULL)
		condition->cause = malloc(sizeof(*cause));
	if (condition->cause != NULL)
		*condition->cause = *cause;
}

/* Thousands of conditions are kept, and few are news. */
static void forget_cause(struct tcx_condition *condition)
{
	free(condition->cause);
	condition->cause = NULL;
}

void tcx_events_report(struct tcx_events *events, struct tcx_condition *condition,
		       const struct tcx_condition_kind *kind, const char *name,
		       const struct tcx_fault *cause)
{
	bool queued;

	pthread_mutex_lock(&events->lock);
	if (!condition->muted && condition->lasts != (cause != NULL)) {
		queued = is_queued(condition);
		condition->name = name;
		change(condition, kind, cause);
		if (!queued)
			append(events, condition);
		else if (!is_queued(condition)) {
			take_out(events, condition);
			forget_cause(condition);
		}
	}
	pthread_mutex_unlock(&events->lock);
}

/* Whoever names a process or a namespace shall write no line of its own, nor to a terminal. */
static void take_text(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from);
	for (; *to != '\0'; to++)
		if ((unsigned char)*to < ' ' || *to == 0x7f)
			*to = '?';
}

/* The beginning, or else the end. */
static void take(struct tcx_condition *condition, struct tcx_event *event)
{
	bool begins = condition->begins;

	event->priority = begins ? condition->kind->priority : LOG_NOTICE;
	event->format = begins ? condition->kind->begins : condition->kind->ends;
	take_text(event->name, sizeof(event->name), condition->name);
	event->cause.text[0] = '\0';
	if (condition->cause != NULL)
		take_text(event->cause.text, sizeof(event->cause.text), condition->cause->text);
	forget_cause(condition);
	condition->begins = false;
	condition->ends = condition->ends && begins;
}

bool tcx_events_next(struct tcx_events *events, struct tcx_event *event)
{
	struct tcx_condition *first;
	eventfd_t count;

	pthread_mutex_lock(&events->lock);
	first = events->first;
	if (first == NULL) {
		eventfd_read(events->fd, &count);
	} else {
		take(first, event);
		if (!is_queued(first))
			take_out(events, first);
	}
	pthread_mutex_unlock(&events->lock);
	return first != NULL;
}

static void mute(struct tcx_events *events, struct tcx_condition *condition)
{
	if (is_queued(condition))
		take_out(events, condition);
	forget_cause(condition);
	condition->begins = condition->ends = false;
	condition->muted = true;
}

void tcx_events_go_on(struct tcx_events *events, struct tcx_condition *condition,
		      struct tcx_condition *before)
{
	pthread_mutex_lock(&events->lock);
	condition->kind = before->kind;
	condition->lasts = before->lasts && !before->begins;
	mute(events, before);
	pthread_mutex_unlock(&events->lock);
}

void tcx_events_mute(struct tcx_events *events, struct tcx_condition *conditions, size_t count)
{
	pthread_mutex_lock(&events->lock);
	for (size_t i = 0; i < count; i++)
		mute(events, &conditions[i]);
	pthread_mutex_unlock(&events->lock);
}
