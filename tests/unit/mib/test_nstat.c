/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nstatTable (2): every name that the kernel prints once, known or not, in the order of its index.
 *
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mib/objects.h"
#include "sample/rates.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

struct scene {
	struct fixture fixture;
	struct serving serving;
};

static bool add_nstat(struct tcx_tree *tree)
{
	return serving_part(tree, "tcpext", "2.1");
}

static int open_scene(void **state)
{
	static struct scene scene;

	fixture_open(&scene.fixture);
	fixture_puts(&scene.fixture, "net/snmp",
		     "Ip: Forwarding ReasmTimeout\nIp: 1 7\n"
		     "IcmpMsg: OutType3\nIcmpMsg: 8\n"
		     "Tcp: MaxConn CurrEstab InSegs InSegs\nTcp: -1 3 4 4\n"
		     "Udp: InDatagrams\nUdp: 18446744073709551615\n"
		     "Z: a b\nZ: 5 6\n");
	fixture_puts(&scene.fixture, "net/snmp6", "Icmp6InType128 9\n");
	fixture_puts(&scene.fixture, "net/sockstat", "TCP: mem 4294967296\n");
	fixture_puts(&scene.fixture, "sys/net/ipv4/ipfrag_time", "30\n");
	fixture_puts(&scene.fixture, "net/sctp/snmp", "SctpCurrEstab 2\n");
	serving_open(&scene.serving, scene.fixture.root, add_nstat);
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

/* "2.1.COLUMN" and the index of a name: its length, then its characters. */
static const char *cell(int column, const char *name)
{
	static char text[512];
	size_t used = (size_t)snprintf(text, sizeof(text), "2.1.%d.%zu", column, strlen(name));

	for (; *name != '\0'; name++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, ".%d",
					 (unsigned char)*name);
	return text;
}

/*
 * In the order of the table. 2^32 is whole here, whatever a Gauge32 makes
 * of it. object: "+" stands for the root of LINUX-TCPEXT-MIB's objects.
 */
static const struct {
	const char *name;
	const char *value;
	const char *kind;
	const char *object;
	int position;
} rows[] = {
	{"Za", "Counter64 5", "INTEGER 4", "OID 0.0", 8},
	{"Zb", "Counter64 6", "INTEGER 4", "OID 0.0", 9},
	{"TcpMaxConn", "Counter64 18446744073709551615", "INTEGER 3", "OID 1.3.6.1.2.1.6.4.0", 5},
	{"IpForwarding", "Counter64 1", "INTEGER 3", "OID 1.3.6.1.2.1.4.1.0", 2},
	{"TcpCurrEstab", "Counter64 3", "INTEGER 2", "OID 1.3.6.1.2.1.6.9.0", 6},
	{"SctpCurrEstab", "Counter64 2", "INTEGER 2", "+21.1.0", 1},
	{"Icmp6InType128", "Counter64 9", "INTEGER 1", "+17.1.2.128", 10},
	{"IpReasmTimeout", "Counter64 7", "INTEGER 1", "+3.1.0", 3},
	{"SockstatTcpMem", "Counter64 4294967296", "INTEGER 2", "+15.6.0", 11},
	{"UdpInDatagrams", "Counter64 18446744073709551615", "INTEGER 1", "OID 0.0", 7},
	{"IcmpMsgOutType3", "Counter64 8", "INTEGER 1", "+16.1.3.3", 4},
};

/* "+3.1.0" is an object of LINUX-TCPEXT-MIB, wherever its root is. */
static const char *object_of(const char *object)
{
	static const oid root[] = {TCX_OBJECTS_ROOT};
	static char text[256];
	struct tcx_value value;

	if (object[0] != '+')
		return object;
	tcx_value_oid(&value, root, COUNT(root));
	snprintf(text, sizeof(text), "%s.%s", serving_value(&value), object + 1);
	return text;
}

static void cells(void **state)
{
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *expected = object_of(rows[i].object);
		char text[128];

		assert_string_equal(serving_get(&scene->serving, cell(2, rows[i].name)),
				    rows[i].value);
		assert_string_equal(serving_get(&scene->serving, cell(3, rows[i].name)),
				    rows[i].kind);
		assert_string_equal(serving_get(&scene->serving, cell(4, rows[i].name)), expected);
		snprintf(text, sizeof(text), "Gauge32 %d", rows[i].position);
		assert_string_equal(serving_get(&scene->serving, cell(7, rows[i].name)), text);
		snprintf(text, sizeof(text), "STRING %s", rows[i].name);
		assert_string_equal(serving_get(&scene->serving, cell(8, rows[i].name)), text);
	}
}

