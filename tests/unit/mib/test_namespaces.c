/* SPDX-License-Identifier: BSD-2-Clause */
/* namespaceTable (40), over namespaces that were put together here. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "collect/namespace_rows.h"
#include "mib/objects.h"
#include "sample/states.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

#define NAMED 7
#define FOUND 4026532000 /* by a process that may not be traced */

struct scene {
	struct fixture fixture;
	struct serving serving;
	struct tcx_namespace namespaces[2];
};

static void set_growth(struct tcx_snapshot *snapshot, enum tcx_counter counter, uint64_t growth)
{
	snapshot->minute->of[snapshot->layout->slot[counter]] = growth;
}

static struct tcx_states *make_states(void)
{
	const struct tcx_threshold threshold = {.name = "drops", .severity = TCX_SEVERITY_WARNING};
	struct tcx_thresholds *thresholds = tcx_thresholds_new();
	struct tcx_states *states;

	assert_true(tcx_thresholds_put(thresholds, &threshold));
	states = tcx_states_new(thresholds, 1);
	assert_non_null(
		tcx_states_add(states, &(struct tcx_state){.threshold = &thresholds->items[0],
							   .standing = TCX_CROSSED,
							   .raised = true}));
	tcx_thresholds_unref(thresholds);
	return states;
}

static int open_scene(void **state)
{
	static struct scene scene;
	struct tcx_request *request = &scene.serving.request;
	struct tcx_namespace_rows *rows;
	struct tcx_snapshot *latest;

	fixture_open(&scene.fixture);
	fixture_puts(&scene.fixture, "net/snmp",
		     "Tcp: RetransSegs\nTcp: 9\nUdp: RcvbufErrors\nUdp: 9\n");
	fixture_puts(&scene.fixture, "net/netstat", "TcpExt: ListenDrops\nTcpExt: 9\n");
	serving_open(&scene.serving, scene.fixture.root, serving_private);
	latest = request->latest;
	latest->minute = tcx_numbers_new(latest->layout->count);
	set_growth(latest, TCX_TcpExtListenDrops, 3);
	set_growth(latest, TCX_UdpRcvbufErrors, 5000000000);
	set_growth(latest, TCX_TcpRetransSegs, TCX_NO_NUMBER);
	latest->states = make_states();
	latest->taken_ns = request->now_ns = 100 * TCX_NS_PER_S;
	request->now_ns += 250 * TCX_NS_PER_MS;
	latest->cost_ns = 123456;
	scene.namespaces[0] = (struct tcx_namespace){
		.name = "bl\xffue", .kind = TCX_NAMESPACE_NAMED, .context = "blue-01234567"};
	scene.namespaces[0].id.inode = NAMED;
	scene.namespaces[1] =
		(struct tcx_namespace){.name = "web", .kind = TCX_NAMESPACE_DOCKER, .processes = 3};
	scene.namespaces[1].id.hidden = true;
	rows = calloc(1, sizeof(*rows) + 2 * sizeof(rows->all[0]));
	rows->count = 2;
	rows->all[0] = (struct tcx_namespace_row){NAMED, &scene.namespaces[0], latest};
	rows->all[1] = (struct tcx_namespace_row){FOUND, &scene.namespaces[1], NULL};
	request->rows = rows;
	*state = &scene;
	return 0;
}

static int close_scene(void **state)
{
	struct scene *scene = *state;

	free(scene->serving.request.rows);
	serving_close(&scene->serving);
	fixture_close(&scene->fixture);
	return 0;
}

static void expect(const struct scene *scene, int column, uint32_t index, const char *value)
{
	char name[64];

	snprintf(name, sizeof(name), "%d.1.%d.%u", TCX_ARC_namespaceTable, column,
		 (unsigned int)index);
	assert_string_equal(serving_get(&scene->serving, name), value);
}

#define NONE "no instance"

static const struct {
	int column;
	const char *named, *found;
} cells[] = {
	{2, "STRING blue-01234567", "STRING "},
	{3, "STRING bl\\xffue", "STRING web"},
	{4, "INTEGER 1", "INTEGER 3"},
	{5, "Gauge32 7", NONE},
	{6, NONE, "Gauge32 3"},
	{8, "Gauge32 250", NONE},
	{9, "Gauge32 123", NONE},
	{10, "Gauge32 1", NONE},
	{11, "STRING drops", NONE},
	{12, "INTEGER 3", NONE},
	{13, "INTEGER 2", NONE},
	{14, "Gauge32 3", NONE},
	{15, "Gauge32 4294967295", NONE},
	{16, NONE, NONE},
};

static void table(void **state)
{
	for (size_t i = 0; i < COUNT(cells); i++) {
		expect(*state, cells[i].column, NAMED, cells[i].named);
		expect(*state, cells[i].column, FOUND, cells[i].found);
	}
	expect(*state, 2, NAMED + 1, NONE);
}

/* Of what is too old growth is not known, nor is whether it is crossed still. */
static void too_old(void **state)
{
	struct scene *scene = *state;

	scene->serving.request.oldest_ns = scene->serving.request.now_ns;
	expect(scene, 12, NAMED, "INTEGER 1");
	expect(scene, 14, NAMED, NONE);
	expect(scene, 8, NAMED, "Gauge32 250");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(table),
		TEST(too_old),
#undef TEST
	};

	return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
