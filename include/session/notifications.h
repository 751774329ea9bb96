/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications (RFC 2741, 7.1.10): what has happened is made of what the newest reading shows, so
 * that nothing is missed, and waits until the master has taken it. On the main loop.
 */
#ifndef TCX_SESSION_NOTIFICATIONS_H
#define TCX_SESSION_NOTIFICATIONS_H

#include <stdbool.h>

#include "collect/collector.h"
#include "collect/namespaces.h"
#include "session/agentx.h"

struct tcx_notifications;

struct tcx_notifications_settings {
	unsigned int limit;  /* notificationLimit */
	uint64_t max_age_ns; /* maxAge */
	int patience_s;	     /* how long the master may take to answer one */
};

/*
 * They go by the sessions of agentx, which must outlive them; NULL: to the sinks of a master. NULL
 * when memory is short.
 */
struct tcx_notifications *tcx_notifications_new(const struct tcx_agentx *agentx);

/* May be NULL. What waits is lost. */
void tcx_notifications_free(struct tcx_notifications *notifications);

/* Without a limit nothing waits, and nothing counts as told. */
void tcx_notifications_set(struct tcx_notifications *notifications,
			   const struct tcx_notifications_settings *settings);

/* What became of them so far; stays where it is. */
const struct tcx_notified *tcx_notifications_counts(const struct tcx_notifications *notifications);

/* There may be something new to tell. */
void tcx_notifications_changed(struct tcx_notifications *notifications);

/*
 * Call in each turn of the main loop: tells what is new, of other namespaces too, and sends what
 * can be sent. others may be NULL.
 */
void tcx_notifications_run(struct tcx_notifications *notifications, struct tcx_collector *collector,
			   const struct tcx_namespace_list *others);

/* The response to a request with a number of ours. */
void tcx_notifications_take(struct tcx_notifications *notifications, struct tcx_pdu *response);

#endif
