/* SPDX-License-Identifier: BSD-2-Clause */
/* Which namespaces are served, and as which contexts. They are made here, which needs root. */
#include "tests/unit/test.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/namespace_rows.h"
#include "collect/namespaces.h"
#include "tests/unit/fixture.h"
#include "tests/unit/names.h"

#define TIMEOUT_S 30

static struct fixture fixture;
static char folder[sizeof(fixture.root) + sizeof("/names")];
static struct tcx_pool *pool;
static struct tcx_events *events;
static struct tcx_namespaces *namespaces;
static struct tcx_namespaces_settings settings;

static int start(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "names/no-namespace", "");
	snprintf(folder, sizeof(folder), "%s/names", fixture.root);
	settings = (struct tcx_namespaces_settings){
		.folder = folder,
		.names = {"*"},
		.counters = {.sources = {.interval_ns = TCX_NS_PER_S},
			     .derive = {.interval_ns = TCX_NS_PER_S,
					.rate_ns = TCX_NS_PER_S,
					.window_ns = TCX_NS_PER_S},
			     .max_age_ns = 10 * TCX_NS_PER_S},
		.tables = {.interval_ns = TCX_NS_PER_S, .max_rows = 100, .lazy = true},
		.limit = 100,
	};
	pool = tcx_pool_new(2, &fault);
	events = tcx_events_new(&fault);
	assert_true(pool != NULL && events != NULL);
	return 0;
}

static int stop(void **state)
{
	static const char *const all[] = {"a", "b", "c"};

	(void)state;
	tcx_namespaces_stop(namespaces);
	tcx_events_unref(events);
	tcx_pool_stop(pool);
	for (size_t i = 0; i < COUNT(all); i++)
		names_remove(folder, all[i]);
	fixture_close(&fixture);
	return 0;
}

static void serve(void)
{
	namespaces = tcx_namespaces_start(pool, events, &settings, NULL);
	assert_non_null(namespaces);
}

/* "a=a b=b ": names and their contexts. */
static void print_contexts(char text[256])
{
	struct tcx_namespace_list *list = tcx_namespaces_latest(namespaces);

	text[0] = '\0';
	for (size_t i = 0; i < list->count; i++)
		sprintf(text + strlen(text), "%s=%s ", list->all[i]->name, list->all[i]->context);
	tcx_namespace_list_unref(list);
}

static void expect(const char *wanted)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	char found[256];

	do {
		poll(NULL, 0, 5);
		print_contexts(found);
	} while (strcmp(found, wanted) != 0 && tcx_clock_now() < deadline);
	assert_string_equal(found, wanted);
}

static uint32_t inode_of(const char *name)
{
	char path[sizeof(folder) + 16];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(stat(path, &status), 0);
	return (uint32_t)status.st_ino;
}

static void come_and_go(void **state)
{
	(void)state;
	names_make(folder, "b");
	serve();
	expect("b=b ");
	names_make(folder, "a");
	expect("a=a b=b ");
	names_remove(folder, "b");
	expect("a=a ");
}

/* What has two names is served once, and goes on under the other when the first is gone. */
static void not_twice(void **state)
{
	(void)state;
	names_make(folder, "a");
	names_join(folder, "a", "b");
	names_make(folder, "c");
	settings.own = inode_of("c");
	serve();
	expect("a=a ");
	names_remove(folder, "a");
	expect("b=b ");
}

/* Patterns change, and what is served with them. */
static void patterns(void **state)
{
	(void)state;
	names_make(folder, "a");
	names_make(folder, "b");
	settings.names = (struct tcx_list){"b"};
	serve();
	expect("b=b ");
	settings.names = (struct tcx_list){""};
	tcx_namespaces_set(namespaces, &settings);
	expect("");
	settings.names = (struct tcx_list){"a c"};
	tcx_namespaces_set(namespaces, &settings);
	expect("a=a ");
}

/* Of what is logged, the first line that has this; the others are dropped. */
static void expect_line(const char *part)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	struct tcx_event event;
	char line[PATH_MAX];

	while (tcx_clock_now() < deadline) {
		if (!tcx_events_next(events, &event)) {
			poll(NULL, 0, 5);
			continue;
		}
		snprintf(line, sizeof(line), event.format, event.name, event.cause.text);
		if (strstr(line, part) != NULL)
			return;
	}
	fail_msg("no line with: %s", part);
}

/* A symbolic link counts as what it leads to. */
static void links(void **state)
{
	char a[sizeof(folder) + 16], b[sizeof(folder) + 16];

	(void)state;
	snprintf(a, sizeof(a), "%s/elsewhere", fixture.root);
	snprintf(b, sizeof(b), "%s/b", folder);
	names_make(fixture.root, "elsewhere");
	assert_int_equal(symlink(a, b), 0);
	serve();
	expect("b=b ");
	names_make(folder, "a");
	expect("a=a b=b ");
	unlink(b);
	expect("a=a ");
	assert_int_equal(symlink("a", b), 0);
	expect_line("namespace b is that of a");
	expect("a=a ");
	names_remove(fixture.root, "elsewhere");
}

/* Beyond the limit there is no context, until a new master has had no other names. */
static void limit(void **state)
{
	(void)state;
	names_make(folder, "a");
	settings.limit = 1;
	serve();
	expect("a=a ");
	names_make(folder, "b");
	expect("a=a b= ");
	expect_line("namespace b is not served as a context: 1 names have been in use");
	names_remove(folder, "a");
	expect("b= ");
	tcx_namespaces_forget_names(namespaces);
	expect("b=b ");
	expect_line("namespace b has a context now");
}

/* One that is made anew is another one to whoever has seen the first. */
static void made_again(void **state)
{
	struct tcx_namespace_list *list;
	struct tcx_namespace *first;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	bool same = true;

	(void)state;
	names_make(folder, "a");
	serve();
	expect("a=a ");
	list = tcx_namespaces_latest(namespaces);
	first = tcx_namespace_ref(list->all[0]);
	tcx_namespace_list_unref(list);
	names_make(folder, "a");
	while (same && tcx_clock_now() < deadline) {
		list = tcx_namespaces_latest(namespaces);
		same = list->count == 0 || list->all[0] == first;
		tcx_namespace_list_unref(list);
	}
	assert_false(same);
	tcx_namespace_unref(first);
	expect("a=a ");
}

/* Rows are in the order of their index, each with its newest snapshot. */
static void rows(void **state)
{
	struct tcx_namespace_rows *rows = NULL;
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	bool read = false;

	(void)state;
	names_make(folder, "b");
	names_make(folder, "a");
	serve();
	expect("a=a b=b ");
	while (!read && tcx_clock_now() < deadline) {
		tcx_namespace_rows_free(rows);
		rows = tcx_namespace_rows_new(namespaces);
		read = rows->all[0].latest != NULL && rows->all[1].latest != NULL;
	}
	assert_true(read);
	assert_int_equal(rows->count, 2);
	assert_true(rows->all[0].index < rows->all[1].index);
	for (size_t i = 0; i < rows->count; i++)
		assert_int_equal(rows->all[i].index, inode_of(rows->all[i].namespace->name));
	assert_ptr_not_equal(rows->all[0].latest, rows->all[1].latest);
	tcx_namespace_rows_free(rows);
	tcx_namespace_rows_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
		TEST(come_and_go), TEST(not_twice), TEST(patterns), TEST(limit),
		TEST(made_again),  TEST(rows),	    TEST(links),
#undef TEST
	};

	if (!names_begin()) {
		printf("needs root, to mount namespaces\n");
		return 77;
	}
	return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
