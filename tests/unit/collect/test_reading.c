/* SPDX-License-Identifier: BSD-2-Clause */
/* What reads the kernel: which descriptors the loop is to watch, and which lines it logs. */
#include "tests/unit/test.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "collect/reading.h"
#include "tests/unit/fixture.h"
#include "tests/unit/names.h"

#define TIMEOUT_MS 10000
#define NEVER	   (3600 * TCX_NS_PER_S)

#define GOOD  "Tcp: InSegs OutSegs\nTcp: 1 2\n"
#define WRONG "Tcp: InSegs OutSegs\nTcp: 1\n"

static char logged[4096]; /* "PRIORITY LINE" each */

static int keep_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int keep_line(int priority, const char *format, ...)
{
	size_t used = strlen(logged);
	va_list args;

	used += (size_t)snprintf(logged + used, sizeof(logged) - used, "%d ", priority);
	va_start(args, format);
	vsnprintf(logged + used, sizeof(logged) - used, format, args);
	va_end(args);
	return 0;
}

/* As the loop does, if there is something to report. Whether there was. */
static bool turn(struct tcx_reading *reading, int timeout_ms)
{
	struct pollfd fd = {.fd = tcx_reading_fd(reading), .events = POLLIN};

	if (poll(&fd, 1, timeout_ms) != 1)
		return false;
	tcx_reading_log(reading);
	return true;
}

static struct tcx_reading begin(void)
{
	logged[0] = '\0';
	return (struct tcx_reading){.log = keep_line};
}

static void set(struct tcx_reading *reading, const char *root, size_t max_rows)
{
	const struct tcx_reading_settings settings = {
		.proc_root = root,
		.counters = {.sources = {.interval_ns = NEVER}, .derive = {.interval_ns = NEVER}},
		.tables = {.interval_ns = NEVER,
			   .refresh_ns = NEVER,
			   .idle_ns = NEVER,
			   .max_rows = max_rows},
		.max_age_ns = 7 * TCX_NS_PER_S,
	};
	struct tcx_fault fault = {""};

	if (!tcx_reading_set(reading, &settings, &fault))
		fail_msg("%s", fault.text);
}

/* Waits until a line comes. Others may, as where interfaces cannot be watched. */
static void expect_line(struct tcx_reading *reading, const char *line)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS;

	while (strstr(logged, line) == NULL && tcx_clock_now() < deadline)
		turn(reading, TIMEOUT_MS);
	if (strstr(logged, line) == NULL)
		fail_msg("'%s' lacks '%s'", logged, line);
	logged[0] = '\0';
}

/* A file that goes wrong, with good values before and without, and that is well again. */
static void outages(void **state)
{
	struct tcx_reading reading = begin();
	struct fixture fixture;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp", WRONG);
	set(&reading, fixture.root, 100);
	expect_line(&reading, "; what cannot be read is not served until it can\n");
	fixture_puts(&fixture, "net/snmp", GOOD);
	set(&reading, fixture.root, 100);
	expect_line(&reading, " can be read again\n");
	fixture_puts(&fixture, "net/snmp", WRONG);
	set(&reading, fixture.root, 100);
	expect_line(&reading, "; its last good values stay until they are 7 s old\n");
	tcx_reading_stop(&reading);
	fixture_close(&fixture);
}

/* The second failed read ends after the first was reported. */
static void fail_twice(struct tcx_reading *reading, struct fixture *fixture)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS;
	struct tcx_collector_status status = {0};

	fixture_puts(fixture, "net/snmp", WRONG);
	while (status.failures < 2 && tcx_clock_now() < deadline) {
		set(reading, fixture->root, 200);
		tcx_collector_status_clear(&status);
		tcx_snapshot_unref(tcx_collector_latest(reading->collector, &status));
	}
	assert_true(status.failures >= 2);
	tcx_collector_status_clear(&status);
}