/* Settings alone have one, and -1 is -1. */
static void integers(void **state)
{
	struct scene *scene = *state;

	assert_string_equal(serving_get(&scene->serving, cell(6, "TcpMaxConn")), "INTEGER -1");
	assert_string_equal(serving_get(&scene->serving, cell(6, "IpForwarding")), "INTEGER 1");
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(strcmp(serving_get(&scene->serving, cell(6, rows[i].name)),
					"no instance") == 0,
				 strcmp(rows[i].kind, "INTEGER 3") != 0);
}

static void descriptions(void **state)
{
	struct scene *scene = *state;
	const char *text = serving_get(&scene->serving, cell(5, "TcpMaxConn"));

	assert_string_equal(text + strlen("STRING "), tcx_catalogue_row(TCX_TcpMaxConn)->text);
	assert_string_equal(serving_get(&scene->serving, cell(5, "Za")), "STRING ");
}

/* What was derived of a counter: its mean rate, and what it grew by in a minute. */
static const struct {
	const char *name;
	double rate;
	uint64_t growth;
	const char *rate_is, *rate32_is, *growth_is;
} derived[] = {
	{"Za", 0, 0, "Counter64 0", "Gauge32 0", "Counter64 0"},
	{"Zb", 1.2346, 7, "Counter64 1235", "Gauge32 1", "Counter64 7"},
	{"IcmpMsgOutType3", 0.5, 1, "Counter64 500", "Gauge32 1", "Counter64 1"},
	{"Icmp6InType128", 0.0004, TCX_NO_NUMBER, "Counter64 0", "Gauge32 0", "no instance"},
	{"IpReasmTimeout", 1.25e10, 750000000000, "Counter64 12500000000000", "Gauge32 4294967295",
	 "Counter64 750000000000"},
	{"UdpInDatagrams", 1e19, INT64_MAX, "Counter64 18446744073709551615", "Gauge32 4294967295",
	 "Counter64 9223372036854775807"},
};

#define MINUTE_NS (60 * TCX_NS_PER_S)

/* Hangs that at the snapshot; each counter has been one for this long. */
static void hang(struct tcx_snapshot *snapshot, uint64_t since_ns)
{
	size_t count = snapshot->layout->count;
	uint64_t began_ns = snapshot->taken_ns - since_ns;

	snapshot->since = tcx_numbers_new(count);
	snapshot->minute = tcx_numbers_new(count);
	snapshot->rates = calloc(1, sizeof(*snapshot->rates) + count * sizeof(double));
	snapshot->rates->time_ns = MINUTE_NS;
	snapshot->rates->count = count;
	memset(snapshot->since->of, 0xff, count * sizeof(uint64_t));
	memset(snapshot->minute->of, 0xff, count * sizeof(uint64_t));
	for (size_t i = 0; i < COUNT(derived); i++) {
		const char *name = derived[i].name;
		int32_t at = tcx_layout_find(snapshot->layout, name, strlen(name));

		snapshot->since->of[at] = began_ns;
		snapshot->minute->of[at] = derived[i].growth;
		snapshot->rates->mean[at] = derived[i].rate;
	}
}

static void rates_and_growth(void **state)
{
	struct scene *scene = *state;

	hang(scene->serving.request.latest, MINUTE_NS);
	for (size_t i = 0; i < COUNT(derived); i++) {
		const char *name = derived[i].name;

		assert_string_equal(serving_get(&scene->serving, cell(9, name)),
				    derived[i].rate_is);
		assert_string_equal(serving_get(&scene->serving, cell(10, name)),
				    derived[i].rate32_is);
		assert_string_equal(serving_get(&scene->serving, cell(11, name)),
				    derived[i].growth_is);
	}
	for (int column = 9; column <= 11; column++)
		assert_string_equal(serving_get(&scene->serving, cell(column, "TcpCurrEstab")),
				    "no instance");
	scene->serving.request.oldest_ns = scene->serving.request.latest->taken_ns + 1;
	for (int column = 9; column <= 11; column++) /* they are as old as the value */
		assert_string_equal(serving_get(&scene->serving, cell(column, "Za")),
				    "no instance");
}

static void no_rate_before_its_time(void **state)
{
	struct scene *scene = *state;

	hang(scene->serving.request.latest, MINUTE_NS - 1);
	assert_string_equal(serving_get(&scene->serving, cell(9, "Za")), "no instance");
	assert_string_equal(serving_get(&scene->serving, cell(10, "Za")), "no instance");
	assert_string_equal(serving_get(&scene->serving, cell(11, "Za")), "Counter64 0");
}

/* Column by column, each in the order of the rows. Nothing has been derived yet. */
static void walk(void **state)
{
	struct scene *scene = *state;
	char name[512] = "";

	for (int column = 2; column <= 8; column++) {
		for (size_t i = 0; i < COUNT(rows); i++) {
			const char *answer;

			if (column == 6 && strcmp(rows[i].kind, "INTEGER 3") != 0)
				continue;
			answer = serving_next(&scene->serving, name);
			snprintf(name, sizeof(name), "%.*s", (int)strcspn(answer, " "), answer);
			assert_string_equal(name, cell(column, rows[i].name));
		}
	}
	assert_string_equal(serving_next(&scene->serving, name), "end");
}

