/* SPDX-License-Identifier: BSD-2-Clause */
/* icmpMsgTable (16) and icmp6MsgTable (17): column 2 received, 3 sent, 4 the name; one row a type.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "mib/objects.h"
#include "tests/unit/fixture.h"
#include "tests/unit/serving.h"

struct scene {
	struct fixture fixture;
	struct serving serving;
};

static bool add_types(struct tcx_tree *tree)
{
	return serving_part(tree, "tcpext", "16.1") && serving_part(tree, "tcpext", "17.1");
}

static int open_scene(void **state)
{
	static struct scene scene;

	fixture_open(&scene.fixture);
	fixture_puts(&scene.fixture, "net/snmp",
		     "IcmpMsg: InType0 InType3 InType255 OutType3 InType256 InType07\n"
		     "IcmpMsg: 10 13 265 23 1 2\n"
		     "IcmpMsg: OutType8\nIcmpMsg: 18446744073709551615\n");
	fixture_puts(&scene.fixture, "net/snmp6", "Icmp6InType128 5\nIcmp6OutType0 6\n");
	serving_open(&scene.serving, scene.fixture.root, add_types);
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

static void get(void **state)
{
	static const struct {
		const char *name;
		const char *gives;
	} rows[] = {
		{"16.1.2.0", "Counter64 10"},
		{"16.1.2.3", "Counter64 13"},
		{"16.1.2.255", "Counter64 265"},
		{"16.1.3.3", "Counter64 23"},
		{"16.1.3.8", "Counter64 18446744073709551615"},
		{"17.1.2.128", "Counter64 5"},
		{"17.1.3.0", "Counter64 6"},
		{"16.1.2.1", "no instance"},
		{"16.1.2.7", "no instance"},
		{"16.1.2.256", "no instance"},
		{"16.1.2.511", "no instance"},
		{"16.1.3.0", "no instance"},
		{"16.1.2", "no instance"},
		{"16.1.2.3.0", "no instance"},
		{"16.1.2.4294967299", "no instance"},
		{"16.1.1.3", "no object"},
		{"16.1.4.0", "STRING Echo Reply"},
		{"16.1.4.3", "STRING Destination Unreachable"},
		{"16.1.4.8", "STRING Echo"},
		{"16.1.4.255", "STRING type 255"},
		{"17.1.4.0", "STRING type 0"},
		{"17.1.4.128", "STRING Echo Request"},
		{"16.1.4.5", "no instance"},
		{"16.1.4.256", "no instance"},
		{"17.1.4.8", "no instance"},
		{"16.1.5.3", "no object"},
		{"16.2.2.3", "no object"},
		{"17.1.2.3", "no instance"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(serving_get(&scene->serving, rows[i].name), rows[i].gives) != 0)
			fail_msg("%s: %s", rows[i].name,
				 serving_get(&scene->serving, rows[i].name));
}

static void next(void **state)
{
	static const struct {
		const char *name;
		const char *gives;
	} rows[] = {
		{"", "16.1.2.0 Counter64 10"},
		{"16.1.1", "16.1.2.0 Counter64 10"},
		{"16.1.2", "16.1.2.0 Counter64 10"},
		{"16.1.2.0", "16.1.2.3 Counter64 13"},
		{"16.1.2.0.5", "16.1.2.3 Counter64 13"},
		{"16.1.2.3", "16.1.2.255 Counter64 265"},
		{"16.1.2.254", "16.1.2.255 Counter64 265"},
		{"16.1.2.255", "16.1.3.3 Counter64 23"},
		{"16.1.2.256", "16.1.3.3 Counter64 23"},
		{"16.1.2.4294967295", "16.1.3.3 Counter64 23"},
		{"16.1.3.3", "16.1.3.8 Counter64 18446744073709551615"},
		{"16.1.3.8", "16.1.4.0 STRING Echo Reply"},
		{"16.1.4.0", "16.1.4.3 STRING Destination Unreachable"},
		{"16.1.4.8", "16.1.4.255 STRING type 255"},
		{"16.1.4.255", "17.1.2.128 Counter64 5"},
		{"17.1.2.128", "17.1.3.0 Counter64 6"},
		{"17.1.3.0", "17.1.4.0 STRING type 0"},
		{"17.1.4.0", "17.1.4.128 STRING Echo Request"},
		{"17.1.4.128", "end"},
		{"17.1.4.255", "end"},
	};
	struct scene *scene = *state;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(serving_next(&scene->serving, rows[i].name), rows[i].gives) != 0)
			fail_msg("%s: %s", rows[i].name,
				 serving_next(&scene->serving, rows[i].name));
}

static void nothing_fresh(void **state)
{
	struct scene *scene = *state;

	scene->serving.request.fresh = NULL;
	assert_string_equal(serving_get(&scene->serving, "16.1.2.3"), "no instance");
	assert_string_equal(serving_get(&scene->serving, "16.1.4.3"), "no instance");
	assert_string_equal(serving_next(&scene->serving, ""), "end");
}

/* All types that two pairs of lines hold. */
static void wrapped_lines(void **state)
{
	struct serving serving;
	char name[32] = "";
	size_t cells = 0;

	(void)state;
	serving_open(&serving, fixture_source("tests/fixtures/quirk-icmpmsg-wrapped"), add_types);
	for (const char *answer; strncmp(answer = serving_next(&serving, name), "16.1.4", 6) < 0;) {
		snprintf(name, sizeof(name), "%.*s", (int)strcspn(answer, " "), answer);
		cells++;
	}
	assert_int_equal(cells, 26);
	assert_string_equal(name, "16.1.3.255");
	serving_close(&serving);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_scene, close_scene)
		TEST(get),
		TEST(next),
		TEST(nothing_fresh),
#undef TEST
		cmocka_unit_test(wrapped_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