/* Another root has other readers, which report by the same descriptor; those before are silent. */
static void roots(void **state)
{
	struct tcx_reading reading = begin();
	struct tcx_collector *collector;
	struct fixture fixture;
	int fd;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp", GOOD);
	set(&reading, fixture.root, 100);
	fd = tcx_reading_fd(&reading);
	collector = reading.collector;
	fail_twice(&reading, &fixture);
	assert_ptr_equal(reading.collector, collector);
	set(&reading, "/proc", 100);
	assert_ptr_not_equal(reading.collector, collector);
	assert_int_equal(tcx_reading_fd(&reading), fd);
	while (turn(&reading, 0))
		;
	assert_null(strstr(logged, "its last good values stay"));
	tcx_reading_stop(&reading);
	fixture_close(&fixture);
}

/* Of a table that each kernel and each emulator has: a socket is in it. */
static int bind_udp(void)
{
	const struct sockaddr_in any_port = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(bind(fd, (const struct sockaddr *)&any_port, sizeof(any_port)), 0);
	return fd;
}

/* Requests that wait hear of a table, and the log of what it lacks. */
static void tables(void **state)
{
	int fd = bind_udp();
	struct tcx_reading reading = begin();
	struct tcx_table *table;
	bool pending = true;

	(void)state;
	set(&reading, "/proc", 0);
	table = tcx_tables_get(reading.tables, TCX_TABLE_UDP_ENDPOINTS, false, &pending);
	assert_null(table);
	assert_true(pending);
	expect_line(&reading,
		    "4 the table of UDP endpoints has more than 0 rows: the rest is missing; raise "
		    "maxRows\n");
	set(&reading, "/proc", 100000);
	expect_line(&reading, "5 the table of UDP endpoints has all its rows again\n");
	tcx_reading_stop(&reading);
	close(fd);
}

static bool is_apart; /* mounts are this process's own */

/* What is the whole host's is read in the default context alone. */
static void of_host(void **state)
{
	struct tcx_reading_settings settings = {
		.proc_root = "/proc",
		.counters = {.sources = {.interval_ns = NEVER}, .derive = {.interval_ns = NEVER}},
		.tables = {.interval_ns = NEVER, .refresh_ns = NEVER, .max_rows = 100},
		.max_age_ns = NEVER,
		.names = {"a"},
		.limit = 10,
	};
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS, value;
	struct tcx_reading reading = begin();
	struct tcx_namespace_list *list = NULL;
	struct tcx_snapshot *snapshot = NULL;
	struct tcx_fault fault = {""};

	(void)state;
	if (!is_apart || mount("none", "/run", "tmpfs", 0, NULL) != 0)
		skip();
	assert_int_equal(mkdir("/run/netns", 0755), 0);
	names_make("/run/netns", "a");
	assert_true(tcx_reading_set(&reading, &settings, &fault));
	while (snapshot == NULL && tcx_clock_now() < deadline) {
		tcx_namespace_list_unref(list);
		list = tcx_namespaces_latest(reading.namespaces);
		if (list->count > 0)
			snapshot = tcx_collector_latest(list->all[0]->collector, NULL);
	}
	assert_non_null(snapshot);
	assert_true(tcx_snapshot_get(snapshot, TCX_TcpInSegs, 0, &value));
	assert_false(tcx_snapshot_get(snapshot, TCX_SoftnetProcessed, 0, &value));
	tcx_snapshot_unref(snapshot);
	snapshot = tcx_collector_latest(reading.collector, NULL);
	assert_true(tcx_snapshot_get(snapshot, TCX_SoftnetProcessed, 0, &value));
	tcx_snapshot_unref(snapshot);
	tcx_namespace_list_unref(list);
	tcx_reading_stop(&reading);
	names_remove("/run/netns", "a");
	umount2("/run", MNT_DETACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outages),
		cmocka_unit_test(roots),
		cmocka_unit_test(tables),
		cmocka_unit_test(of_host),
	};

	is_apart = names_begin();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
