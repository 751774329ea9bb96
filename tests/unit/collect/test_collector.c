/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The collector: what it publishes, what it keeps when a read fails, and what it reports. Its timer
 * is set so far away that it reads when the test says so.
 */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "collect/tables.h"
#include "kernel/read_table.h"
#include "sample/states.h"
#include "tests/unit/fixture.h"
#include "tests/unit/reading.h"

#define NEVER (3600 * TCX_NS_PER_S)

static const struct tcx_collector_settings never = {.sources = {.interval_ns = NEVER},
						    .derive = {.interval_ns = NEVER}};
static const struct tcx_collector_settings each_ms = {.sources = {.interval_ns = TCX_NS_PER_MS},
						      .derive = {.interval_ns = TCX_NS_PER_MS}};
#define TIMEOUT_S 30 /* how long a thread may take that has nothing else to do */

#define GOOD  "Tcp: InSegs OutSegs\nTcp: 1 2\n"
#define WRONG "Tcp: InSegs OutSegs\nTcp: 1\n"

struct scene {
	struct fixture fixture;
	struct tcx_pool *pool;
	struct tcx_events *events;
	struct tcx_collector *collector;
	uint64_t sequence; /* of the last snapshot, and failures: both as last seen */
	uint64_t failures;
};

static void look(struct scene *scene, uint64_t *sequence, uint64_t *failures)
{
	struct tcx_collector_status status;
	struct tcx_snapshot *snapshot = tcx_collector_latest(scene->collector, &status);

	*sequence = snapshot != NULL ? snapshot->sequence : 0;
	*failures = status.failures;
	tcx_collector_status_clear(&status);
	tcx_snapshot_unref(snapshot);
}

/* Waits until one more read has ended. */
static void wait_for_read(struct scene *scene)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	uint64_t before = scene->sequence + scene->failures;

	do {
		look(scene, &scene->sequence, &scene->failures);
		if (scene->sequence + scene->failures > before)
			return;
		usleep(1000);
	} while (tcx_clock_now() < deadline);
	fail_msg("no read in %d s", TIMEOUT_S);
}

/* A new interval has the collector read at once. */
static void read_again(struct scene *scene, const char *text)
{
	if (text != NULL)
		fixture_puts(&scene->fixture, "net/snmp", text);
	tcx_collector_set(scene->collector, &never);
	wait_for_read(scene);
}

static void start(struct scene *scene, const char *text)
{
	struct tcx_netns *netns = fixture_netns(scene->fixture.root);
	struct tcx_fault fault = {""};

	if (text != NULL)
		fixture_puts(&scene->fixture, "net/snmp", text);
	scene->collector = tcx_collector_start(scene->pool, scene->events, netns, &never, &fault);
	tcx_netns_unref(netns);
	if (scene->collector == NULL)
		fail_msg("%s", fault.text);
	tcx_collector_wait_first(scene->collector, TIMEOUT_S * 1000);
	wait_for_read(scene);
}

static int open_scene(void **state)
{
	static struct scene scene;

	memset(&scene, 0, sizeof(scene));
	fixture_open(&scene.fixture);
	scene.pool = tcx_pool_new(2, NULL);
	scene.events = tcx_events_new(NULL);
	*state = &scene;
	return scene.pool != NULL && scene.events != NULL ? 0 : -1;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	tcx_collector_stop(scene->collector);
	tcx_pool_stop(scene->pool);
	tcx_events_unref(scene->events);
	fixture_close(&scene->fixture);
	return 0;
}

static void expect_values(struct scene *scene, const char *gives)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(scene->collector, NULL);
	char *text;

	assert_non_null(snapshot);
	text = reading_text(snapshot);
	assert_string_equal(text, gives);
	free(text);
	tcx_snapshot_unref(snapshot);
}

/* A snapshot is published just before what is to be told of it. */
static bool event_waits(const struct scene *scene, int timeout_ms)
{
	struct pollfd fd = {.fd = tcx_events_fd(scene->events), .events = POLLIN};

	return poll(&fd, 1, timeout_ms) == 1;
}

/* The line that is to be logged. */
static const char *line_of(const struct tcx_event *event)
{
	static char line[2 * TCX_FAULT_SIZE];

	snprintf(line, sizeof(line), event->format, event->name, event->cause.text, 7.0);
	return line;
}

