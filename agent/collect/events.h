/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What jobs report to the loop, by one descriptor: that something has come, and conditions, such as
 * an outage, once when they begin and once when they end. One that begins and ends before anybody
 * listens is both; what has ended and begun again meanwhile goes on.
 */
#ifndef TCX_COLLECT_EVENTS_H
#define TCX_COLLECT_EVENTS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/reference.h"

/* Constant data: formats of log lines, which get the name, then the cause, then maxAge in s. */
struct tcx_condition_kind {
	int priority; /* of the beginning; an end is LOG_NOTICE */
	const char *begins;
	const char *ends;
};

/* Is part of who reports it; zeros at first. The events' own. */
struct tcx_condition {
	struct tcx_condition *next; /* in the queue */
	const struct tcx_condition_kind *kind;
	const char *name;
	struct tcx_fault *cause; /* owned; of a beginning that is to be fetched; or NULL */
	bool lasts;
	bool begins, ends; /* to be fetched; it is queued while one of them is */
	bool muted;
};

struct tcx_event {
	int priority;
	const char *format;
	char name[PATH_MAX];	/* a copy: whoever has it may be gone by now; '?' for control
				   characters */
	struct tcx_fault cause; /* of a beginning; likewise */
};

struct tcx_events;

/* The caller gets a reference; NULL with a fault. */
struct tcx_events *tcx_events_new(struct tcx_fault *fault);

TCX_REFERENCE_DECLARE(tcx_events);

/* Readable until there are no more events. */
int tcx_events_fd(const struct tcx_events *events);

/* Only makes it readable. */
void tcx_events_signal(struct tcx_events *events);

/*
 * Says whether a condition lasts: it has ended where cause is NULL. kind is not copied, nor is
 * name, which must stay until the condition is muted.
 */
void tcx_events_report(struct tcx_events *events, struct tcx_condition *condition,
		       const struct tcx_condition_kind *kind, const char *name,
		       const struct tcx_fault *cause);

/* Takes the oldest event. False when there is none. */
bool tcx_events_next(struct tcx_events *events, struct tcx_event *event);

/*
 * A condition that nobody has reported yet takes the place of another one, which is muted: if that
 * lasts, and its beginning was taken, this one lasts.
 */
void tcx_events_go_on(struct tcx_events *events, struct tcx_condition *condition,
		      struct tcx_condition *before);

/* Nothing of these conditions is an event from now on. */
void tcx_events_mute(struct tcx_events *events, struct tcx_condition *conditions, size_t count);

#endif
