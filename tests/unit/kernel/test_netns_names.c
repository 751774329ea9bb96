/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files of a folder are names of network namespaces. They are made here, which needs root. */
#include "tests/unit/test.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns_names.h"
#include "tests/unit/fixture.h"
#include "tests/unit/names.h"

static struct fixture fixture;
static char folder[sizeof(fixture.root) + sizeof("/names")];
static struct tcx_netns_names names;
static uint64_t due_ns;

static int open_folder(void **state)
{
	(void)state;
	fixture_open(&fixture);
	snprintf(folder, sizeof(folder), "%s/names", fixture.root);
	names = (struct tcx_netns_names)TCX_NETNS_NAMES(folder);
	return 0;
}

static int close_folder(void **state)
{
	(void)state;
	tcx_netns_names_clear(&names);
	names_remove(folder, "a");
	names_remove(folder, "b");
	fixture_close(&fixture);
	return 0;
}

/* The names that are found, a blank behind each, in the order of the alphabet. */
static void expect(const char *patterns, const char *wanted)
{
	struct tcx_fault fault = {""};
	char found[256] = "";

	assert_true(tcx_netns_names_list(&names, patterns, &due_ns, &fault));
	for (char name[] = "a"; name[0] <= 'z'; name[0]++)
		for (size_t i = 0; i < names.count; i++)
			if (strcmp(names.all[i].name, name) == 0)
				strcat(strcat(found, name), " ");
	assert_string_equal(found, wanted);
	assert_true(due_ns <= tcx_clock_now() + TCX_NS_PER_S / 2);
}

static void no_folder(void **state)
{
	(void)state;
	expect("*", "");
	fixture_puts(&fixture, "names/a", "");
	expect("*", "");
}

/* A file is none; once it is mounted on it is, and tells which namespace it has. */
static void files(void **state)
{
	struct tcx_namespace_id id;
	struct stat status;

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	names_make(folder, "a");
	names_make(folder, "b");
	expect("*", "a b ");
	expect("b c", "b ");
	expect("c", "");
	expect("a", "a ");
	id = names.all[0].id;
	assert_int_equal(stat(names.all[0].path, &status), 0);
	assert_int_equal(id.inode, status.st_ino);
	names_make(folder, "a");
	expect("a", "a ");
	assert_false(tcx_namespace_is(&id, &names.all[0].id));
	names_remove(folder, "a");
	expect("*", "b ");
}

static void make_link(const char *name, const char *target)
{
	char path[sizeof(folder) + 16];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(symlink(target, path), 0);
}

/* Links to names, to a process's namespace, to nothing and to another file. */
static void links(void **state)
{
	struct tcx_namespace_id id;
	char path[sizeof(folder) + 16];

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	names_make(folder, "a");
	make_link("b", "a");
	make_link("c", "/proc/self/ns/net");
	make_link("d", "/proc/1/no such file");
	make_link("e", "z");
	expect("*", "a b c ");
	expect("c", "c ");
	id = names.all[0].id;
	expect("c", "c ");
	assert_true(tcx_namespace_is(&id, &names.all[0].id));
	assert_string_equal(names.refused.text, "");
	for (const char *name = "bcde"; *name != '\0'; name++) {
		snprintf(path, sizeof(path), "%s/%c", folder, *name);
		unlink(path);
	}
}

static bool is_readable(void)
{
	struct pollfd fd = {.fd = tcx_netns_names_fd(&names), .events = POLLIN};

	return poll(&fd, 1, 0) == 1;
}

/* What comes and goes is told. A new file may be a name soon. */
static void changes(void **state)
{
	(void)state;
	fixture_puts(&fixture, "names/z", "");
	expect("*", "");
	if (tcx_netns_names_fd(&names) < 0)
		skip(); /* a user may have but so many */
	assert_false(is_readable());
	fixture_puts(&fixture, "names/y", "");
	assert_true(is_readable());
	expect("*", "");
	assert_false(is_readable());
	fixture_remove(&fixture, "names/y");
	assert_true(is_readable());
}

/* More changes at once than can be taken at once. */
static void many_changes(void **state)
{
	enum { MANY = 300 };

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	expect("*", "");
	if (tcx_netns_names_fd(&names) < 0)
		skip();
	for (int i = 0; i < MANY; i++) {
		fixture_puts(&fixture, "names/file", "");
		fixture_remove(&fixture, "names/file");
	}
	assert_true(is_readable());
	expect("*", "");
	assert_false(is_readable());
}

/* What cannot be listed leaves all as it was. */
static void not_a_folder(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	names_make(folder, "a");
	expect("*", "a ");
	strcat(folder, "/z");
	assert_false(tcx_netns_names_list(&names, "*", &due_ns, &fault));
	assert_non_null(strstr(fault.text, "names/z cannot be opened: Not a directory"));
	assert_int_equal(names.count, 1);
	folder[strlen(folder) - 2] = '\0';
}

/* Nothing is left open. */
static void descriptors(void **state)
{
	size_t before = fixture_descriptors();

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	names_make(folder, "a");
	expect("*", "a ");
	tcx_netns_names_clear(&names);
	assert_int_equal(fixture_descriptors(), before);
}

/* What a path of a namespace with a name is called, and what is opened in it. */
static void expect_place(const struct tcx_netns *netns, const char *below, const char *called,
			 const char *opened)
{
	struct tcx_place place = tcx_netns_place(netns, below);

	assert_non_null(strstr(place.path, called));
	assert_string_equal(place.below, opened);
	assert_true(place.inside);
	free(place.path);
}

/* A handle keeps to its namespace: who reads there is told when its name is gone, or another's. */
static void read_by_name(void **state)
{
	struct tcx_fault fault = {""};
	struct tcx_sources *sources;
	struct tcx_snapshot *snapshot;
	struct tcx_netns *netns;
	char path[sizeof(folder) + 2];

	(void)state;
	fixture_puts(&fixture, "names/z", "");
	names_make(folder, "a");
	snprintf(path, sizeof(path), "%s/a", folder);
	netns = tcx_netns_named(path, &fault);
	assert_non_null(netns);
	expect_place(netns, "net/snmp", "/a: net/snmp", "/proc/thread-self/net/snmp");
	expect_place(netns, "sys/net/x", "/a: sys/net/x", "/proc/sys/net/x");
	sources = tcx_sources_new(netns, &fault);
	assert_non_null(sources);
	snapshot = tcx_sources_read(sources, &fault);
	assert_non_null(snapshot);
	tcx_snapshot_unref(snapshot);
	names_remove(folder, "a");
	assert_null(tcx_sources_read(sources, &fault));
	assert_non_null(strstr(fault.text, "/a: the network namespace cannot be entered: "));
	assert_null(strstr(fault.text, "CAP_SYS_ADMIN")); /* no right is missing */
	names_make(folder, "a");
	assert_null(tcx_sources_read(sources, &fault));
	assert_non_null(strstr(fault.text, "/a: it is another network namespace by now"));
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_folder, close_folder)
		TEST(no_folder),    TEST(files),       TEST(links),	   TEST(changes),
		TEST(not_a_folder), TEST(descriptors), TEST(read_by_name), TEST(many_changes),
#undef TEST
	};

	if (!names_begin()) {
		printf("needs root, to mount namespaces\n");
		return 77;
	}
	return cmocka_run_group_tests_name("netns_names", tests, NULL, NULL);
}