/* A failure with this cause in it; NULL: that reading works again. */
static void expect_event(struct scene *scene, const char *cause)
{
	struct tcx_event event;

	assert_true(event_waits(scene, TIMEOUT_S * 1000));
	assert_true(tcx_events_next(scene->events, &event));
	assert_int_equal(event.priority, cause != NULL ? LOG_WARNING : LOG_NOTICE);
	if (strstr(line_of(&event), cause != NULL ? cause : "can be read again") == NULL)
		fail_msg("'%s' is not in '%s'", cause, line_of(&event));
}

static void expect_no_event(struct scene *scene)
{
	struct tcx_event event;

	assert_false(tcx_events_next(scene->events, &event));
	assert_false(event_waits(scene, 0));
}

static void expect_sources(struct scene *scene, enum tcx_source_state snmp,
			   enum tcx_source_state snmp6)
{
	struct tcx_collector_status status;

	tcx_snapshot_unref(tcx_collector_latest(scene->collector, &status));
	assert_int_equal(status.sources[TCX_SOURCE_SNMP].state, snmp);
	assert_int_equal(status.sources[TCX_SOURCE_SNMP6].state, snmp6);
	assert_int_equal(status.out, snmp == TCX_SOURCE_FAILED ? 1U << TCX_SOURCE_SNMP : 0);
	tcx_collector_status_clear(&status);
}

static void publishes(void **state)
{
	struct scene *scene = *state;

	start(scene, GOOD);
	assert_int_equal(scene->sequence, 1);
	expect_values(scene, "TcpInSegs=1 TcpOutSegs=2");
	expect_sources(scene, TCX_SOURCE_GOOD, TCX_SOURCE_ABSENT);
	read_again(scene, "Tcp: InSegs OutSegs\nTcp: 3 4\n");
	assert_int_equal(scene->sequence, 2);
	expect_values(scene, "TcpInSegs=3 TcpOutSegs=4");
	assert_int_equal(scene->failures, 0);
	expect_no_event(scene);
}

/* Whether the first counter counts since the newest snapshot, or an earlier one. */
static bool begins_now(struct scene *scene)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(scene->collector, NULL);
	bool now = tcx_snapshot_since(snapshot, 0) == snapshot->taken_ns;

	tcx_snapshot_unref(snapshot);
	return now;
}

/* What is derived is so from the last one that was published, whatever failed between them. */
static void derived_is_published(void **state)
{
	struct scene *scene = *state;

	start(scene, GOOD);
	assert_true(begins_now(scene));
	read_again(scene, WRONG);
	read_again(scene, "Tcp: InSegs OutSegs\nTcp: 8 2\n");
	assert_false(begins_now(scene));
	read_again(scene, "Tcp: InErrs InSegs\nTcp: 5 9\n");
	assert_true(begins_now(scene)); /* it is new */
	read_again(scene, NULL);
	assert_false(begins_now(scene));
	read_again(scene, WRONG);
	read_again(scene, "Tcp: InErrs InSegs\nTcp: 5 8\n");
	assert_true(begins_now(scene));
}

/* The standing of the threshold of TcpInSegs in the newest snapshot; 0: there is none. */
static int standing(struct scene *scene)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(scene->collector, NULL);
	const struct tcx_state *state = tcx_states_find(snapshot->states, "in");
	int now = state != NULL ? (int)state->standing : 0;

	tcx_snapshot_unref(snapshot);
	return now;
}

static struct tcx_thresholds *watch_in_segs(uint64_t limit)
{
	const struct tcx_threshold threshold = {.name = "in",
						.object = "TcpInSegs",
						.kind = TCX_THRESHOLD_VALUE,
						.scale = 1,
						.limit = limit,
						.clear = limit};
	struct tcx_thresholds *thresholds = tcx_thresholds_new();

	assert_true(tcx_thresholds_put(thresholds, &threshold));
	return thresholds;
}

static void read_with(struct scene *scene, const struct tcx_collector_settings *settings,
		      const char *text)
{
	fixture_puts(&scene->fixture, "net/snmp", text);
	tcx_collector_set(scene->collector, settings);
	wait_for_read(scene);
}

/* The loop is woken when there is something to tell, and only then. */
static void expect_woken(struct scene *scene)
{
	assert_true(event_waits(scene, TIMEOUT_S * 1000));
	expect_no_event(scene);
}

