/* SPDX-License-Identifier: BSD-2-Clause */
/* What reads the kernel: which descriptors the loop is to watch, and which lines it logs. */
#include "tests/unit/test.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "collect/reading.h"
#include "tests/unit/fixture.h"

#define TIMEOUT_MS 10000
#define NEVER	   (3600 * TCX_NS_PER_S)

#define GOOD  "Tcp: InSegs OutSegs\nTcp: 1 2\n"
#define WRONG "Tcp: InSegs OutSegs\nTcp: 1\n"

/* A loop that calls nobody by itself. */
static struct {
	size_t count;
	struct watched {
		int fd;
		void (*ready)(int fd, void *arg);
		void *arg;
	} fds[8];
	char logged[4096]; /* "PRIORITY LINE" each */
	unsigned int changed;
} loop;

static int keep_line(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int keep_line(int priority, const char *format, ...)
{
	size_t used = strlen(loop.logged);
	va_list args;

	used += (size_t)snprintf(loop.logged + used, sizeof(loop.logged) - used, "%d ", priority);
	va_start(args, format);
	vsnprintf(loop.logged + used, sizeof(loop.logged) - used, format, args);
	va_end(args);
	return 0;
}

static int watch(int fd, void (*ready)(int fd, void *arg), void *arg)
{
	assert_true(loop.count < COUNT(loop.fds));
	loop.fds[loop.count++] = (struct watched){fd, ready, arg};
	return 0;
}

static int unwatch(int fd)
{
	size_t i = 0;

	while (i < loop.count && loop.fds[i].fd != fd)
		i++;
	assert_true(i < loop.count);
	loop.fds[i] = loop.fds[--loop.count];
	return 0;
}

static void count_change(void *arg)
{
	(*(unsigned int *)arg)++;
}

/* Calls whoever has something to tell. */
static void turn(int timeout_ms)
{
	struct pollfd fds[COUNT(loop.fds)];

	for (size_t i = 0; i < loop.count; i++)
		fds[i] = (struct pollfd){.fd = loop.fds[i].fd, .events = POLLIN};
	assert_true(poll(fds, loop.count, timeout_ms) >= 0);
	for (size_t i = 0; i < loop.count; i++)
		if (fds[i].revents != 0)
			loop.fds[i].ready(fds[i].fd, loop.fds[i].arg);
}

static struct tcx_reading begin(void)
{
	memset(&loop, 0, sizeof(loop));
	return (struct tcx_reading){.log = keep_line,
				    .watch = watch,
				    .unwatch = unwatch,
				    .tables_changed = count_change,
				    .arg = &loop.changed};
}

static void set(struct tcx_reading *reading, const char *root, size_t max_rows)
{
	const struct tcx_reading_settings settings = {
		.proc_root = root,
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

static void expect_line(const char *line)
{
	if (strstr(loop.logged, line) == NULL)
		fail_msg("'%s' lacks '%s'", loop.logged, line);
	loop.logged[0] = '\0';
}

/* Until a line comes. */
static void wait_for_line(void)
{
	uint64_t deadline = tcx_clock_now() + TIMEOUT_MS * TCX_NS_PER_MS;

	while (loop.logged[0] == '\0' && tcx_clock_now() < deadline)
		turn(TIMEOUT_MS);
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
	loop.logged[0] = '\0'; /* whether interfaces can be watched */
	tcx_reading_log(&reading);
	expect_line("; what cannot be read is not served until it can\n");
	fixture_puts(&fixture, "net/snmp", GOOD);
	set(&reading, fixture.root, 100);
	wait_for_line();
	expect_line(" can be read again\n");
	fixture_puts(&fixture, "net/snmp", WRONG);
	set(&reading, fixture.root, 100);
	wait_for_line();
	expect_line("; its last good values stay until they are 7 s old\n");
	tcx_reading_stop(&reading);
	fixture_close(&fixture);
}

/* Another root is another set of descriptors; the same one keeps them. */
static void roots(void **state)
{
	struct tcx_reading reading = begin();
	struct fixture fixture;
	struct watched before[COUNT(loop.fds)];
	size_t count;

	(void)state;
	fixture_open(&fixture);
	fixture_puts(&fixture, "net/snmp", GOOD);
	set(&reading, fixture.root, 100);
	count = loop.count;
	memcpy(before, loop.fds, sizeof(before));
	assert_true(count >= 2);
	set(&reading, fixture.root, 200);
	assert_int_equal(loop.count, count);
	assert_memory_equal(before, loop.fds, sizeof(before));
	set(&reading, "/proc", 100);
	assert_true(loop.count >= 2);
	for (size_t i = 0; i < loop.count; i++)
		assert_ptr_equal(loop.fds[i].arg, &reading);
	tcx_reading_stop(&reading);
	fixture_close(&fixture);
}

/* Requests that wait hear of a table, and the log of what it lacks. */
static void tables(void **state)
{
	struct tcx_reading reading = begin();
	struct tcx_table *table;
	bool pending = true;

	(void)state;
	set(&reading, "/proc", 0);
	loop.logged[0] = '\0';
	table = tcx_tables_get(reading.tables, 0, false, &pending);
	assert_null(table);
	assert_true(pending);
	wait_for_line();
	expect_line("4 the table of interfaces has more than 0 rows: the rest is missing; raise "
		    "maxRows\n");
	assert_true(loop.changed > 0);
	set(&reading, "/proc", 100000);
	wait_for_line();
	expect_line("5 the table of interfaces has all its rows again\n");
	tcx_reading_stop(&reading);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outages),
		cmocka_unit_test(roots),
		cmocka_unit_test(tables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
