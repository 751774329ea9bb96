/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each allocation of what reads the kernel fails once: there is a whole result or a fault, nothing
 * stays open, and the next reading is as good as ever.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "kernel/netns.h"
#include "kernel/netns_names.h"
#include "kernel/processes.h"
#include "kernel/read_table.h"
#include "tests/unit/fixture.h"
#include "tests/unit/names.h"
#include "tests/unit/no_memory.h"
#include "tests/unit/use_procfs.h"

#define ROWS 1000

static unsigned int members_of(const struct tcx_survey *survey)
{
	unsigned int members = 0;

	for (size_t id = 0; id < TCX_TABLES; id++)
		members |= survey->members[id] != NULL ? 1U << id : 0;
	return members;
}

/* The tables of a survey, by a handle of their own. *fault is empty if all are there. */
static void read_survey(const struct tcx_survey *survey, const char *procfs,
			struct tcx_table *tables[TCX_TABLES], struct tcx_fault *fault)
{
	struct tcx_netns *netns = tcx_netns_new("/proc", fault);
	struct tcx_netns_reader *reader = netns != NULL ? tcx_netns_begin(netns, fault) : NULL;

	if (reader != NULL && procfs != NULL)
		use_procfs(reader, procfs);
	if (reader != NULL)
		tcx_survey_read(survey, members_of(survey), tables, reader, ROWS, fault);
	tcx_netns_end(reader);
	tcx_netns_unref(netns);
}

static unsigned int made_of(struct tcx_table *const tables[TCX_TABLES])
{
	unsigned int made = 0;

	for (size_t id = 0; id < TCX_TABLES; id++)
		made |= tables[id] != NULL ? 1U << id : 0;
	return made;
}

/* All members or none, and none without a reason. Returns how many allocations there were. */
static unsigned int check_survey(const struct tcx_survey *survey, const char *procfs)
{
	size_t before = fixture_descriptors();
	unsigned int at = 0;

	while (no_memory_next(&at)) {
		struct tcx_table *tables[TCX_TABLES] = {NULL};
		struct tcx_fault fault = {""};

		read_survey(survey, procfs, tables, &fault);
		if (!no_memory_stop() && fault.text[0] != '\0')
			fail_msg("%s", fault.text);
		assert_int_equal(made_of(tables), fault.text[0] == '\0' ? members_of(survey) : 0);
		for (size_t id = 0; id < TCX_TABLES; id++)
			tcx_table_unref(tables[id]);
		assert_int_equal(fixture_descriptors(), before);
	}
	return at;
}

static void surveys(void **state)
{
	(void)state;
	for (size_t i = 0; i < TCX_SURVEYS; i++)
		assert_true(check_survey(&tcx_surveys[i], NULL) > 3);
}

static void sockets_of_procfs(void **state)
{
	(void)state;
	for (size_t i = 0; i < TCX_SURVEYS; i++)
		check_survey(&tcx_surveys[i], "there is no sock_diag");
}

/* The own namespace's links, which a watch keeps. */
static void links(void **state)
{
	unsigned int at = 0;

	(void)state;
	while (no_memory_next(&at)) {
		struct tcx_fault fault = {""};
		struct tcx_netns *netns = tcx_netns_new("/proc", &fault);
		uint64_t due_ns = 0;
		bool drained = netns != NULL && tcx_netns_drain(netns, &due_ns, &fault);
		bool failed = no_memory_stop();

		assert_true(drained || (failed && fault.text[0] != '\0'));
		if (netns != NULL)
			assert_true(tcx_netns_drain(netns, &due_ns, &fault));
		tcx_netns_unref(netns);
	}
	assert_true(at > 3);
}

/* A namespace with two names: both are listed, or none and why. */
static void names(void **state)
{
	struct fixture fixture;
	unsigned int at = 0;

	(void)state;
	if (!names_begin())
		skip();
	fixture_open(&fixture);
	names_make(fixture.root, "a");
	names_join(fixture.root, "a", "b");
	while (no_memory_next(&at)) {
		struct tcx_netns_names found = TCX_NETNS_NAMES(fixture.root);
		struct tcx_fault fault = {""};
		uint64_t due_ns;
		bool listed = tcx_netns_names_list(&found, "*", &due_ns, &fault);
		bool failed = no_memory_stop();

		assert_true(listed || failed);
		assert_int_equal(found.count, listed ? 2 : 0);
		assert_true(listed || fault.text[0] != '\0');
		assert_true(tcx_netns_names_list(&found, "*", &due_ns, &fault));
		assert_int_equal(found.count, 2);
		tcx_netns_names_clear(&found);
	}
	assert_true(at > 1);
	names_remove(fixture.root, "a");
	names_remove(fixture.root, "b");
	fixture_close(&fixture);
}

/* In a proc root of one process, whose namespace is found or the fault says why not. */
static void processes(void **state)
{
	const struct tcx_list patterns = {"one"};
	struct fixture fixture;
	unsigned int at = 0;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp", "");
	fixture_puts(&fixture, "1/net/snmp", "");
	fixture_puts(&fixture, "1/comm", "one\n");
	fixture_puts(&fixture, "1/cgroup", "0::/\n");
	fixture_puts(&fixture, "1/stat", "1 (one) S 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0\n");
	while (no_memory_next(&at)) {
		struct tcx_fault fault = {""};
		struct tcx_processes *found = tcx_processes_new(fixture.root, &fault);
		uint64_t due_ns;
		size_t count = 0;
		bool looked;

		if (found != NULL)
			tcx_processes_set(found, &patterns);
		looked = found != NULL && tcx_processes_look(found, &due_ns, &fault);
		if (looked)
			tcx_processes_found(found, &count);
		if (!no_memory_stop())
			assert_int_equal(count, 1);
		assert_true(looked || fault.text[0] != '\0');
		tcx_processes_free(found);
	}
	assert_true(at > 3);
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surveys), cmocka_unit_test(sockets_of_procfs),
		cmocka_unit_test(links),   cmocka_unit_test(processes),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
