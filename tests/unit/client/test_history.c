/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of snmpnstat's histories: where they are, what is believed, what is written. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/history.h"
#include "tests/unit/fixture.h"

#define TITLE "#snmpnstat 1\n"
#define NAME64                                                                                     \
	"TcpExtTcpExtTcpExtTcpExtTcpExtTcpExtTcpExtTcpExtTcpExtTcpExtTcpE" /* of 64 octets         \
									    */

static struct fixture fixture;

static void set_up_history(struct tcx_history *history, const char *host)
{
	struct tcx_fault fault = {""};

	*history = (struct tcx_history){.fd = -1};
	setenv("XDG_STATE_HOME", fixture.root, 1);
	assert_true(tcx_history_find(history, host, "", "", &fault));
}

/* --- Where it is ------------------------------------------------------------------------------*/

static const struct {
	const char *host, *context, *name;
} places[] = {
	{"router1", "", "router1"},
	{"10.0.0.1:1161", "", "10.0.0.1:1161"},
	{"udp6:[2001:db8::1]", "blue", "udp6:%5B2001:db8::1%5D@blue"},
	{"a@b", "c", "a%40b@c"},
	{"unix:/run/../x", "", "unix:%2Frun%2F..%2Fx"},
	{"..", "..", "%2E.@%2E."},
	{"h", "\xff\n/", "h@%FF%0A%2F"},
	{"h", "", "h"},
};

static void place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(places); i++) {
		struct tcx_history history;
		struct tcx_fault fault = {""};
		char wanted[PATH_MAX];

		setenv("XDG_STATE_HOME", fixture.root, 1);
		assert_true(
			tcx_history_find(&history, places[i].host, places[i].context, "", &fault));
		snprintf(wanted, sizeof(wanted), "%s/snmpnstat/%s", fixture.root, places[i].name);
		assert_string_equal(history.path, wanted);
	}
}

/* Each community has a file, and the name of none is in that of its file. */
static void communities(void **state)
{
	struct tcx_history one, other;
	struct tcx_fault fault = {""};

	(void)state;
	setenv("XDG_STATE_HOME", fixture.root, 1);
	assert_true(tcx_history_find(&one, "h", "", "public", &fault));
	assert_true(tcx_history_find(&other, "h", "", "Public", &fault));
	assert_string_not_equal(one.path, other.path);
	assert_null(strcasestr(one.path, "public"));
}

static void no_place(void **state)
{
	char host[PATH_MAX + 1] = "";
	struct tcx_history history;
	struct tcx_fault fault = {""};

	(void)state;
	setenv("XDG_STATE_HOME", "not/absolute", 1);
	unsetenv("HOME");
	assert_false(tcx_history_find(&history, "h", "", "", &fault));
	assert_non_null(strstr(fault.text, "HOME"));
	setenv("XDG_STATE_HOME", fixture.root, 1);
	memset(host, 'h', PATH_MAX);
	assert_false(tcx_history_find(&history, host, "", "", &fault));
	assert_non_null(strstr(fault.text, "too long"));
	fixture_puts(&fixture, "file", "");
	snprintf(host, sizeof(host), "%s/file", fixture.root);
	setenv("XDG_STATE_HOME", host, 1);
	assert_false(tcx_history_find(&history, "h", "", "", &fault));
}

/* --- What is believed -------------------------------------------------------------------------*/

static const struct {
	const char *text;
	int count; /* of counters; -1: it is refused */
} texts[] = {
	{"", 0},
	{TITLE, 0},
	{TITLE "TcpInSegs 5\n", 1},
	{TITLE "TcpInSegs 0\nA 18446744073709551615\n", 2},
	{TITLE NAME64 " 7\n", 1},
	{"#snmpnstat 2\n", -1},
	{"#kernel\nTcpInSegs                       5                  0.0\n", -1},
	{"#snmpnstat 1", -1},
	{"TcpInSegs 5\n", -1},
	{TITLE "TcpInSegs 5", -1},
	{TITLE "TcpInSegs\n", -1},
	{TITLE "TcpInSegs 5 \n", -1},
	{TITLE "TcpInSegs  5\n", -1},
	{TITLE "TcpInSegs -5\n", -1},
	{TITLE "TcpInSegs 0x5\n", -1},
	{TITLE "TcpInSegs 18446744073709551616\n", -1},
	{TITLE "TcpInSegs 5\nTcpInSegs 6\n", -1},
	{TITLE " 5\n", -1},
	{TITLE "\n", -1},
	{TITLE NAME64 "x 7\n", -1},
	{TITLE "Tcp\x1b[31m 7\n", -1},
	{TITLE "Tcp\"In 7\n", -1},
	{TITLE "caf\xe9 7\n", -1},
	{TITLE TITLE, -1},
};

static void text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct tcx_history history;
		struct tcx_fault fault = {""};
		bool good;

		set_up_history(&history, "text");
		fixture_puts(&fixture, "snmpnstat/text", texts[i].text);
		good = tcx_history_open(&history, false, &fault);
		assert_int_equal(good ? (int)history.counters.count : -1, texts[i].count);
		assert_true(good || strstr(fault.text, "-r removes it") != NULL);
		tcx_history_close(&history);
	}
}

