/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each allocation of a start and of readings fails once: nothing is shown that was not read, what
 * fails says so, and as soon as there is memory again all is as it would have been.
 */
#include "tests/unit/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "collect/reading.h"
#include "kernel/layouts.h"
#include "sample/states.h"
#include "tests/unit/fixture.h"
#include "tests/unit/no_memory.h"
#include "tests/unit/reading.h"

#define TIMEOUT_S 30
#define NEVER	  (3600 * TCX_NS_PER_S)
#define STEPS	  COUNT(texts)

/* What files have at each step: names come and go, a line of a processor goes, one cannot be read.
 */
static const struct {
	const char *snmp, *netstat, *softnet;
} texts[] = {
	{"Tcp: InSegs OutSegs\nTcp: 1 2\n", "TcpExt: ListenDrops\nTcpExt: 3\n",
	 "00000004 00000000 00000000\n00000005 00000000 00000000\n"},
	{"Tcp: InSegs OutSegs\nTcp: 11 12\n", "TcpExt: ListenDrops\nTcpExt: 13\n",
	 "00000014 00000000 00000000\n00000015 00000000 00000000\n"},
	{"Icmp: InMsgs\nIcmp: 20\nTcp: InSegs OutSegs\nTcp: 21 22\n",
	 "TcpExt: New ListenDrops\nTcpExt: 29 23\n",
	 "00000024 00000000 00000000\n00000025 00000000 00000000\n"},
	{"Tcp: InSegs OutSegs\nTcp: 31 32\n", "TcpExt: ListenDrops\nTcpExt:\n",
	 "00000034 00000000 00000000\n00000035 00000000 00000000\n"},
	{"Tcp: InSegs OutSegs\nTcp: 41 42\n", "TcpExt: New ListenDrops\nTcpExt: 49 43\n",
	 "00000044 00000000 00000000\n"},
};

static char *wanted[STEPS]; /* what each has by itself, with memory */
static struct fixture fixture;

static void put(size_t step)
{
	fixture_puts(&fixture, "net/snmp", texts[step].snmp);
	fixture_puts(&fixture, "net/netstat", texts[step].netstat);
	fixture_puts(&fixture, "net/softnet_stat", texts[step].softnet);
}

/* All values that were read at a step are those of the step. */
static void check_values(const struct tcx_snapshot *snapshot, size_t step)
{
	char *found = reading_text_since(snapshot, snapshot->taken_ns), *rest = found;
	const char *word;

	while ((word = strsep(&rest, " ")) != NULL)
		if (strstr(wanted[step], word) == NULL)
			fail_msg("step %zu has %s, not of %s", step, word, wanted[step]);
	free(found);
}

/* It is crossed from the second step on. */
static struct tcx_thresholds *make_thresholds(void)
{
	static const struct tcx_threshold one = {.name = "in",
						 .object = "TcpInSegs",
						 .kind = TCX_THRESHOLD_VALUE,
						 .scale = 1,
						 .limit = 5,
						 .clear = 5};
	struct tcx_thresholds *thresholds = tcx_thresholds_new();

	assert_true(thresholds != NULL && tcx_thresholds_put(thresholds, &one));
	return thresholds;
}

struct scene {
	struct tcx_events *events;
	struct tcx_netns *netns;
	struct tcx_layouts *layouts; /* or NULL */
	struct tcx_thresholds *thresholds;
	int home;
};

static struct tcx_collector *make_collector(const struct scene *scene, struct tcx_fault *fault)
{
	const struct tcx_collector_settings settings = {
		.sources = {.interval_ns = TCX_NS_PER_S},
		.derive = {.interval_ns = TCX_NS_PER_S,
			   .rate_ns = TCX_NS_PER_S,
			   .window_ns = TCX_NS_PER_MS},
		.max_age_ns = NEVER,
		.thresholds = scene->thresholds,
	};

	return tcx_collector_new(scene->events, scene->netns, scene->layouts, &settings, 0, fault);
}

/* Reads one step, and looks at what is published, if anything is. */
static void read_step(struct scene *scene, struct tcx_collector *collector, size_t step)
{
	struct tcx_snapshot *before = tcx_collector_latest(collector, NULL), *after;

	put(step);
	tcx_collector_run(collector, &scene->home);
	after = tcx_collector_latest(collector, NULL);
	if (after != NULL && after != before)
		check_values(after, step);
	tcx_snapshot_unref(before);
	tcx_snapshot_unref(after);
}

