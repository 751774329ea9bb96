/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Notifications that wait for the master, in their order. Knows no clock and no connection: times
 * are tcx_clock_now()'s, handed in.
 */
#ifndef TCX_SESSION_NOTICES_H
#define TCX_SESSION_NOTICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mib/notifications.h"
#include "session/pdu.h"

/* The most that notificationLimit can be. */
#define TCX_NOTICES_LIMIT_MAX 1000

/* Of waiting ones, so that an outage takes no more than a megabyte. */
#define TCX_NOTICES_MAX 1000

struct tcx_notices {
	unsigned int limit; /* the caller's; sent within a minute at most; 0: none is taken */
	/* What follows is the functions': */
	struct tcx_notified counts;
	struct tcx_waiting_notice *first;
	bool asked;				 /* the first one was sent, and is not answered */
	uint32_t events;			 /* the number of the last event */
	uint64_t sent_ns[TCX_NOTICES_LIMIT_MAX]; /* of the last ones, in turn */
	uint64_t sendings;			 /* of all */
};

/*
 * Adds a notice of an event, which gets its number; before it were so many that nobody saw, which
 * count as dropped. While no more than the limit are waiting each
 * has its place. From then on it takes the place of all others of its threshold, context and row,
 * or of its file, which are dropped; a droppedNotification counts them. False when there is no
 * room: add it again later.
 */
bool tcx_notices_add(struct tcx_notices *notices, const struct tcx_notice *notice, uint64_t missed);

/* What can be sent now; NULL: nothing can. Owned by the queue, until it is answered. */
const struct tcx_notice *tcx_notices_next(const struct tcx_notices *notices, uint64_t now_ns);

/* When there is something to be sent; TCX_NEVER: before that an answer or a notice must come. */
uint64_t tcx_notices_due(const struct tcx_notices *notices);

/* That was sent; its answer will come, or tcx_notices_lost() is called. */
void tcx_notices_sent(struct tcx_notices *notices, uint64_t now_ns);

/* It was not answered, and is to be sent again. */
void tcx_notices_lost(struct tcx_notices *notices);

/* It was answered: the master has taken or refused it. */
void tcx_notices_answered(struct tcx_notices *notices, bool taken);

/* Drops all, and counts none. */
void tcx_notices_clear(struct tcx_notices *notices);

/* Makes the PDU of one. */
void tcx_notice_message(struct tcx_message *message, uint32_t session, uint32_t packet,
			const struct tcx_notice *notice);

#endif
