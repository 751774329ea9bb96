/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Follows what the collector has published, and sends what is new to the master. What was told is
 * kept, and compared to what is true now: so an outage, of the master or of our loop, loses no end
 * of anything.
 */
#include "session/notifications.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "notices.h"
#include "session/master.h"
#include "told.h"

/* What was told of a namespace that is served as a context. */
struct other {
	struct tcx_namespace *namespace; /* with a reference */
	struct tcx_told told;
	uint64_t changes; /* of the states, all of which are told */
	bool is_there;	  /* it is served, while they are followed */
};

struct tcx_notifications {
	const struct tcx_agentx *agentx; /* NULL: we are the master, and have sinks of our own */
	struct tcx_notifications_settings settings;
	struct tcx_notices notices;
	bool changed; /* something may be new */
	bool behind;  /* what is new had no room */
	bool started; /* that the agent has is told */
	struct tcx_told told;
	size_t other_count;
	struct other *others; /* owned */

	/* Files of counters: */
	uint32_t stale;			/* of which that is told: bits of 1 << enum tcx_source */
	uint64_t stale_ns[TCX_SOURCES]; /* when one that is out becomes stale; else 0 */

	/* The one that was sent and is not answered: */
	uint32_t packet;     /* its number, or that of the last one */
	uint64_t connection; /* wire.number */
	uint64_t asked_ns;
	bool refusing; /* the last one was refused, and the log says so */

	unsigned int alarm; /* that wakes the loop, the library's number; or 0 */
	uint64_t alarm_ns;  /* when */
};

/* --- What has happened -------------------------------------------------------------------------*/

static struct tcx_notice notice_of(enum tcx_notification what)
{
	struct tcx_notice notice = {.what = what};

	clock_gettime(CLOCK_REALTIME, &notice.when);
	return notice;
}

static bool add(void *arg, const struct tcx_notice *notice, uint64_t missed)
{
	struct tcx_notifications *notifications = arg;
	bool added = tcx_notices_add(&notifications->notices, notice, missed);

	notifications->behind = notifications->behind || !added;
	return added;
}

static void tell_start(struct tcx_notifications *notifications, const struct tcx_states *states)
{
	struct tcx_notice notice = notice_of(TCX_NOTIFICATION_agentStartedNotification);

	notice.count = states != NULL ? tcx_states_active(states) : 0;
	snprintf(notice.text, sizeof(notice.text), "tcpextd %s has started; crossed thresholds: %u",
		 TCX_VERSION, (unsigned int)notice.count);
	notifications->started = add(notifications, &notice, 0);
}

/* --- Files of counters -------------------------------------------------------------------------*/

static bool tell_source(struct tcx_notifications *notifications, enum tcx_notification what,
			size_t source, const struct tcx_source_status *status)
{
	bool is_stale = what == TCX_NOTIFICATION_sourceStaleNotification;
	bool absent = status->state == TCX_SOURCE_ABSENT;
	const char *path = tcx_catalogue_source(source)->path;
	struct tcx_notice notice = notice_of(what);

	snprintf(notice.object, sizeof(notice.object), "%s", path);
	if (!is_stale)
		snprintf(notice.text, sizeof(notice.text), "%s %s", path,
			 absent ? "is not read any more" : "can be read again");
	else
		snprintf(notice.text, sizeof(notice.text),
			 "%s could not be read for %g s%s%.120s: what cannot be read is not served",
			 path, (double)notifications->settings.max_age_ns / 1e9,
			 absent ? ", as it is not there" : ", ",
			 absent ? "" : tcx_cause_text(status->cause));
	return add(notifications, &notice, 0);
}

/* When one that is out becomes stale: its last good values are then too old to be shown. */
static uint64_t stale_from(const struct tcx_notifications *notifications,
			   const struct tcx_snapshot *snapshot, size_t source,
			   const struct tcx_source_status *status)
{
	uint64_t good_ns = status->good_ns != 0 ? status->good_ns : tcx_clock_now();
	uint64_t own_ns = snapshot != NULL ? snapshot->interval_ns[source] : 0;

	return good_ns + own_ns + notifications->settings.max_age_ns;
}

