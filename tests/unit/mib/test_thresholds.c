/* SPDX-License-Identifier: BSD-2-Clause */
/* healthCrossed (37) and thresholdTable (38), over states that were put together here. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "mib/objects.h"
#include "sample/states.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

struct scene {
	struct fixture fixture;
	struct serving serving;
};

/* Their sub-ids. */
static char *path(int arc, const char *rest)
{
	static char text[512];

	snprintf(text, sizeof(text), "%d.%s", arc, rest);
	return text;
}

static void add(struct tcx_states *states, const char *name, const char *label,
		struct tcx_state state)
{
	state.threshold = tcx_thresholds_find(states->thresholds, name);
	if (label != NULL)
		state.row = tcx_state_row_new("", 0, label, false);
	assert_non_null(tcx_states_add(states, &state));
	tcx_state_row_unref(state.row);
}

static struct tcx_states *make_states(void)
{
	static const struct tcx_threshold rows[] = {
		{.name = "b",
		 .object = "tcpListenQueue",
		 .measure = {.name = "tcpListenUse", .table = TCX_TABLE_TCP_LISTENERS},
		 .limit_text = "80.5",
		 .kind = TCX_THRESHOLD_PERCENT,
		 .severity = TCX_SEVERITY_INFO,
		 .scale = 100},
		{.name = "estab",
		 .object = "TcpCurrEstab",
		 .limit_text = "5K",
		 .kind = TCX_THRESHOLD_VALUE,
		 .severity = TCX_SEVERITY_CRITICAL,
		 .below = true,
		 .scale = 1},
	};
	struct tcx_thresholds *thresholds = tcx_thresholds_new();
	struct tcx_states *states;

	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(tcx_thresholds_put(thresholds, &rows[i]));
	states = tcx_states_new(thresholds, 4);
	tcx_thresholds_unref(thresholds);
	add(states, "b", NULL,
	    (struct tcx_state){.standing = TCX_NORMAL, .known = true, .value = 0});
	add(states, "b", "0.0.0.0:443",
	    (struct tcx_state){.standing = TCX_CROSSED,
			       .raised = true,
			       .known = true,
			       .value = 9999,
			       .crossed = 3,
			       .last.ns = 7 * TCX_NS_PER_S});
	add(states, "estab", NULL, (struct tcx_state){.standing = TCX_UNKNOWN, .value = 77});
	return states;
}

static int open_scene(void **state)
{
	static struct scene scene;

	fixture_open(&scene.fixture);
	fixture_puts(&scene.fixture, "net/snmp", "Tcp: CurrEstab\nTcp: 3\n");
	serving_open(&scene.serving, scene.fixture.root, serving_private);
	scene.serving.request.latest->states = make_states();
	scene.serving.request.uptime_zero_ns = 2 * TCX_NS_PER_S;
	*state = &scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	serving_close(&scene->serving);
	fixture_close(&scene->fixture);
	return 0;
}

/* In the order of the index: context, name, row, each behind its length. */
#define B     "0.1.98.0"
#define B_ROW "0.1.98.11.48.46.48.46.48.46.48.58.52.52.51"
#define ESTAB "0.5.101.115.116.97.98.0"

static const struct {
	int column;
	const char *b, *b_row, *estab;
} cells[] = {
	{4, "STRING b", "STRING b 0.0.0.0:443", "STRING estab"},
	{5, "STRING tcpListenQueue", "STRING tcpListenQueue", "STRING TcpCurrEstab"},
	{6, "INTEGER 4", "INTEGER 4", "INTEGER 1"},
	{7, "INTEGER 1", "INTEGER 1", "INTEGER 2"},
	{8, "STRING 80.5", "STRING 80.5", "STRING 5K"},
	{9, "INTEGER 2", "INTEGER 3", "INTEGER 1"},
	{10, "STRING 0", "STRING 99.99", "no instance"},
	{11, "Gauge32 0", "Gauge32 99", "no instance"},
	{12, "INTEGER 1", "INTEGER 1", "INTEGER 3"},
	{14, "Counter32 0", "Counter32 3", "Counter32 0"},
	{15, "no instance", "TimeTicks 500", "no instance"},
};