static void thresholds(void **state)
{
	struct scene *scene = *state;
	struct tcx_collector_settings settings = never;

	start(scene, "Tcp: InSegs\nTcp: 9\n");
	assert_int_equal(standing(scene), 0);
	settings.thresholds = watch_in_segs(5);
	settings.max_age_ns = NEVER;
	read_with(scene, &settings, "Tcp: InSegs\nTcp: 5\n");
	assert_int_equal(standing(scene), TCX_NORMAL);
	expect_no_event(scene);
	read_with(scene, &settings, "Tcp: InSegs\nTcp: 6\n");
	assert_int_equal(standing(scene), TCX_CROSSED);
	expect_woken(scene);
	read_with(scene, &settings, "Tcp: OutSegs InSegs\nTcp: 1 7\n");
	assert_int_equal(standing(scene), TCX_CROSSED);
	expect_no_event(scene);
	read_with(scene, &settings, "Tcp: OutSegs\nTcp: 1\n");
	assert_int_equal(standing(scene), TCX_UNKNOWN);
	expect_no_event(scene);
	tcx_thresholds_unref(settings.thresholds); /* the collector has its own reference */
	settings.thresholds = NULL;
	read_with(scene, &settings, "Tcp: InSegs\nTcp: 9\n");
	assert_int_equal(standing(scene), 0); /* it is gone, while it was crossed */
	expect_woken(scene);
}

/* --- A threshold of a number that is made of a table -------------------------------------------*/

#define TABLE TCX_TABLE_IP_ROUTES

static void *begin_measuring(const struct tcx_observed *observed)
{
	return (void *)observed;
}

static void end_measuring(void *reading)
{
	(void)reading;
}

static bool count_rows(void *reading, const struct tcx_measure *measure, uint64_t *value)
{
	(void)measure;
	*value = ((const struct tcx_observed *)reading)->tables[TABLE]->count;
	return true;
}

static bool read_two_rows(struct tcx_table *table, struct tcx_netns_reader *reader,
			  struct tcx_fault *fault)
{
	(void)reader;
	return tcx_table_append(table, "a", fault) && tcx_table_append(table, "b", fault);
}

static const struct tcx_measuring measuring = {
	.begin = begin_measuring, .end = end_measuring, .number = count_rows};
static const struct tcx_table_reader two_rows = {{.row_size = 1, .key_size = 1},
						 .read = read_two_rows};
static const struct tcx_survey of_two_rows = {{[TABLE] = &two_rows}};

static struct tcx_thresholds *watch_rows(void)
{
	const struct tcx_threshold threshold = {
		.name = "in",
		.object = "rows",
		.measure = {.name = "rows", .table = TCX_TABLES, .tables = 1U << TABLE, .scale = 1},
		.kind = TCX_THRESHOLD_VALUE,
		.scale = 1,
		.limit = 1,
		.clear = 1};
	struct tcx_thresholds *thresholds = tcx_thresholds_new();

	thresholds->measuring = &measuring;
	assert_true(tcx_thresholds_put(thresholds, &threshold));
	return thresholds;
}

static struct tcx_tables *start_tables(struct scene *scene)
{
	const struct tcx_tables_settings settings = {.interval_ns = NEVER,
						     .refresh_ns = NEVER,
						     .idle_ns = NEVER,
						     .max_rows = 100,
						     .lazy = true,
						     .watched = 1U << TABLE};
	struct tcx_netns *netns = fixture_netns("/proc");
	struct tcx_tables *tables = tcx_tables_start(scene->pool, scene->events, netns,
						     &of_two_rows, 1, &settings, NULL);

	assert_non_null(tables);
	tcx_netns_unref(netns);
	return tables;
}

/* It stands as the table does once that has been read. */
static void thresholds_of_a_table(void **state)
{
	struct scene *scene = *state;
	struct tcx_collector_settings settings = never;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	start(scene, GOOD);
	settings.thresholds = watch_rows();
	settings.max_age_ns = NEVER;
	settings.table_interval_ns = NEVER;
	settings.tables = start_tables(scene);
	do
		read_with(scene, &settings, GOOD);
	while (standing(scene) == TCX_UNKNOWN && tcx_clock_now() < deadline);
	assert_int_equal(standing(scene), TCX_CROSSED);
	tcx_tables_stop(settings.tables);
	tcx_thresholds_unref(settings.thresholds);
}

