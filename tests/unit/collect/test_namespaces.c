/* SPDX-License-Identifier: BSD-2-Clause */
/* Which namespaces are served, and as which contexts. They are made here, which needs root. */
#include "tests/unit/test.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <syslog.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "agent/collect/pool.h"
#include "base/clock.h"
#include "collect/namespace_rows.h"
#include "collect/namespaces.h"
#include "tests/unit/fixture.h"
#include "tests/unit/names.h"
#include "tests/unit/no_memory.h"

#define TIMEOUT_S 30

static struct fixture fixture;
static char folder[sizeof(fixture.root) + sizeof("/names")];
static struct tcx_pool *pool;
static struct tcx_events *events;
static struct tcx_namespaces *namespaces;
static struct tcx_namespaces_settings settings;
static pid_t children[4]; /* processes in namespaces of their own */
static size_t living;

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
			     .max_age_ns = 10 * TCX_NS_PER_S,
			     .thresholds = tcx_thresholds_new()},
		.tables = {.interval_ns = TCX_NS_PER_S, .max_rows = 100, .lazy = true},
		.limit = 100,
	};
	pool = tcx_pool_new(2, &fault);
	events = tcx_events_new(&fault);
	assert_true(pool != NULL && events != NULL && settings.counters.thresholds != NULL);
	return 0;
}

/* Nobody else has a reference any more, once the last run is over. */
static void expect_released(const struct tcx_thresholds *thresholds)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	while (thresholds->references > 1 && tcx_clock_now() < deadline)
		poll(NULL, 0, 5);
	assert_int_equal(thresholds->references, 1);
}