/* A reading later all is there. */
static void check_recovery(struct scene *scene, struct tcx_collector *collector)
{
	struct tcx_collector_status status;
	struct tcx_snapshot *snapshot;
	char *text;

	for (int i = 0; i < 2; i++)
		tcx_collector_run(collector, &scene->home);
	snapshot = tcx_collector_latest(collector, &status);
	text = reading_text_since(snapshot, snapshot->taken_ns);
	assert_string_equal(text, wanted[STEPS - 1]);
	assert_int_equal(status.out, 0);
	assert_true(snapshot->since != NULL && snapshot->rates != NULL);
	assert_int_equal(tcx_states_find(snapshot->states, "in")->standing, TCX_CROSSED);
	free(text);
	tcx_collector_status_clear(&status);
	tcx_snapshot_unref(snapshot);
}

static void learn(struct scene *scene)
{
	struct tcx_collector *collector = make_collector(scene, NULL);

	assert_non_null(collector);
	for (size_t i = 0; i < STEPS; i++) {
		struct tcx_snapshot *snapshot;

		put(i);
		tcx_collector_run(collector, &scene->home);
		snapshot = tcx_collector_latest(collector, NULL);
		wanted[i] = reading_text_since(snapshot, snapshot->taken_ns);
		tcx_snapshot_unref(snapshot);
	}
	tcx_collector_stop(collector);
}

/* One life of a collector, in which one allocation fails. */
static void live(struct scene *scene)
{
	struct tcx_fault fault = {""};
	struct tcx_collector *collector = make_collector(scene, &fault);

	if (collector == NULL) {
		assert_true(no_memory_stop());
		assert_string_equal(fault.text, "out of memory");
		return;
	}
	for (size_t i = 0; i < STEPS; i++)
		read_step(scene, collector, i);
	no_memory_stop();
	check_recovery(scene, collector);
	tcx_collector_stop(collector);
}

static void readings(struct tcx_layouts *layouts)
{
	struct scene scene = {.layouts = layouts, .home = -1};
	unsigned int at = 0;

	put(0);
	scene.events = tcx_events_new(NULL);
	scene.netns = fixture_netns(fixture.root);
	scene.thresholds = make_thresholds();
	learn(&scene);
	while (no_memory_next(&at))
		live(&scene);
	assert_true(at > 100);
	for (size_t i = 0; i < STEPS; i++)
		free(wanted[i]);
	tcx_thresholds_unref(scene.thresholds);
	tcx_netns_unref(scene.netns);
	tcx_events_unref(scene.events);
}

static void alone(void **state)
{
	(void)state;
	readings(NULL);
}

/* As in other namespaces. */
static void shared(void **state)
{
	struct tcx_layouts *layouts = tcx_layouts_new(NULL);

	(void)state;
	readings(layouts);
	tcx_layouts_unref(layouts);
}

static int log_nothing(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int log_nothing(int priority, const char *format, ...)
{
	(void)priority;
	(void)format;
	return 0;
}

/* A thread that ends may close what it has a moment later. */
static void wait_descriptors(size_t count)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	while (fixture_descriptors() != count && tcx_clock_now() < deadline)
		usleep(1000);
	assert_int_equal(fixture_descriptors(), count);
}

/* What starts all of it either has all, or says why and leaves nothing open. */
static void start(void **state)
{
	const struct tcx_reading_settings settings = {
		.proc_root = "/proc",
		.counters = {.sources = {.interval_ns = NEVER}, .derive = {.interval_ns = NEVER}},
		.tables = {.interval_ns = NEVER,
			   .refresh_ns = NEVER,
			   .idle_ns = NEVER,
			   .max_rows = 10},
		.max_age_ns = NEVER,
		.names = {"none-of-this-name"},
		.processes = {"none-of-this-name"},
		.limit = 1,
	};
	size_t before = fixture_descriptors();
	unsigned int at = 0;

	(void)state;
	while (no_memory_next(&at)) {
		struct tcx_reading reading = {.log = log_nothing};
		struct tcx_fault fault = {""};
		bool started = tcx_reading_set(&reading, &settings, &fault);
		bool failed = no_memory_stop();

		if (!started)
			assert_true(failed && fault.text[0] != '\0');
		else
			assert_true(reading.collector != NULL && reading.tables != NULL &&
				    reading.namespaces != NULL && reading.finder != NULL);
		tcx_reading_stop(&reading);
		wait_descriptors(before);
	}
	assert_true(at > 10);
}

static int open_fixture(void **state)
{
	(void)state;
	fixture_open(&fixture);
	return 0;
}

static int close_fixture(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(alone, open_fixture, close_fixture),
		cmocka_unit_test_setup_teardown(shared, open_fixture, close_fixture),
		cmocka_unit_test(start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