/* Names that are not there: printed twice, a setting, no counter at all. */
static void no_rows(void **state)
{
	static const char *const names[] = {
		"TcpInSegs", "SysctlIpfragTime", "IcmpMsgOutType", "TcpOutSegs", "", "Z", "Zab",
		"zA"};
	static const char *const others[] = {
		"2.1.2",	  "2.1.2.2",	   "2.1.2.2.90",
		"2.1.2.3.90.97",  "2.1.2.1.90.97", "2.1.2.2.90.97.0",
		"2.1.2.2.90.353", "2.1.2.90.97",   "2.1.2.4294967298.90.97"};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(names); i++)
		assert_string_equal(serving_get(&scene->serving, cell(2, names[i])), "no instance");
	for (size_t i = 0; i < COUNT(others); i++)
		assert_string_equal(serving_get(&scene->serving, others[i]), "no instance");
	assert_string_equal(serving_get(&scene->serving, cell(1, "Za")), "no object");
	assert_string_equal(serving_get(&scene->serving, cell(12, "Za")), "no object");
}

/* From an index that no row has to the row behind it. */
static void next(void **state)
{
	static const struct {
		const char *name;
		size_t row; /* of the table above */
	} names[] = {
		{"2.1.2", 0},	      {"2.1.2.0", 0},	      {"2.1.2.1.255", 0},
		{"2.1.2.2", 0},	      {"2.1.2.2.90", 0},      {"2.1.2.2.90.96", 0},
		{"2.1.2.2.90.97", 1}, {"2.1.2.2.90.97.0", 1}, {"2.1.2.2.90.98", 2},
		{"2.1.2.2.91", 2},    {"2.1.2.10", 2},	      {"2.1.2.11", 3},
		{"2.1.2.12.74", 4},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(names); i++) {
		const char *answer = serving_next(&scene->serving, names[i].name);
		const char *expected = cell(2, rows[names[i].row].name);

		if (strncmp(answer, expected, strlen(expected)) != 0)
			fail_msg("%s: %s", names[i].name, answer);
	}
	assert_string_equal(serving_next(&scene->serving, "2.1.8.99"), "end");
	assert_string_equal(serving_next(&scene->serving, "2.1.11"), "end");
}

static void nothing_fresh(void **state)
{
	struct scene *scene = *state;

	scene->serving.request.fresh = NULL;
	for (int column = 2; column <= 8; column++)
		assert_string_equal(serving_get(&scene->serving, cell(column, "TcpMaxConn")),
				    "no instance");
	assert_string_equal(serving_next(&scene->serving, ""), "end");
}

/* An object of the MIB that a row names has the row's value; the root is cut off its OID. */
static void compare_object(const struct serving *private, const struct tcx_value *object,
			   uint64_t expected)
{
	static const oid root[] = {TCX_OBJECTS_ROOT};
	const oid *name = object->data;
	size_t len = object->len / sizeof(oid);
	struct tcx_value value;

	if (len <= COUNT(root) || snmp_oid_compare(name, COUNT(root), root, COUNT(root)) != 0)
		return;
	assert_int_equal(tcx_tree_get(&private->tree, &private->request, name + COUNT(root),
				      len - COUNT(root), &value),
			 TCX_FOUND);
	assert_int_equal(strtoull(strchr(serving_value(&value), ' '), NULL, 10), expected);
}

/* On every kernel: a row per name, and the objects that the rows name are theirs. */
static void all_rows(void **state)
{
	struct serving private;
	const struct tcx_layout *layout;

	(void)state;
	serving_open(&private, fixture_source("tests/fixtures/quirk-future"), serving_private);
	layout = private.request.fresh->layout;
	assert_int_equal(layout->by_name_count, layout->count - 1); /* the sysctl */
	for (size_t i = 0; i < layout->by_name_count; i++) {
		size_t k = layout->by_name[i];
		oid ids[MAX_OID_LEN];
		struct tcx_value object;

		assert_int_equal(tcx_tree_get(&private.tree, &private.request, ids,
					      serving_parse(cell(4, layout->entries[k].name), ids),
					      &object),
				 TCX_FOUND);
		compare_object(&private, &object, private.request.fresh->values[k]);
	}
	serving_close(&private);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(cells),
		TEST(integers),
		TEST(descriptions),
		TEST(rates_and_growth),
		TEST(no_rate_before_its_time),
		TEST(walk),
		TEST(no_rows),
		TEST(next),
		TEST(nothing_fresh),
#undef TEST
		cmocka_unit_test(all_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