/* Who holds a snapshot keeps it as it was, past the collector's end. */
static void snapshots_stay(void **state)
{
	struct scene *scene = *state;
	struct tcx_snapshot *first;
	char *text;

	start(scene, GOOD);
	first = tcx_collector_latest(scene->collector, NULL);
	read_again(scene, "Tcp: InSegs OutSegs\nTcp: 3 4\n");
	tcx_collector_stop(scene->collector);
	scene->collector = NULL;
	text = reading_text(first);
	assert_string_equal(text, "TcpInSegs=1 TcpOutSegs=2");
	assert_int_equal(first->sequence, 1);
	free(text);
	tcx_snapshot_unref(first);
}

static void last_good_one_stays(void **state)
{
	struct scene *scene = *state;
	struct tcx_collector_status status;
	struct tcx_snapshot *before, *after;

	start(scene, GOOD);
	before = tcx_collector_latest(scene->collector, NULL);
	read_again(scene, WRONG);
	after = tcx_collector_latest(scene->collector, NULL);
	assert_ptr_equal(before, after);
	tcx_snapshot_unref(before);
	tcx_snapshot_unref(after);
	expect_values(scene, "TcpInSegs=1 TcpOutSegs=2");
	tcx_snapshot_unref(tcx_collector_latest(scene->collector, &status));
	assert_int_equal(status.failures, 1);
	assert_non_null(
		strstr(tcx_cause_text(status.last_failure), "/net/snmp: Tcp: it has fewer values"));
	tcx_collector_status_clear(&status);
	expect_event(scene, "/net/snmp: Tcp: it has fewer values");
	expect_no_event(scene);
}

static void recovery(void **state)
{
	struct scene *scene = *state;
	struct tcx_collector_status status;

	start(scene, GOOD);
	read_again(scene, WRONG);
	expect_event(scene, "fewer values");
	read_again(scene, "Tcp: InSegs OutSegs\nTcp: 5 6\n");
	expect_event(scene, NULL);
	expect_no_event(scene);
	assert_int_equal(scene->sequence, 2);
	expect_values(scene, "TcpInSegs=5 TcpOutSegs=6");
	tcx_snapshot_unref(tcx_collector_latest(scene->collector, &status));
	assert_int_equal(status.failures, 1);
	assert_non_null(strstr(tcx_cause_text(status.last_failure), "fewer values")); /* kept */
	tcx_collector_status_clear(&status);
	read_again(scene, NULL);
	expect_no_event(scene); /* that it works is said once */
}

/* Each outage of a file is one event when it begins and one when it ends, whatever its causes. */
static void two_events_per_outage(void **state)
{
	struct scene *scene = *state;

	start(scene, GOOD);
	read_again(scene, WRONG);
	read_again(scene, NULL);
	read_again(scene, NULL);
	expect_event(scene, "fewer values");
	expect_no_event(scene);
	read_again(scene, "");
	expect_no_event(scene);
	read_again(scene, GOOD);
	expect_event(scene, NULL);
	read_again(scene, WRONG); /* the same cause, but another outage */
	expect_event(scene, "fewer values");
	read_again(scene, GOOD);
	expect_event(scene, NULL);
	expect_no_event(scene);
	assert_int_equal(scene->failures, 5);
	assert_int_equal(scene->sequence, 3);
}

/* A file that fails in ever new ways: each is counted, and it is one outage. */
static void many_causes(void **state)
{
	struct scene *scene = *state;
	struct tcx_event event;
	int events = 0;

	start(scene, GOOD);
	for (int i = 0; i < 100; i++) {
		char text[64] = "Tcp: A\nTcp: x\n";

		text[5] = (char)('A' + i % 26);
		text[0] = (char)('A' + i / 26);
		text[7] = text[0];
		read_again(scene, text);
		while (tcx_events_next(scene->events, &event))
			events++;
	}
	assert_int_equal(scene->failures, 100);
	assert_int_equal(events, 1);
}

