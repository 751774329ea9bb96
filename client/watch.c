/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads, shows, waits. What is read is of one snapshot: it is read again where that was renewed
 * meanwhile. A screen is drawn anew, too, when it has another size, and each second, so that nobody
 * takes for fresh what no host has said of late.
 */
#include "watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "ids.h"
#include "query.h"
#include "terminal.h"
#include "watched.h"

/* Of a host that is far away nothing may ever be of one instant; the next reading comes anyway. */
#define ATTEMPTS 2

/* Of a row but one cell is asked for; snmpd gives 100 at once, unless told otherwise. */
#define ROWS_AT_ONCE 96

struct watch {
	struct tcx_peer *peer;
	uint64_t interval;
	struct tcx_terminal terminal;
	struct tcx_answer answer;
	struct tcx_watched watched;
	bool end;
};

/* --- Reading ----------------------------------------------------------------------------------*/

static const struct tcx_scalar scalars[TCX_WATCHED_CELLS] = {
	[TCX_WATCHED_SEQUENCE] = {TCX_ID_snapshot, TCX_ID_snapshotSequence},
	[TCX_WATCHED_AGE] = {TCX_ID_snapshot, TCX_ID_snapshotAge},
	[TCX_WATCHED_ACTIVE] = {TCX_ID_healthCrossed, TCX_ID_healthActive},
	[TCX_WATCHED_WORST] = {TCX_ID_healthCrossed, TCX_ID_healthWorst},
	[TCX_WATCHED_SEVERITY] = {TCX_ID_healthCrossed, TCX_ID_healthWorstSeverity},
};

/* *at becomes when the snapshot was read, by the clock here. */
static bool read_snapshot(struct watch *watch, uint64_t *at, struct tcx_fault *fault)
{
	struct tcx_watched *watched = &watch->watched;
	const struct tcx_selection *selection = watched->selection;
	size_t names = tcx_selection_is_names(selection) ? selection->count : 0;
	struct tcx_cell cells[TCX_WATCHED_CELLS];

	if (!tcx_get_scalars(watch->peer, scalars, TCX_WATCHED_CELLS, cells, fault))
		return false;
	*at = tcx_clock_now() - cells[TCX_WATCHED_AGE].number * TCX_NS_PER_MS;
	if (!tcx_vitals_read(&watched->vitals, watch->peer, fault) ||
	    !tcx_query(watch->peer, selection->patterns, names, TCX_VALUES, &watch->answer, fault))
		return false;
	memcpy(watched->cells, cells, sizeof(cells));
	watched->one_instant = watch->answer.one_instant &&
			       watch->answer.sequence == cells[TCX_WATCHED_SEQUENCE].number &&
			       watched->vitals.sequence == watch->answer.sequence;
	return true;
}

/* Counters that are never of one instant have been read several times already. */
static bool read_host(struct watch *watch, struct tcx_fault *fault)
{
	struct tcx_watched *watched = &watch->watched;
	uint64_t at = 0;
	int attempts = 0;

	do {
		if (!read_snapshot(watch, &at, fault))
			return false;
	} while (!watched->one_instant && watch->answer.one_instant && ++attempts < ATTEMPTS);
	return (tcx_watched_take(watched, &watch->answer.counters, at) ||
		tcx_fault_set(fault, "out of memory")) &&
	       tcx_losses_read(&watched->losses, watch->peer, fault);
}

static void read_again(struct watch *watch)
{
	struct tcx_watched *watched = &watch->watched;
	struct tcx_fault fault = {""};
	bool good = tcx_peer_mend(watch->peer, &fault) && read_host(watch, &fault);

	if (watch->end)
		return;
	if (good)
		watched->answered = time(NULL);
	else if (!watched->failed)
		watched->failed_since = time(NULL);
	watched->failed = !good;
	watched->fault = fault;
}

/* --- Showing ----------------------------------------------------------------------------------*/

static void show(struct watch *watch)
{
	const struct tcx_terminal *terminal = &watch->terminal;
	struct tcx_page page = {.blocks = {{.lines = NULL}}};

	tcx_watched_page(&watch->watched, time(NULL),
			 terminal->is_screen ? terminal->columns : SIZE_MAX, &page);
	if (terminal->is_screen)
		tcx_page_draw(stdout, &page, terminal->columns, terminal->rows,
			      terminal->has_colours);
	else
		tcx_page_print(stdout, &page);
	tcx_page_clear(&page);
	if (fflush(stdout) == 0)
		return;
	watch->end = true;
	if (errno == EPIPE)
		watch->terminal.ended_by = SIGPIPE;
}

/* While an answer, or the next reading, is waited for. False: nobody waits any more. */
static bool look(void *whose)
{
	struct watch *watch = whose;
	enum tcx_terminal_said said = tcx_terminal_look(&watch->terminal);

	if (said == TCX_TERMINAL_DRAW)
		show(watch);
	watch->end = watch->end || said == TCX_TERMINAL_END;
	return !watch->end;
}

static void wait_until(struct watch *watch, uint64_t when)
{
	while (!watch->end && tcx_clock_now() < when) {
		struct pollfd terminal = {.fd = watch->terminal.fd, .events = POLLIN};
		uint64_t left = (when - tcx_clock_now()) / TCX_NS_PER_MS + 1;

		if (poll(&terminal, 1, (int)left) > 0)
			look(watch);
	}
}

static void run(struct watch *watch)
{
	const struct tcx_meanwhile meanwhile = {watch->terminal.fd, look, watch};

	if (watch->terminal.is_screen) {
		watch->peer->meanwhile = &meanwhile;
		show(watch);
	}
	while (!watch->end) {
		uint64_t next = tcx_clock_now() + watch->interval;

		read_again(watch);
		if (watch->end)
			break;
		show(watch);
		wait_until(watch, next);
	}
	watch->peer->meanwhile = NULL;
}

bool tcx_watch(struct tcx_peer *peer, double seconds, bool zeros,
	       const struct tcx_selection *selection, struct tcx_fault *fault)
{
	struct watch watch = {.peer = peer, .interval = (uint64_t)(seconds * TCX_NS_PER_S)};
	bool good;

	watch.answer.attempts = ATTEMPTS;
	watch.answer.rows_at_once = ROWS_AT_ONCE;
	watch.watched = (struct tcx_watched){
		.host = peer->host, .seconds = seconds, .zeros = zeros, .selection = selection};
	if (!tcx_terminal_begin(&watch.terminal, fault))
		return false;
	signal(SIGPIPE, SIG_IGN); /* of a stream to the host, which may end at any time */
	run(&watch);
	good = !ferror(stdout) ||
	       tcx_fault_set(fault, "standard output cannot be written: %s", strerror(errno));
	tcx_terminal_end(&watch.terminal);
	tcx_counters_clear(&watch.answer.counters);
	tcx_watched_clear(&watch.watched);
	signal(SIGPIPE, SIG_DFL);
	if (watch.terminal.ended_by != 0)
		raise(watch.terminal.ended_by);
	return good;
}