static int stop(void **state)
{
	static const char *const all[] = {"a", "b", "c", "d", "a b"};

	(void)state;
	tcx_namespaces_stop(namespaces);
	namespaces = NULL;
	expect_released(settings.counters.thresholds);
	tcx_thresholds_unref(settings.counters.thresholds);
	for (; living > 0; living--) {
		kill(children[living - 1], SIGKILL);
		waitpid(children[living - 1], NULL, 0);
	}
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

/* The next event; what is in parentheses is its cause. */
static void expect_event(int priority, const char *wanted)
{
	struct pollfd fd = {.fd = tcx_events_fd(events), .events = POLLIN};
	struct tcx_event event;
	char line[2 * TCX_FAULT_SIZE];

	while (!tcx_events_next(events, &event))
		assert_int_equal(poll(&fd, 1, TIMEOUT_S * 1000), 1);
	snprintf(line, sizeof(line), event.format, event.name, event.cause.text);
	if (strncmp(line, wanted, strlen(wanted)) != 0)
		fail_msg("%s", line);
	assert_int_equal(event.priority, priority);
}

static void expect_no_event(void)
{
	struct tcx_event event;

	assert_false(tcx_events_next(events, &event));
}

/* Of several names of one namespace, with others between them, the first is served. */
static void many_names(void **state)
{
	(void)state;
	names_make(folder, "c");
	names_join(folder, "c", "a");
	names_make(folder, "b");
	names_join(folder, "c", "d");
	serve();
	expect("a=a b=b ");
	expect_event(LOG_NOTICE, "namespace c is that of a, and not served twice");
	expect_event(LOG_NOTICE, "namespace d is that of a, and not served twice");
	names_remove(folder, "a");
	expect("b=b c=c ");
	expect_event(LOG_NOTICE, "namespace c is served now");
	expect_no_event();
	names_join(folder, "c", "a"); /* the one that is served stays so */
	expect_event(LOG_NOTICE, "namespace a is that of c, and not served twice");
	expect("b=b c=c ");
	names_remove(folder, "c");
	expect("a=a b=b ");
}

static void renamed(void **state)
{
	(void)state;
	names_make(folder, "a b");
	serve();
	expect("a b=a_b-10a3f9f2 ");
	expect_event(LOG_NOTICE, "namespace a b is served as context a_b-10a3f9f2: ");
	names_remove(folder, "a b");
	expect("");
	expect_no_event(); /* nobody is told of what is gone */
}

/* A process in a namespace of its own, or in that of another one. */
static pid_t make_process(pid_t of)
{
	int ready[2], fd = -1;
	char octet, path[64];
	pid_t child;

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)of);
	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (of != 0)
			fd = open(path, O_RDONLY | O_CLOEXEC);
		if (of != 0 ? setns(fd, CLONE_NEWNET) != 0 : unshare(CLONE_NEWNET) != 0)
			_exit(1);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	children[living++] = child;
	assert_int_equal(read(ready[0], &octet, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

/* What a discovery of processes hands in. */
struct process {
	struct tcx_namespace_found found;
	char path[64];
};

static void find(struct process *process, const char *name, pid_t pid)
{
	char path[128];
	struct stat status;

	snprintf(process->path, sizeof(process->path), "/proc/%d", (int)pid);
	snprintf(path, sizeof(path), "%s/ns/net", process->path);
	assert_int_equal(stat(path, &status), 0);
	process->found = (struct tcx_namespace_found){.kind = TCX_NAMESPACE_DOCKER,
						      .id.inode = (uint32_t)status.st_ino,
						      .name = name,
						      .path = process->path,
						      .processes = 1};
}

static void hand_in(const struct process *all, size_t count)
{
	struct tcx_namespace_found found[4];

	for (size_t i = 0; i < count; i++)
		found[i] = all[i].found;
	tcx_namespaces_found(namespaces, TCX_DISCOVERY_PROCESSES, found, count);
}

static struct tcx_namespace *served(size_t i)
{
	struct tcx_namespace_list *list = tcx_namespaces_latest(namespaces);
	struct tcx_namespace *is;

	assert_true(i < list->count);
	is = tcx_namespace_ref(list->all[i]);
	tcx_namespace_list_unref(list);
	return is;
}

/* How often its counters were read until now. */
static uint64_t readings_of(const struct tcx_namespace *is)
{
	struct tcx_snapshot *snapshot = tcx_collector_latest(is->collector, NULL);
	uint64_t sequence = snapshot != NULL ? snapshot->sequence : 0;

	tcx_snapshot_unref(snapshot);
	return sequence;
}

/* They are read on. */
static void expect_reading(const struct tcx_namespace *is)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;
	uint64_t before = readings_of(is);

	while (readings_of(is) < before + 2 && tcx_clock_now() < deadline)
		poll(NULL, 0, 5);
	assert_true(readings_of(is) >= before + 2);
}

/* Those of processes have numbers for contexts, and go on by other processes. */
static void processes(void **state)
{
	struct process all[2], other;
	struct tcx_namespace *is, *later;
	pid_t first = make_process(0);

	(void)state;
	settings.names = (struct tcx_list){""};
	settings.counters.sources.interval_ns = 10 * TCX_NS_PER_MS;
	serve();
	find(&all[0], "web", first);
	find(&all[1], "db", make_process(0));
	find(&other, "web", make_process(first));
	hand_in(all, 2);
	expect("db=c1 web=c2 ");
	is = served(1);
	assert_int_equal(is->kind, TCX_NAMESPACE_DOCKER);
	assert_int_equal(is->id.inode, all[0].found.id.inode);
	assert_int_equal(is->processes, 1);
	assert_non_null(is->tables);
	expect_reading(is);
	other.found.processes = 5;
	hand_in((struct process[]){other, all[1]}, 2);
	kill(first, SIGKILL);
	waitpid(first, NULL, 0);
	later = served(1);
	assert_ptr_equal(later, is);
	assert_int_equal(is->processes, 5);
	expect_reading(is);
	hand_in(&all[1], 1);
	expect("db=c1 ");
	hand_in(&all[1], 0);
	expect("");
	expect_no_event();
	tcx_namespace_unref(later);
	tcx_namespace_unref(is);
}

/* What is known by a name is not served by its processes, however it comes. */
static void names_come_first(void **state)
{
	struct process process;
	char path[sizeof(folder) + 16], of[128];

	(void)state;
	serve();
	find(&process, "web", make_process(0));
	hand_in(&process, 1);
	expect("web=c1 ");
	snprintf(path, sizeof(path), "%s/b", folder);
	snprintf(of, sizeof(of), "%s/ns/net", process.path);
	names_make(folder, "a");
	expect("a=a web=c1 ");
	names_bind(of, path);
	expect("a=a b=b ");
	names_remove(folder, "b");
	hand_in(&process, 1);
	expect("a=a web=c1 ");
}

/* What a lack of memory kept from being served, or published, the next look makes good. */
static void without_memory(void **state)
{
	struct tcx_namespace *is;
	struct process process;
	unsigned int at = 0;
	bool failed;

	(void)state;
	settings.names = (struct tcx_list){""};
	settings.limit = 10000;
	serve();
	find(&process, "web", make_process(0));
	do {
		no_memory_next(&at);
		hand_in(&process, 1);
		failed = no_memory_stop();
		hand_in(&process, 1);
		is = served(0);
		assert_string_not_equal(is->context, "");
		assert_non_null(is->tables);
		tcx_namespace_unref(is);
		hand_in(NULL, 0);
		hand_in(NULL, 0);
		expect("");
	} while (failed);
	assert_true(at > 10);
}

/* What is gone before it is served is tried again, and told of. */
static void gone_before(void **state)
{
	struct process all[2];

	(void)state;
	settings.names = (struct tcx_list){""};
	serve();
	find(&all[0], "web", make_process(0));
	find(&all[1], "db", make_process(0));
	strcpy(all[0].path, "/proc/0");
	hand_in(all, 2);
	expect("db=c1 ");
	snprintf(all[0].path, sizeof(all[0].path), "/proc/%d", (int)children[1]);
	hand_in(all, 2); /* by now it is another one's number */
	expect("db=c1 ");
	find(&all[0], "web", children[0]);
	hand_in(all, 2);
	expect("db=c1 web=c2 ");
}

/* There is no context for it, though it is read, until the limit is raised. */
static void more_names(void **state)
{
	struct process all[3];
	struct tcx_namespace *is;

	(void)state;
	settings.names = (struct tcx_list){""};
	settings.limit = 1;
	settings.counters.sources.interval_ns = 10 * TCX_NS_PER_MS;
	serve();
	find(&all[0], "b", make_process(0));
	find(&all[1], "c", make_process(0));
	find(&all[2], "a", make_process(0));
	hand_in(all, 1);
	expect("b=c1 ");
	hand_in(all, 3);
	expect("a= b=c1 c= ");
	expect_event(LOG_WARNING,
		     "namespace a is not served as a context: 1 names have been in use");
	expect_event(LOG_WARNING,
		     "namespace c is not served as a context: 1 names have been in use");
	expect_no_event();
	is = served(0);
	expect_reading(is);
	tcx_namespace_unref(is);
	settings.limit = 3;
	tcx_namespaces_set(namespaces, &settings);
	for (int i = 0; i < 100; i++) { /* it is a job that takes the limit */
		hand_in(all, 3);
		poll(NULL, 0, 1);
	}
	expect("a=c2 b=c1 c=c3 ");
	hand_in(all, 2);
	expect("b=c1 c=c3 ");
	hand_in(all, 3); /* its name is free */
	expect("a=c2 b=c1 c=c3 ");
}

/* New settings are those of all that are served. */
static void other_settings(void **state)
{
	struct tcx_namespace *is;

	(void)state;
	settings.counters.sources.interval_ns = 3600 * TCX_NS_PER_S;
	names_make(folder, "a");
	names_make(folder, "b");
	serve();
	expect("a=a b=b ");
	for (int i = 0; i < 50; i++) { /* also while a reading by the settings before goes on */
		settings.counters.sources.interval_ns = 3600 * TCX_NS_PER_S;
		tcx_namespaces_set(namespaces, &settings);
		poll(NULL, 0, i % 3);
		settings.counters.sources.interval_ns = 10 * TCX_NS_PER_MS;
		tcx_namespaces_set(namespaces, &settings);
		is = served((size_t)i % 2);
		expect_reading(is);
		tcx_namespace_unref(is);
	}
}

/* No descriptor is left for it: that is said, and it is served when there is one. */
static void no_descriptors(void **state)
{
	struct process process;
	struct rlimit usual, none;

	(void)state;
	settings.names = (struct tcx_list){""};
	serve();
	find(&process, "web", make_process(0));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &usual), 0);
	none = usual;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	hand_in(&process, 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &usual), 0);
	expect_event(LOG_WARNING, "namespace web cannot be served: ");
	hand_in(&process, 1);
	expect("web=c1 ");
	expect_event(LOG_NOTICE, "namespace web can be served now");
	expect_no_event();
}