/* Events that nobody fetches do not pile up. */
static void nobody_listens(void **state)
{
	struct scene *scene = *state;
	struct tcx_event event;
	int events = 0;

	start(scene, GOOD);
	for (int i = 0; i < 80; i++) {
		char text[64] = "Tcp: A\nTcp: x\n";

		text[5] = (char)('A' + i % 26);
		text[0] = (char)('A' + i / 26);
		text[7] = text[0];
		read_again(scene, text);
		read_again(scene, GOOD);
	}
	assert_int_equal(scene->failures, 80);
	while (tcx_events_next(scene->events, &event)) {
		assert_int_equal(event.priority == LOG_WARNING,
				 events % 2 == 0); /* none is lost between others */
		events++;
	}
	assert_in_range(events, 2, 160);
	assert_int_equal(events % 2, 0);
	expect_no_event(scene);
	read_again(scene, WRONG);
	expect_event(scene, "fewer values");
}

/* The outages of two files are two. */
static void each_file(void **state)
{
	struct scene *scene = *state;

	fixture_puts(&scene->fixture, "net/snmp6", "Udp6NoPorts 1\n");
	start(scene, GOOD);
	expect_sources(scene, TCX_SOURCE_GOOD, TCX_SOURCE_GOOD);
	read_again(scene, WRONG);
	expect_sources(scene, TCX_SOURCE_FAILED, TCX_SOURCE_GOOD);
	expect_event(scene, "/net/snmp: Tcp: it has fewer");
	fixture_puts(&scene->fixture, "net/snmp6", "Udp6NoPorts\n");
	read_again(scene, NULL);
	expect_event(scene, "/net/snmp6: the value of Udp6NoPorts");
	expect_no_event(scene); /* that of the other file lasts */
	read_again(scene, GOOD);
	expect_event(scene, NULL);
	expect_no_event(scene);
	fixture_puts(&scene->fixture, "net/snmp6", "Udp6NoPorts 2\n");
	read_again(scene, NULL);
	expect_event(scene, NULL);
	expect_no_event(scene);
	expect_values(scene, "TcpInSegs=1 TcpOutSegs=2 Udp6NoPorts=2");
}

/* Whether a file is still at its path is looked at once a second. */
static void read_until_event(struct scene *scene)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	do
		read_again(scene, NULL);
	while (!event_waits(scene, 0) && tcx_clock_now() < deadline);
}

/* Which files are out; where all are, those that have been there. */
static void expect_out(struct scene *scene, uint32_t out)
{
	struct tcx_collector_status status;

	tcx_snapshot_unref(tcx_collector_latest(scene->collector, &status));
	assert_int_equal(status.out, out);
	tcx_collector_status_clear(&status);
}

/* A file that goes by itself is an outage of its own; where all go that is one outage of all. */
static void files_go(void **state)
{
	struct scene *scene = *state;

	fixture_puts(&scene->fixture, "net/netstat", "TcpExt: A\nTcpExt: 1\n");
	start(scene, GOOD);
	fixture_remove(&scene->fixture, "net/netstat");
	read_until_event(scene);
	expect_event(scene, "/net/netstat is there no more");
	expect_out(scene, 1U << TCX_SOURCE_NETSTAT);
	read_again(scene, NULL);
	expect_no_event(scene);
	fixture_remove(&scene->fixture, "net/snmp");
	read_until_event(scene);
	expect_event(scene, "/net/snmp: neither this file nor its kin exist");
	expect_no_event(scene);
	expect_out(scene, 1U << TCX_SOURCE_SNMP | 1U << TCX_SOURCE_NETSTAT);
	fixture_puts(&scene->fixture, "net/netstat", "TcpExt: A\nTcpExt: 1\n");
	read_again(scene, GOOD);
	expect_event(scene, NULL);
	expect_event(scene, NULL);
	expect_no_event(scene);
}

static void nothing_at_first(void **state)
{
	struct scene *scene = *state;

	start(scene, NULL);
	assert_null(tcx_collector_latest(scene->collector, NULL));
	assert_int_equal(scene->failures, 1);
	expect_event(scene, "/net/snmp: neither this file nor its kin exist");
	read_again(scene, GOOD);
	expect_event(scene, NULL);
	assert_int_equal(scene->sequence, 1);
	expect_values(scene, "TcpInSegs=1 TcpOutSegs=2");
}

/* A snapshot's discontinuity, as the time of the snapshot that brought it. */
static uint64_t discontinuity(struct scene *scene, bool *is_own)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(scene->collector, NULL);
	uint64_t when = snapshot->discontinuity_ns;

	*is_own = when == snapshot->taken_ns;
	tcx_snapshot_unref(snapshot);
	return when;
}

