/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log bridge, with libraries that mean different things by a handler's pri_max: the most severe
 * priority that it takes, or the least severe one.
 */
#include "tests/unit/test.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "session/log.h"
#include "snmp/netsnmp.h"
#include "tests/unit/fixture.h"

#define PRIORITIES (LOG_DEBUG + 1)

static bool library_itself(const netsnmp_log_handler *handler, int priority)
{
	(void)handler;
	(void)priority;
	return false;
}

static bool most_severe(const netsnmp_log_handler *handler, int priority)
{
	return priority >= handler->pri_max;
}

static bool least_severe(const netsnmp_log_handler *handler, int priority)
{
	return priority <= handler->pri_max;
}

static bool nobody(const netsnmp_log_handler *handler, int priority)
{
	return library_itself(handler, priority);
}

/* Which handlers the library calls. */
static bool (*meaning)(const netsnmp_log_handler *handler, int priority);

int __wrap_snmp_log(int priority, const char *format, ...);

int __wrap_snmp_log(int priority, const char *format, ...)
{
	char line[1024] = "";
	va_list arguments;

	va_start(arguments, format);
	if (meaning == library_itself)
		snmp_vlog(priority, format, arguments);
	else
		vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	for (netsnmp_log_handler *to = get_logh_head(); to != NULL; to = to->next)
		if (to->enabled && priority <= to->priority && meaning(to, priority))
			to->handler(to, priority, line);
	return 0;
}

/* The lines that came to the destination: a digit each, their priority. */
static char came[64];

static int keep(netsnmp_log_handler *handler, int priority, const char *line)
{
	char text[3];

	(void)handler;
	snprintf(text, sizeof(text), "%d", priority);
	strncat(came, line[0] == text[0] ? text : "?", sizeof(came) - strlen(came) - 1);
	return 1;
}

static void remove_handlers(void)
{
	while (get_logh_head() != NULL)
		netsnmp_remove_loghandler(get_logh_head());
}

static void log_all(void)
{
	for (int priority = 0; priority < PRIORITIES; priority++)
		snmp_log(priority, "%d\n", priority);
}

/* What comes to a destination whose handler has these two bounds. */
static const char *passed(int priority, int pri_max)
{
	struct tcx_fault fault = {""};
	netsnmp_log_handler *to =
		netsnmp_register_loghandler(NETSNMP_LOGHANDLER_CALLBACK, priority);

	assert_non_null(to);
	to->handler = keep;
	to->pri_max = pri_max;
	came[0] = '\0';
	if (!tcx_log_start(true, true, &fault))
		fail_msg("%s", fault.text);
	assert_string_equal(came, "");
	log_all();
	remove_handlers();
	return came;
}

/* As the libraries set a handler for -Le, -LE 4 and -LE 3-5. */
static void bounds(void **state)
{
	(void)state;
	meaning = most_severe;
	assert_string_equal(passed(LOG_DEBUG, LOG_EMERG), "01234567");
	assert_string_equal(passed(LOG_WARNING, LOG_EMERG), "01234");
	assert_string_equal(passed(LOG_NOTICE, LOG_ERR), "345");
	meaning = least_severe;
	assert_string_equal(passed(LOG_DEBUG, LOG_DEBUG), "01234567");
	assert_string_equal(passed(LOG_WARNING, LOG_DEBUG), "01234");
	assert_string_equal(passed(LOG_NOTICE, LOG_ERR), "345");
}

/* A handler that the library makes without -L has no pri_max at all. */
static void unset(void **state)
{
	(void)state;
	meaning = most_severe;
	assert_string_equal(passed(LOG_DEBUG, 0), "01234567");
	meaning = least_severe;
	assert_string_equal(passed(LOG_DEBUG, 0), "01234567");
}

static void deaf(void **state)
{
	struct tcx_fault fault = {""};

	(void)state;
	meaning = nobody;
	assert_false(tcx_log_start(true, true, &fault));
	assert_non_null(strstr(fault.text, "keeps its log lines"));
	assert_non_null(strstr(fault.text, netsnmp_get_version()));
	remove_handlers();
}

/* The library that is here, and -Lf as it reads it. */
static void here(void **state)
{
	struct fixture fixture;
	struct tcx_fault fault = {""};
	char option[PATH_MAX + 8], lines[64];
	FILE *log;

	(void)state;
	meaning = library_itself;
	fixture_open(&fixture);
	fixture_puts(&fixture, "log", "");
	snprintf(option, sizeof(option), "f%s/log", fixture.root);
	assert_int_equal(snmp_log_options(option, 0, NULL), 0);
	assert_true(tcx_log_start(true, true, &fault));
	log_all();
	remove_handlers();
	log = fopen(option + 1, "r");
	assert_non_null(log);
	lines[fread(lines, 1, sizeof(lines) - 1, log)] = '\0';
	fclose(log);
	assert_string_equal(lines, "0\n1\n2\n3\n4\n5\n6\n7\n");
	fixture_close(&fixture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds),
		cmocka_unit_test(unset),
		cmocka_unit_test(deaf),
		cmocka_unit_test(here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