/* Those that come at once are read at other times of an interval. */
static void spread(void **state)
{
	enum { MANY = 3 };
	uint64_t interval, due[MANY], deadline = tcx_clock_now() + TIMEOUT_S * TCX_NS_PER_S;

	(void)state;
	interval = settings.counters.sources.interval_ns = 3600 * TCX_NS_PER_S;
	names_make(folder, "a");
	names_make(folder, "b");
	names_make(folder, "c");
	serve();
	expect("a=a b=b c=c ");
	for (size_t i = 0; i < MANY; i++) {
		struct tcx_namespace *is = served(i);
		struct tcx_collector_status status = {.reads = 0};

		while (status.reads == 0 && tcx_clock_now() < deadline) {
			tcx_collector_status_clear(&status);
			tcx_snapshot_unref(tcx_collector_latest(is->collector, &status));
		}
		due[i] = status.due_ns;
		tcx_collector_status_clear(&status);
		tcx_namespace_unref(is);
		for (size_t k = 0; k < i; k++) {
			uint64_t apart = due[i] > due[k] ? due[i] - due[k] : due[k] - due[i];

			assert_in_range(apart % interval, interval / 10, interval / 10 * 9);
		}
	}
}

/* Names are before others, then by name, then by number. */
static void order(void **state)
{
	static const struct tcx_namespace all[] = {
		{.kind = TCX_NAMESPACE_NAMED, .name = "b", .id.inode = 9},
		{.kind = TCX_NAMESPACE_NAMED, .name = "c", .id.inode = 8},
		{.kind = TCX_NAMESPACE_LXC, .name = "a", .id.inode = 7},
		{.kind = TCX_NAMESPACE_PROCESS, .name = "b", .id.inode = 5},
		{.kind = TCX_NAMESPACE_DOCKER, .name = "b", .id.inode = 6},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++)
		for (size_t k = 0; k < COUNT(all); k++) {
			int found = tcx_namespace_compare(&all[i], &all[k]);

			assert_int_equal((found > 0) - (found < 0), (i > k) - (i < k));
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
		TEST(come_and_go),
		TEST(not_twice),
		TEST(patterns),
		TEST(limit),
		TEST(made_again),
		TEST(rows),
		TEST(links),
		TEST(many_names),
		TEST(renamed),
		TEST(processes),
		TEST(names_come_first),
		TEST(without_memory),
		TEST(gone_before),
		TEST(more_names),
		TEST(other_settings),
		TEST(no_descriptors),
		TEST(spread),
#undef TEST
		cmocka_unit_test(order),
	};

	if (!names_begin()) {
		printf("needs root, to mount namespaces\n");
		return 77;
	}
	return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