static void expect(const struct scene *scene, int column, const char *index, const char *value)
{
	char rest[256];

	snprintf(rest, sizeof(rest), "1.%d.%s", column, index);
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_thresholdTable, rest)),
			    value);
}

static void table(void **state)
{
	const struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(cells); i++) {
		expect(scene, cells[i].column, B, cells[i].b);
		expect(scene, cells[i].column, B_ROW, cells[i].b_row);
		expect(scene, cells[i].column, ESTAB, cells[i].estab);
	}
	expect(scene, 9, "0.1.99.0", "no instance");
}

/* A walk of a column goes from row to row. */
static void walk(void **state)
{
	static const char *const order[] = {"", B, B_ROW, ESTAB};
	const struct scene *scene = *state;
	char at[256], wanted[256];

	for (size_t i = 0; i + 1 < COUNT(order); i++) {
		snprintf(at, sizeof(at), "1.9%s%s", i > 0 ? "." : "", order[i]);
		snprintf(wanted, sizeof(wanted), "%d.1.9.%s ", TCX_ARC_thresholdTable,
			 order[i + 1]);
		assert_memory_equal(serving_next(&scene->serving, path(TCX_ARC_thresholdTable, at)),
				    wanted, strlen(wanted));
	}
}

static const char *scalar(const struct scene *scene, int i)
{
	char rest[16];

	snprintf(rest, sizeof(rest), "%d.0", i);
	return serving_get(&scene->serving, path(TCX_ARC_healthCrossed, rest));
}

static void scalars(void **state)
{
	struct scene *scene = *state;
	struct tcx_states *states = scene->serving.request.latest->states;

	assert_string_equal(scalar(scene, 1), "Gauge32 1");
	assert_string_equal(scalar(scene, 2), "STRING b 0.0.0.0:443");
	assert_string_equal(scalar(scene, 3), "INTEGER 1");
	states->items[2].raised = true; /* and unknown now */
	assert_string_equal(scalar(scene, 1), "Gauge32 2");
	assert_string_equal(scalar(scene, 2), "STRING estab");
	assert_string_equal(scalar(scene, 3), "INTEGER 3");
	states->items[1].raised = states->items[2].raised = false;
	assert_string_equal(scalar(scene, 1), "Gauge32 0");
	for (int i = 2; i <= 4; i++)
		assert_string_equal(scalar(scene, i), "no instance");
	scene->serving.request.latest->states = NULL; /* no thresholds are configured */
	for (int i = 1; i <= 4; i++)
		assert_string_equal(scalar(scene, i), "no instance");
	expect(scene, 9, B, "no instance");
	scene->serving.request.latest->states = states;
}

/* healthState of the value of a threshold, and of one that has none. */
static void health(void **state)
{
	struct scene *scene = *state;
	struct tcx_states *states = scene->serving.request.latest->states;
	struct tcx_threshold *items = states->thresholds->items;
	char cell[32];

	strcpy(items[0].object, "healthListenDrops");
	strcpy(items[1].object, "healthListenDrops");
	snprintf(cell, sizeof(cell), "1.5.%d", TCX_healthListenDrops + 1);
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_healthTable, cell)),
			    "INTEGER 4");
	states->items[1].standing = TCX_NORMAL;
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_healthTable, cell)),
			    "INTEGER 2"); /* one of its thresholds is unknown */
	states->items[2].standing = TCX_NORMAL;
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_healthTable, cell)),
			    "INTEGER 3");
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_healthTable, "1.5.1")),
			    "INTEGER 1");
	scene->serving.request.fresh = NULL;
	assert_string_equal(serving_get(&scene->serving, path(TCX_ARC_healthTable, cell)),
			    "INTEGER 2");
}

/* Once the snapshot is too old nothing is known any more. */
static void stale(void **state)
{
	struct scene *scene = *state;

	scene->serving.request.fresh = NULL;
	expect(scene, 9, B_ROW, "INTEGER 1");
	expect(scene, 10, B_ROW, "no instance");
	expect(scene, 14, B_ROW, "Counter32 3");
	assert_string_equal(scalar(scene, 1), "Gauge32 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(table), TEST(walk), TEST(scalars), TEST(health), TEST(stale),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
