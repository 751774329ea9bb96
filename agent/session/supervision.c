/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told, when, and what counts as alive: doc/decisions/watchdog.md. */
#include "session/supervision.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "sample/states.h"
#include "snmp/netsnmp.h"

/* How old a status may be. */
#define STATUS_NS (5 * TCX_NS_PER_S)

/* The parts of the watchdog's time after which the loop says that it lives, and a reading is late.
 */
#define BEATS	 4
#define LATENESS 2

/* As late is a reading where there is no watchdog. */
#define LATE_NS (30 * TCX_NS_PER_S)

/* How many waits for the master may follow each other, in which the loop is silent. */
#define WAITS 4

#define NS_PER_US 1000

/* What is looked at once, and told of. */
struct view {
	struct tcx_collector_status status;
	struct tcx_snapshot *snapshot; /* with a reference; or NULL */
	bool late;		       /* a reading of the counters should have ended long ago */
};

static uint64_t beat_ns(const struct tcx_supervision *supervision)
{
	uint64_t beat = supervision->watchdog_ns > 0 ? supervision->watchdog_ns / BEATS : STATUS_NS;

	return tcx_clock_later(tcx_clock_earlier(beat, STATUS_NS), TCX_NS_PER_MS);
}

/* The loop is awake: that is all. */
static void on_beat(unsigned int alarm, void *arg)
{
	(void)alarm;
	(void)arg;
}

void tcx_supervision_begin(struct tcx_supervision *supervision, const struct tcx_agentx *agentx,
			   const struct tcx_reading *reading)
{
	struct timeval beat;

	*supervision = (struct tcx_supervision){.agentx = agentx, .reading = reading};
	tcx_service_manager_find(&supervision->manager);
	supervision->watchdog_ns = supervision->manager.watchdog_ns;
	beat = (struct timeval){
		.tv_sec = (time_t)(beat_ns(supervision) / TCX_NS_PER_S),
		.tv_usec = (suseconds_t)(beat_ns(supervision) % TCX_NS_PER_S / NS_PER_US)};
	if (supervision->manager.fd >= 0)
		snmp_alarm_register_hr(beat, SA_REPEAT, on_beat, NULL);
}

void tcx_supervision_allow(struct tcx_supervision *supervision, uint64_t wait_ns)
{
	uint64_t wanted = supervision->manager.watchdog_ns;
	uint64_t allowed = wanted > 0 ? tcx_clock_later(wanted, WAITS * wait_ns) : 0;

	if (allowed != supervision->watchdog_ns &&
	    tcx_service_manager_tell(&supervision->manager, "WATCHDOG_USEC=%" PRIu64,
				     allowed / NS_PER_US))
		supervision->watchdog_ns = allowed;
}

static bool is_late(const struct tcx_supervision *supervision,
		    const struct tcx_collector_status *status, uint64_t now)
{
	uint64_t patience =
		supervision->watchdog_ns > 0 ? supervision->watchdog_ns / LATENESS : LATE_NS;

	return now > status->due_ns + patience;
}

/* --- The status --------------------------------------------------------------------------------*/

static void count_sources(const struct view *view, size_t *good, size_t *bad)
{
	*good = *bad = 0;
	for (size_t i = 0; i < TCX_SOURCES; i++) {
		if ((view->status.out & 1U << i) != 0)
			++*bad;
		else
			*good += view->status.sources[i].state == TCX_SOURCE_GOOD;
	}
}

static size_t count_rows(struct tcx_tables *tables)
{
	size_t rows = 0;

	for (size_t id = 0; tables != NULL && id < TCX_TABLES; id++) {
		struct tcx_table *table = tcx_tables_peek(tables, id);

		rows += table != NULL ? table->count : 0;
		tcx_table_unref(table);
	}
	return rows;
}

static size_t count_counters(const struct tcx_snapshot *snapshot)
{
	return snapshot != NULL ? tcx_snapshot_count(snapshot, true, 0) +
					  tcx_snapshot_count(snapshot, false, 0)
				: 0;
}

static const char *worst_of(const struct tcx_snapshot *snapshot)
{
	const struct tcx_states *states = snapshot != NULL ? snapshot->states : NULL;
	const struct tcx_state *worst = states != NULL ? tcx_states_worst(states) : NULL;

	return worst != NULL ? worst->threshold->name : "none";
}

static const char *connection_of(const struct tcx_supervision *supervision)
{
	if (supervision->agentx == NULL)
		return "serves managers";
	return supervision->agentx->session != NULL ? "connected to snmpd" : "waits for snmpd";
}

static void describe(const struct tcx_supervision *supervision, const struct view *view,
		     char text[TCX_STATUS_SIZE])
{
	size_t good, bad;

	count_sources(view, &good, &bad);
	snprintf(text, TCX_STATUS_SIZE,
		 "%s; %s: %zu of %zu files, %zu counters; %zu rows of tables; worst threshold "
		 "crossed: %s",
		 connection_of(supervision), view->late ? "a reading does not end" : "reads", good,
		 good + bad, count_counters(view->snapshot),
		 count_rows(supervision->reading->tables), worst_of(view->snapshot));
}

/* --- What is told ------------------------------------------------------------------------------*/

static void tell_status(struct tcx_supervision *supervision, const struct view *view, bool ready)
{
	char text[TCX_STATUS_SIZE];

	describe(supervision, view, text);
	if (ready == supervision->ready && strcmp(text, supervision->status) == 0)
		return;
	if (!tcx_service_manager_tell(&supervision->manager, "%sSTATUS=%s",
				      ready && !supervision->ready ? "READY=1\n" : "", text))
		return;
	strcpy(supervision->status, text);
	supervision->ready = ready;
}

void tcx_supervision_run(struct tcx_supervision *supervision, bool busy)
{
	uint64_t now = tcx_clock_now();
	struct view view;

	if (supervision->manager.fd < 0 || (supervision->ready && now < supervision->due_ns))
		return;
	view.snapshot = tcx_collector_latest(supervision->reading->collector, &view.status);
	view.late = is_late(supervision, &view.status, now);
	tell_status(supervision, &view, supervision->ready || (!busy && view.status.reads > 0));
	tcx_collector_status_clear(&view.status);
	tcx_snapshot_unref(view.snapshot);
	if (supervision->watchdog_ns > 0 && !view.late)
		tcx_service_manager_tell(&supervision->manager, "WATCHDOG=1");
	supervision->due_ns = now + beat_ns(supervision) / 2;
}

void tcx_supervision_reloading(struct tcx_supervision *supervision)
{
	struct timespec now;

	supervision->ready = false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	tcx_service_manager_tell(&supervision->manager, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
				 tcx_clock_ns(&now) / NS_PER_US);
}

void tcx_supervision_end(struct tcx_supervision *supervision, const struct tcx_fault *fault)
{
	tcx_service_manager_tell(&supervision->manager, "STOPPING=1\nSTATUS=%s",
				 fault != NULL ? fault->text : "");
	tcx_service_manager_close(&supervision->manager);
}