static void look_at_source(struct tcx_notifications *notifications,
			   const struct tcx_snapshot *snapshot, size_t i,
			   const struct tcx_collector_status *status)
{
	uint64_t *stale_ns = &notifications->stale_ns[i];
	uint32_t bit = 1U << i;
	bool was_stale = (notifications->stale & bit) != 0, is_out = (status->out & bit) != 0;

	if (!is_out)
		*stale_ns = 0;
	else if (*stale_ns == 0)
		*stale_ns = stale_from(notifications, snapshot, i, &status->sources[i]);
	if (was_stale == is_out || (is_out && tcx_clock_now() < *stale_ns))
		return;
	if (tell_source(notifications,
			is_out ? TCX_NOTIFICATION_sourceStaleNotification
			       : TCX_NOTIFICATION_sourceWellNotification,
			i, &status->sources[i]))
		notifications->stale ^= bit;
}

/* When the next one becomes stale. */
static uint64_t next_stale(const struct tcx_notifications *notifications)
{
	uint64_t next_ns = TCX_NEVER;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (notifications->stale_ns[i] != 0 && (notifications->stale & 1U << i) == 0)
			next_ns = tcx_clock_earlier(next_ns, notifications->stale_ns[i]);
	return next_ns;
}

/* --- Other namespaces --------------------------------------------------------------------------*/

/* Of many there is nothing new. */
static bool is_told(const struct other *other, const struct tcx_states *states)
{
	return other->is_there && states != NULL && states->changes == other->changes;
}

/* False: not all of it was taken. */
static bool look_at_other(struct tcx_notifications *notifications, struct other *other,
			  const struct tcx_moment *now)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(other->namespace->collector, NULL);
	const struct tcx_states *states = snapshot != NULL ? snapshot->states : NULL;
	bool done = true;

	other->told.context = other->namespace->context;
	other->told.gone = !other->is_there;
	if (!is_told(other, states) && (states != NULL || other->told.count > 0))
		done = tcx_told_follow(&other->told, other->is_there ? states : NULL, now, add,
				       notifications);
	if (done)
		other->changes = states != NULL ? states->changes : 0;
	tcx_snapshot_unref(snapshot);
	return done;
}

/* From *at on, as both are in one order as a rule. NULL when memory is short. */
static struct other *find_other(struct tcx_notifications *notifications,
				struct tcx_namespace *namespace, size_t *at)
{
	struct other other = {.namespace = namespace};

	for (size_t n = 0; n < notifications->other_count; n++) {
		size_t i = (*at + n) % notifications->other_count;

		if (notifications->others[i].namespace != namespace)
			continue;
		*at = i + 1;
		return &notifications->others[i];
	}
	if (!tcx_array_append(&notifications->others, &notifications->other_count, &other,
			      sizeof(other)))
		return NULL;
	tcx_namespace_ref(namespace);
	return &notifications->others[notifications->other_count - 1];
}

static void forget_other(struct other *other)
{
	tcx_told_clear(&other->told);
	tcx_namespace_unref(other->namespace);
}

/* Those without a context have no name for notifications: namespaceTable shows how they are. */
static void look_at_others(struct tcx_notifications *notifications,
			   const struct tcx_namespace_list *list, const struct tcx_moment *now)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; list != NULL && i < list->count; i++) {
		struct other *other = NULL;

		if (list->all[i]->context[0] != '\0')
			other = find_other(notifications, list->all[i], &at);
		if (other != NULL)
			other->is_there = true;
	}
	for (size_t i = 0; i < notifications->other_count; i++) {
		struct other *other = &notifications->others[i];
		bool done = look_at_other(notifications, other, now);
		bool over = !other->is_there && done;

		other->is_there = false;
		if (over)
			forget_other(other);
		else
			notifications->others[kept++] = *other;
	}
	notifications->other_count = kept;
}

static void forget_others(struct tcx_notifications *notifications)
{
	for (size_t i = 0; i < notifications->other_count; i++)
		forget_other(&notifications->others[i]);
	free(notifications->others);
	notifications->others = NULL;
	notifications->other_count = 0;
}