/* More counters than a host has, a zero octet, and a file that is too long. */
static void big(void **state)
{
	static char lines[TCX_HISTORY_MAX + 1];
	struct tcx_history history;
	struct tcx_fault fault = {""};
	size_t len = 0;

	(void)state;
	set_up_history(&history, "big");
	len += (size_t)sprintf(lines, TITLE);
	for (int i = 0; i <= TCX_COUNTERS_MAX; i++)
		len += (size_t)sprintf(lines + len, "A%d 1\n", i);
	fixture_puts(&fixture, "snmpnstat/big", lines);
	assert_false(tcx_history_open(&history, false, &fault));
	fixture_write(&fixture, "snmpnstat/big", TITLE "A\0 1\n", sizeof(TITLE) + 4);
	assert_false(tcx_history_open(&history, false, &fault));
	memset(lines, 'A', sizeof(lines));
	fixture_write(&fixture, "snmpnstat/big", lines, sizeof(lines));
	assert_false(tcx_history_open(&history, false, &fault));
	assert_non_null(strstr(fault.text, "too long"));
}

/* A file that somebody else could have made, or could change. */
static void unsound(void **state)
{
	struct tcx_history history;
	struct tcx_fault fault = {""};
	char other[PATH_MAX];

	(void)state;
	set_up_history(&history, "unsound");
	snprintf(other, sizeof(other), "%s/other", fixture.root);
	fixture_puts(&fixture, "other", TITLE);
	assert_int_equal(symlink(other, history.path), 0);
	assert_false(tcx_history_open(&history, true, &fault));
	assert_non_null(strstr(fault.text, "symbolic link"));
	unlink(history.path);
	assert_int_equal(link(other, history.path), 0);
	assert_false(tcx_history_open(&history, true, &fault));
	assert_non_null(strstr(fault.text, "second name"));
	unlink(history.path);
	assert_int_equal(mkfifo(history.path, 0600), 0);
	assert_false(tcx_history_open(&history, true, &fault));
	assert_non_null(strstr(fault.text, "regular"));
	unlink(history.path);
	fixture_puts(&fixture, "snmpnstat/unsound", TITLE);
	assert_int_equal(chmod(history.path, 0620), 0);
	assert_false(tcx_history_open(&history, true, &fault));
	assert_non_null(strstr(fault.text, "others may write"));
	assert_int_equal(chmod(history.path, 0640), 0);
	assert_true(tcx_history_open(&history, true, &fault));
	tcx_history_close(&history);
	if (chown(history.path, 12345, 12345) == 0) { /* as root */
		assert_false(tcx_history_open(&history, true, &fault));
		assert_non_null(strstr(fault.text, "another user"));
	}
}

/* --- What is written --------------------------------------------------------------------------*/

static void write_and_read(void **state)
{
	struct tcx_history history;
	struct tcx_counters counters = {.items = NULL};
	struct tcx_fault fault = {""};
	struct stat about;

	(void)state;
	set_up_history(&history, "written");
	fixture_puts(&fixture, "snmpnstat/written", ""); /* so that it is removed at the end */
	unlink(history.path);
	assert_true(tcx_history_open(&history, false, &fault));
	assert_int_equal(access(history.path, F_OK), -1); /* not made */
	assert_true(tcx_counters_add(&counters, "A", 1, UINT64_MAX, 1));
	assert_true(tcx_counters_add(&counters, "B", 1, 0, 2));
	fixture_puts(&fixture, "snmpnstat/written.new", "left by one that broke off");
	assert_true(tcx_history_open(&history, true, &fault));
	assert_true(tcx_history_write(&history, &counters, false, &fault));
	tcx_history_close(&history);
	assert_int_equal(stat(history.path, &about), 0);
	assert_int_equal(about.st_mode, S_IFREG | 0600);
	assert_true(tcx_history_open(&history, true, &fault));
	assert_int_equal(history.counters.count, 1);
	assert_true(tcx_counters_find(&history.counters, "A")->value == UINT64_MAX);
	assert_true(tcx_history_write(&history, &counters, true, &fault));
	tcx_history_close(&history);
	assert_true(tcx_history_open(&history, true, &fault));
	assert_int_equal(history.counters.count, 2);
	tcx_history_close(&history);
	tcx_counters_clear(&counters);
}

/* What cannot be written whole leaves the old file, and nothing beside it. */
static void not_written(void **state)
{
	struct tcx_history history;
	struct tcx_counters counters = {.items = NULL};
	struct tcx_fault fault = {""};

	(void)state;
	set_up_history(&history, "kept");
	fixture_puts(&fixture, "snmpnstat/kept", TITLE "A 1\n");
	fixture_mkdir(&fixture, "snmpnstat/kept.new");
	assert_true(tcx_history_open(&history, true, &fault));
	assert_false(tcx_history_write(&history, &counters, true, &fault));
	tcx_history_close(&history);
	assert_true(tcx_history_open(&history, true, &fault));
	assert_int_equal(history.counters.count, 1);
	tcx_history_close(&history);
}

static int begin(void **state)
{
	(void)state;
	fixture_open(&fixture);
	fixture_mkdir(&fixture, "snmpnstat");
	return 0;
}

static int end(void **state)
{
	(void)state;
	fixture_close(&fixture);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(place, begin, end),
		cmocka_unit_test_setup_teardown(communities, begin, end),
		cmocka_unit_test_setup_teardown(no_place, begin, end),
		cmocka_unit_test_setup_teardown(text, begin, end),
		cmocka_unit_test_setup_teardown(big, begin, end),
		cmocka_unit_test_setup_teardown(unsound, begin, end),
		cmocka_unit_test_setup_teardown(write_and_read, begin, end),
		cmocka_unit_test_setup_teardown(not_written, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
