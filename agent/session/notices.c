/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue of notifications: its limit a minute, and what is dropped where more come; and their
 * PDUs.
 */
#include "notices.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

#define MINUTE_NS (60 * TCX_NS_PER_S)

struct tcx_waiting_notice {
	struct tcx_waiting_notice *next;
	struct tcx_notice notice;
};

/* Those that may be dropped for a later one of the same kind. */
enum family { ALONE, OF_THRESHOLD, OF_SOURCE };

static const enum family families[TCX_NOTIFICATIONS] = {
	[TCX_NOTIFICATION_thresholdCrossedNotification] = OF_THRESHOLD,
	[TCX_NOTIFICATION_thresholdClearedNotification] = OF_THRESHOLD,
	[TCX_NOTIFICATION_sourceStaleNotification] = OF_SOURCE,
	[TCX_NOTIFICATION_sourceWellNotification] = OF_SOURCE,
};

static bool replaces(const struct tcx_notice *later, const struct tcx_notice *notice)
{
	enum family family = families[later->what];

	return family != ALONE && family == families[notice->what] &&
	       strcmp(later->context, notice->context) == 0 &&
	       strcmp(later->name, notice->name) == 0 && strcmp(later->row, notice->row) == 0 &&
	       (family == OF_THRESHOLD || strcmp(later->object, notice->object) == 0);
}

/* Where the first one is that has not been sent. */
static struct tcx_waiting_notice **first_unsent(struct tcx_notices *notices)
{
	return notices->asked ? &notices->first->next : &notices->first;
}

static struct tcx_waiting_notice **end_of(struct tcx_notices *notices)
{
	struct tcx_waiting_notice **at = &notices->first;

	while (*at != NULL)
		at = &(*at)->next;
	return at;
}

static bool insert(struct tcx_notices *notices, struct tcx_waiting_notice **at,
		   const struct tcx_notice *notice, uint64_t missed)
{
	struct tcx_waiting_notice *waiting = malloc(sizeof(*waiting));

	if (waiting == NULL)
		return false;
	waiting->notice = *notice;
	notices->events += (uint32_t)missed + 1;
	waiting->notice.event = notices->events;
	waiting->next = *at;
	*at = waiting;
	notices->counts.waiting++;
	return true;
}

static void take_out(struct tcx_notices *notices, struct tcx_waiting_notice **at)
{
	struct tcx_waiting_notice *waiting = *at;

	*at = waiting->next;
	free(waiting);
	notices->counts.waiting--;
}

/* The first of those whose place a later one takes, and the end if there are none. */
static struct tcx_waiting_notice **place_of(struct tcx_notices *notices,
					    const struct tcx_notice *later)
{
	struct tcx_waiting_notice **at = first_unsent(notices);

	while (*at != NULL && !replaces(later, &(*at)->notice))
		at = &(*at)->next;
	return at;
}

/* Of those behind a later one that took their place; returns how many there were. */
static size_t drop_others(struct tcx_notices *notices, struct tcx_waiting_notice *later)
{
	struct tcx_waiting_notice **at = &later->next;
	size_t count = 0;

	while (*at != NULL) {
		if (replaces(&later->notice, &(*at)->notice)) {
			take_out(notices, at);
			count++;
		} else {
			at = &(*at)->next;
		}
	}
	return count;
}

/* Where one that tells of dropped ones waits already, it tells of these, too. */
static void tell_dropped(struct tcx_notices *notices, uint64_t count, const struct timespec *when)
{
	const struct tcx_notice notice = {
		.what = TCX_NOTIFICATION_droppedNotification, .when = *when, .count = count};
	struct tcx_waiting_notice *waiting = *first_unsent(notices);

	if (count == 0)
		return;
	notices->counts.dropped += count;
	while (waiting != NULL && waiting->notice.what != notice.what)
		waiting = waiting->next;
	if (waiting != NULL)
		waiting->notice.count += count;
	else
		insert(notices, end_of(notices), &notice, 0);
}

bool tcx_notices_add(struct tcx_notices *notices, const struct tcx_notice *notice, uint64_t missed)
{
	bool merge = notices->counts.waiting >= notices->limit;
	struct tcx_waiting_notice **at = merge ? place_of(notices, notice) : end_of(notices);

	if (notices->limit == 0)
		return true;
	if ((*at == NULL && notices->counts.waiting >= TCX_NOTICES_MAX) ||
	    !insert(notices, at, notice, missed))
		return false;
	tell_dropped(notices, missed + drop_others(notices, *at), &notice->when);
	return true;
}

/* When one more can be sent: a minute after the one that is the limit's number of sendings ago. */
static uint64_t allowed_ns(const struct tcx_notices *notices)
{
	uint64_t first = notices->sendings - notices->limit;

	return notices->sendings < notices->limit
		       ? 0
		       : notices->sent_ns[first % TCX_NOTICES_LIMIT_MAX] + MINUTE_NS;
}

uint64_t tcx_notices_due(const struct tcx_notices *notices)
{
	return notices->first != NULL && !notices->asked ? allowed_ns(notices) : TCX_NEVER;
}

const struct tcx_notice *tcx_notices_next(const struct tcx_notices *notices, uint64_t now_ns)
{
	return now_ns >= tcx_notices_due(notices) ? &notices->first->notice : NULL;
}

void tcx_notices_sent(struct tcx_notices *notices, uint64_t now_ns)
{
	notices->sent_ns[notices->sendings++ % TCX_NOTICES_LIMIT_MAX] = now_ns;
	notices->asked = true;
}

void tcx_notices_lost(struct tcx_notices *notices)
{
	notices->asked = false;
}

void tcx_notices_answered(struct tcx_notices *notices, bool taken)
{
	if (!notices->asked)
		return;
	notices->asked = false;
	take_out(notices, &notices->first);
	if (taken)
		notices->counts.sent++;
	else
		notices->counts.refused++;
}

void tcx_notices_clear(struct tcx_notices *notices)
{
	notices->asked = false;
	while (notices->first != NULL)
		take_out(notices, &notices->first);
}

static void put_varbind(void *message, const oid *name, size_t len, const struct tcx_value *value)
{
	tcx_message_put(message, name, len, value->type, value);
}

void tcx_notice_message(struct tcx_message *message, uint32_t session, uint32_t packet,
			const struct tcx_notice *notice)
{
	tcx_message_notify(message, session, packet, notice->context);
	tcx_notice_varbinds(notice, put_varbind, message);
}