static void look(struct tcx_notifications *notifications, struct tcx_collector *collector,
		 const struct tcx_namespace_list *others)
{
	struct tcx_collector_status status;
	struct tcx_snapshot *snapshot = tcx_collector_latest(collector, &status);
	const struct tcx_states *states = snapshot != NULL ? snapshot->states : NULL;
	struct tcx_moment now = {.ns = tcx_clock_now()};

	clock_gettime(CLOCK_REALTIME, &now.when);
	notifications->changed = false;
	notifications->behind = false;
	if (!notifications->started)
		tell_start(notifications, states);
	if (snapshot != NULL)
		tcx_told_follow(&notifications->told, states, &now, add, notifications);
	for (size_t i = 0; i < TCX_SOURCES; i++)
		look_at_source(notifications, snapshot, i, &status);
	look_at_others(notifications, others, &now);
	tcx_collector_status_clear(&status);
	tcx_snapshot_unref(snapshot);
}

/* --- The master --------------------------------------------------------------------------------*/

static bool is_connected(const struct tcx_notifications *notifications)
{
	const struct tcx_agentx *agentx = notifications->agentx;

	return agentx == NULL || (agentx->session != NULL && !agentx->away && !agentx->wire.lost);
}

/* It is over with the one that was sent. Logs the first that is not taken, and the next that is. */
static void end(struct tcx_notifications *notifications, bool taken, const char *why)
{
	tcx_notices_answered(&notifications->notices, taken);
	notifications->changed = notifications->changed || notifications->behind;
	if (!taken && !notifications->refusing)
		snmp_log(LOG_WARNING,
			 "the master has not taken a notification: %s; it is not sent again; see "
			 "notificationsRefused\n",
			 why);
	else if (taken && notifications->refusing)
		snmp_log(LOG_NOTICE, "the master takes notifications again\n");
	notifications->refusing = !taken;
}

void tcx_notifications_take(struct tcx_notifications *notifications, struct tcx_pdu *response)
{
	char why[64];
	uint16_t error;

	if (response->packet != notifications->packet || !notifications->notices.asked ||
	    !tcx_pdu_take_error(response, &error))
		return;
	snprintf(why, sizeof(why), "AgentX error %u (RFC 2741, 6.2.16)", error);
	end(notifications, error == 0, why);
}

static uint64_t answer_due(const struct tcx_notifications *notifications)
{
	return notifications->asked_ns +
	       (uint64_t)notifications->settings.patience_s * TCX_NS_PER_S;
}

/* A master that answers pings and not this never will. */
static void look_for_answer(struct tcx_notifications *notifications, uint64_t now_ns)
{
	const struct tcx_wire *wire = &notifications->agentx->wire;

	if (!is_connected(notifications) || wire->number != notifications->connection)
		tcx_notices_lost(&notifications->notices);
	else if (now_ns >= answer_due(notifications))
		end(notifications, false, "it has not answered it");
}

/* To sinks, of which no answer comes here: the library repeats an inform by itself. */
static void tell_sinks(struct tcx_notifications *notifications, const struct tcx_notice *notice,
		       uint64_t now_ns)
{
	tcx_notices_sent(&notifications->notices, now_ns);
	end(notifications, tcx_master_notify(notice), "memory is short");
}

/* How many were dropped may have changed while it waited. */
static struct tcx_notice with_text(const struct tcx_notifications *notifications,
				   const struct tcx_notice *waiting)
{
	struct tcx_notice notice = *waiting;

	if (notice.what == TCX_NOTIFICATION_droppedNotification)
		snprintf(notice.text, sizeof(notice.text),
			 "%" PRIu64 " notifications were dropped, as there were more than %u in a "
			 "minute",
			 notice.count, notifications->settings.limit);
	return notice;
}