static void discontinuities(void **state)
{
	static const struct {
		const char *text;
		bool back;
	} moves[] = {
		{"Tcp: CurrEstab InSegs\nTcp: 9 9\n", false},
		{"Tcp: CurrEstab InSegs\nTcp: 1 9\n", false}, /* a gauge may */
		{"Tcp: CurrEstab InSegs\nTcp: 1 8\n", true},
		{"Tcp: CurrEstab InSegs\nTcp: 1 8\n", false},
		{"Tcp: CurrEstab\nTcp: 1\n", false},
		{"Tcp: CurrEstab InSegs\nTcp: 1 9\n", false},
		{"Tcp: InSegs CurrEstab\nTcp: 3 1\n", true}, /* with other names at once */
	};
	struct scene *scene = *state;
	uint64_t last, now;
	bool is_own;

	start(scene, "Tcp: CurrEstab InSegs\nTcp: 5 5\n");
	last = discontinuity(scene, &is_own);
	assert_true(is_own);
	for (size_t i = 0; i < COUNT(moves); i++) {
		read_again(scene, moves[i].text);
		now = discontinuity(scene, &is_own);
		if (is_own != moves[i].back || (now != last) != moves[i].back)
			fail_msg("move %zu", i);
		last = now;
	}
}

/* What a failed read hides from sight is compared with what came before it. */
static void back_behind_a_failure(void **state)
{
	struct scene *scene = *state;
	bool is_own;

	start(scene, "Tcp: InSegs\nTcp: 5\n");
	read_again(scene, WRONG);
	read_again(scene, "Tcp: InSegs\nTcp: 4\n");
	discontinuity(scene, &is_own);
	assert_true(is_own);
}

/* The first message of an ICMP type makes a new column. */
static void names_change(void **state)
{
	struct scene *scene = *state;
	struct tcx_snapshot *before, *after;
	uint64_t value;

	start(scene, "Icmp: InMsgs\nIcmp: 0\nTcp: InSegs\nTcp: 7\n");
	before = tcx_collector_latest(scene->collector, NULL);
	read_again(scene, "Icmp: InMsgs\nIcmp: 1\nIcmpMsg: InType3\nIcmpMsg: 1\n"
			  "Tcp: InSegs\nTcp: 8\n");
	after = tcx_collector_latest(scene->collector, NULL);
	assert_false(tcx_snapshot_get_type(before, TCX_ICMP_COLUMN_IcmpMsgInType, 3, 0, &value));
	assert_true(tcx_snapshot_get_type(after, TCX_ICMP_COLUMN_IcmpMsgInType, 3, 0, &value));
	assert_int_equal(value, 1);
	assert_true(tcx_snapshot_get(before, TCX_TcpInSegs, 0, &value));
	assert_int_equal(value, 7);
	assert_true(tcx_snapshot_get(after, TCX_TcpInSegs, 0, &value));
	assert_int_equal(value, 8);
	assert_int_equal(after->discontinuity_ns, before->discontinuity_ns);
	assert_int_equal(scene->failures, 0);
	expect_no_event(scene);
	tcx_snapshot_unref(before);
	tcx_snapshot_unref(after);
}

/* With a short interval it goes on by itself. */
static void interval(void **state)
{
	struct scene *scene = *state;

	start(scene, GOOD);
	tcx_collector_set(scene->collector, &each_ms);
	for (int i = 0; i < 5; i++)
		wait_for_read(scene);
	assert_true(scene->sequence >= 6);
}

/*
 * When it is read next: from its beginning whole intervals, but not so soon that it would be read
 * twice. part: of an interval, in tenths, that is over when it is read.
 */
static void expect_due(struct scene *scene, uint64_t part)
{
	static const struct tcx_collector_settings ten = {
		.sources = {.interval_ns = 10 * TCX_NS_PER_S}};
	const uint64_t interval = ten.sources.interval_ns;
	struct tcx_netns *netns = fixture_netns(scene->fixture.root);
	struct tcx_collector_status status;
	uint64_t began, due, read_from;
	int home = -1;

	scene->collector =
		tcx_collector_new(scene->events, netns, NULL, &ten, part * TCX_NS_PER_S, NULL);
	tcx_netns_unref(netns);
	assert_non_null(scene->collector);
	tcx_snapshot_unref(tcx_collector_latest(scene->collector, &status));
	began = status.due_ns - part * TCX_NS_PER_S;
	read_from = tcx_clock_now();
	due = tcx_collector_run(scene->collector, &home);
	assert_int_equal((due - began) % interval, 0);
	assert_in_range(due, read_from + interval / 2, tcx_clock_now() + interval * 3 / 2);
	tcx_collector_status_clear(&status);
	tcx_collector_stop(scene->collector);
	scene->collector = NULL;
}