static void send_next(struct tcx_notifications *notifications, const struct tcx_notice *waiting,
		      uint64_t now_ns)
{
	const struct tcx_agentx *agentx = notifications->agentx;
	const struct tcx_notice notice = with_text(notifications, waiting);
	struct tcx_message message;

	if (agentx == NULL) {
		tell_sinks(notifications, &notice, now_ns);
		return;
	}
	notifications->packet = (notifications->packet + 1) | TCX_PDU_OURS;
	notifications->connection = agentx->wire.number;
	notifications->asked_ns = now_ns;
	tcx_notice_message(&message, (uint32_t)agentx->main, notifications->packet, &notice);
	tcx_notices_sent(&notifications->notices, now_ns);
	if (!tcx_wire_request(&message))
		tcx_notices_lost(&notifications->notices);
}

/* --- The loop ----------------------------------------------------------------------------------*/

static void on_alarm(unsigned int alarm, void *arg)
{
	struct tcx_notifications *notifications = arg;

	(void)alarm;
	notifications->alarm = 0;
}

static void wake_at(struct tcx_notifications *notifications, uint64_t due_ns, uint64_t now_ns)
{
	uint64_t ns = due_ns > now_ns ? due_ns - now_ns : 0;
	const struct timeval wait = {.tv_sec = (time_t)(ns / TCX_NS_PER_S),
				     .tv_usec = (suseconds_t)(ns % TCX_NS_PER_S / 1000)};

	if (notifications->alarm != 0 && notifications->alarm_ns == due_ns)
		return;
	if (notifications->alarm != 0)
		snmp_alarm_unregister(notifications->alarm);
	notifications->alarm_ns = due_ns;
	notifications->alarm =
		due_ns != TCX_NEVER ? snmp_alarm_register_hr(wait, 0, on_alarm, notifications) : 0;
}

/* When there is something to do, if nothing comes before. */
static uint64_t next_due(const struct tcx_notifications *notifications)
{
	uint64_t due_ns = next_stale(notifications);

	if (notifications->notices.asked)
		return tcx_clock_earlier(due_ns, answer_due(notifications));
	return is_connected(notifications)
		       ? tcx_clock_earlier(due_ns, tcx_notices_due(&notifications->notices))
		       : due_ns;
}

void tcx_notifications_run(struct tcx_notifications *notifications, struct tcx_collector *collector,
			   const struct tcx_namespace_list *others)
{
	uint64_t now_ns = tcx_clock_now();
	const struct tcx_notice *next;

	if (notifications->settings.limit > 0 &&
	    (notifications->changed || now_ns >= next_stale(notifications)))
		look(notifications, collector, others);
	if (notifications->notices.asked)
		look_for_answer(notifications, now_ns);
	next = is_connected(notifications) ? tcx_notices_next(&notifications->notices, now_ns)
					   : NULL;
	if (next != NULL)
		send_next(notifications, next, now_ns);
	wake_at(notifications, next_due(notifications), now_ns);
}

void tcx_notifications_changed(struct tcx_notifications *notifications)
{
	notifications->changed = true;
}

void tcx_notifications_set(struct tcx_notifications *notifications,
			   const struct tcx_notifications_settings *settings)
{
	notifications->settings = *settings;
	notifications->notices.limit = settings->limit;
	notifications->changed = true;
	memset(notifications->stale_ns, 0, sizeof(notifications->stale_ns));
	if (settings->limit > 0)
		return;
	notifications->started = true;
	tcx_notices_clear(&notifications->notices);
	tcx_told_clear(&notifications->told);
	forget_others(notifications);
	notifications->stale = 0;
}

const struct tcx_notified *tcx_notifications_counts(const struct tcx_notifications *notifications)
{
	return &notifications->notices.counts;
}

struct tcx_notifications *tcx_notifications_new(const struct tcx_agentx *agentx)
{
	struct tcx_notifications *notifications = calloc(1, sizeof(*notifications));

	if (notifications != NULL)
		notifications->agentx = agentx;
	return notifications;
}

void tcx_notifications_free(struct tcx_notifications *notifications)
{
	if (notifications == NULL)
		return;
	tcx_notices_clear(&notifications->notices);
	tcx_told_clear(&notifications->told);
	forget_others(notifications);
	free(notifications);
}