static void when_due(void **state)
{
	fixture_puts(&((struct scene *)*state)->fixture, "net/snmp", GOOD);
	for (uint64_t part = 0; part < 25; part++)
		expect_due(*state, part);
}

/* Readers and the collector at the same time, ends in the middle of it, nothing left over. */
static void starts_and_stops(void **state)
{
	struct scene *scene = *state;
	size_t before = fixture_descriptors();
	struct tcx_fault fault = {""};

	fixture_puts(&scene->fixture, "net/snmp", GOOD);
	for (int i = 0; i < 20; i++) {
		struct tcx_netns *netns = fixture_netns(scene->fixture.root);
		struct tcx_pool *pool = tcx_pool_new(2, &fault);
		struct tcx_collector *collector =
			tcx_collector_start(pool, scene->events, netns, &each_ms, &fault);

		tcx_netns_unref(netns);
		assert_non_null(collector);
		for (int k = 0; k < 1000; k++)
			tcx_snapshot_unref(tcx_collector_latest(collector, NULL));
		tcx_collector_stop(collector);
		tcx_pool_stop(pool);
	}
	assert_int_equal(fixture_descriptors(), before);
	tcx_collector_stop(NULL);
}

/* A process in a namespace of its own, which ends when the collector opens the third file. */
static pid_t other;
static int opened;

int __real_openat(int folder, const char *path, int flags, ...);
int __wrap_openat(int folder, const char *path, int flags, ...);

/* Linked with -Wl,--wrap=openat. */
int __wrap_openat(int folder, const char *path, int flags, ...)
{
	mode_t mode;
	va_list rest;

	va_start(rest, flags);
	mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
	va_end(rest);
	if (opened > 0 && --opened == 0) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
	return __real_openat(folder, path, flags, mode);
}

static pid_t start_elsewhere(void)
{
	int fds[2];
	char ready = 0;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		ready = unshare(CLONE_NEWNET) == 0;
		(void)!write(fds[1], &ready, 1);
		for (;;)
			pause();
	}
	assert_int_equal(read(fds[0], &ready, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return ready ? child : 0;
}

/* Of a namespace that goes while it is read no file is told to be there no more. */
static void goes_while_read(void **state)
{
	struct scene *scene = *state;
	struct tcx_fault fault = {""};
	struct tcx_netns *netns;
	char root[64];
	int home = -1;

	other = start_elsewhere();
	if (other == 0)
		skip();
	snprintf(root, sizeof(root), "/proc/%ld", (long)other);
	netns = fixture_netns(root);
	scene->collector = tcx_collector_new(scene->events, netns, NULL, &never, 0, &fault);
	assert_non_null(scene->collector);
	tcx_collector_run(scene->collector, &home);
	opened = 3;
	tcx_collector_run(scene->collector, &home);
	assert_int_equal(opened, 0);
	assert_true(tcx_netns_is_gone(netns));
	expect_no_event(scene);
	tcx_netns_return(&home);
	tcx_netns_unref(netns);
}

/* What was not fetched before it was stopped is not reported, nor what it finds afterwards. */
static void stopped_reports_nothing(void **state)
{
	struct scene *scene = *state;
	struct tcx_event event;

	start(scene, WRONG);
	assert_true(event_waits(scene, TIMEOUT_S * 1000));
	tcx_collector_stop(scene->collector);
	scene->collector = NULL;
	assert_false(tcx_events_next(scene->events, &event));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(publishes),
		TEST(derived_is_published),
		TEST(thresholds),
		TEST(thresholds_of_a_table),
		TEST(snapshots_stay),
		TEST(last_good_one_stays),
		TEST(recovery),
		TEST(two_events_per_outage),
		TEST(many_causes),
		TEST(nobody_listens),
		TEST(each_file),
		TEST(files_go),
		TEST(goes_while_read),
		TEST(nothing_at_first),
		TEST(discontinuities),
		TEST(back_behind_a_failure),
		TEST(names_change),
		TEST(interval),
		TEST(when_due),
		TEST(starts_and_stops),
		TEST(stopped_reports_nothing),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
