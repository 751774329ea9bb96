/* SPDX-License-Identifier: BSD-2-Clause */
/* What is reported to the loop: in pairs, in order, and never too much. */
#include "tests/unit/test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "agent/collect/events.h"

static const struct tcx_condition_kind kind = {LOG_WARNING, "%s fails: %s", "%s is well"};
static const struct tcx_condition_kind worse = {LOG_ERR, "%s fails badly: %s", "%s is well"};

static struct tcx_events *events;
static struct tcx_condition conditions[3];

static bool is_readable(void)
{
	struct pollfd fd = {.fd = tcx_events_fd(events), .events = POLLIN};

	return poll(&fd, 1, 0) == 1;
}

static void report_as(size_t which, const struct tcx_condition_kind *as, const char *cause)
{
	static const char *const names[] = {"one", "two", "three"};
	struct tcx_fault fault;

	if (cause != NULL)
		tcx_fault_set(&fault, "%s", cause);
	tcx_events_report(events, &conditions[which], as, names[which],
			  cause != NULL ? &fault : NULL);
}

static void report(size_t which, const char *cause)
{
	report_as(which, &kind, cause);
}

/* "4 one fails: cause"; "" for none, and then nothing is readable. */
static const char *next(void)
{
	static char line[2 * TCX_FAULT_SIZE];
	struct tcx_event event = {.cause = {"of another one"}};
	int used;

	if (!tcx_events_next(events, &event)) {
		assert_false(is_readable());
		return "";
	}
	assert_true(is_readable());
	if (strcmp(event.format, kind.ends) == 0)
		assert_string_equal(event.cause.text, "");
	used = snprintf(line, sizeof(line), "%d ", event.priority);
	snprintf(line + used, sizeof(line) - (size_t)used, event.format, event.name,
		 event.cause.text);
	return line;
}

static int setup(void **state)
{
	(void)state;
	memset(conditions, 0, sizeof(conditions));
	events = tcx_events_new(NULL);
	return events == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	(void)state;
	tcx_events_unref(events);
	return 0;
}

static void pairs(void **state)
{
	(void)state;
	assert_string_equal(next(), "");
	report(0, NULL);
	assert_string_equal(next(), ""); /* what never began does not end */
	report(0, "first");
	report(0, "second");
	assert_string_equal(next(), "4 one fails: first");
	assert_string_equal(next(), "");
	report(0, "third");
	assert_string_equal(next(), "");
	report(0, NULL);
	report(0, NULL);
	assert_string_equal(next(), "5 one is well");
	assert_string_equal(next(), "");
	report_as(0, &worse, "fourth");
	assert_string_equal(next(), "3 one fails badly: fourth");
	assert_string_equal(next(), "");
}

/* Nobody listens: one pair at most waits, of what it was first. */
static void unheard(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++) {
		report(0, i == 0 ? "first" : "later");
		report_as(0, &worse, NULL);
	}
	assert_string_equal(next(), "4 one fails: later");
	assert_string_equal(next(), "5 one is well");
	assert_string_equal(next(), "");
	report(0, "again");
	assert_string_equal(next(), "4 one fails: again");
	for (int i = 0; i < 1000; i++) {
		report(0, NULL);
		report(0, "on");
	}
	assert_string_equal(next(), ""); /* it goes on */
	report(0, NULL);
	assert_string_equal(next(), "5 one is well");
	assert_string_equal(next(), "");
}

static void order(void **state)
{
	(void)state;
	report(1, "a");
	report(0, "b");
	report(2, "c");
	assert_string_equal(next(), "4 two fails: a");
	report(1, NULL);
	report(0, NULL);
	assert_string_equal(next(), "4 one fails: b");
	assert_string_equal(next(), "5 one is well");
	assert_string_equal(next(), "4 three fails: c");
	assert_string_equal(next(), "5 two is well");
	assert_string_equal(next(), "");
}

/* Taken out of the front, the middle and the end of the queue. */
static void muted(void **state)
{
	(void)state;
	for (size_t gone = 0; gone < COUNT(conditions); gone++) {
		memset(conditions, 0, sizeof(conditions));
		for (size_t i = 0; i < COUNT(conditions); i++)
			report(i, "x");
		tcx_events_mute(events, &conditions[gone], 1);
		report(gone, NULL);
		report(gone, "y");
		for (size_t i = 0; i < COUNT(conditions); i++)
			report(i, NULL);
		for (int i = 0; i < 4; i++)
			assert_string_not_equal(next(), "");
		assert_string_equal(next(), "");
	}
	memset(conditions, 0, sizeof(conditions));
	report(0, "x");
	report(1, "x");
	tcx_events_mute(events, conditions, COUNT(conditions));
	assert_string_equal(next(), "");
}

/* Of one in place of another what lasts is said once, whether it was said before or not. */
static void goes_on(void **state)
{
	(void)state;
	report(0, "cold");
	assert_string_equal(next(), "4 one fails: cold");
	tcx_events_go_on(events, &conditions[1], &conditions[0]);
	report(1, "cold");
	assert_string_equal(next(), "");
	report(1, NULL);
	assert_string_equal(next(), "5 two is well");

	report(1, "hot");
	tcx_events_go_on(events, &conditions[2], &conditions[1]);
	assert_string_equal(next(), "");
	report(2, "hot");
	assert_string_equal(next(), "4 three fails: hot");
}

/* Who has chosen a name writes neither lines nor to a terminal. */
static void control_characters(void **state)
{
	(void)state;
	tcx_events_report(events, &conditions[0], &kind, "o\nn\033[31me",
			  &(struct tcx_fault){"a\tb\x7f\xc3\xa4"});
	assert_string_equal(next(), "4 o?n?[31me fails: a?b?\xc3\xa4");
}

/* That something has come has no line. */
static void signals(void **state)
{
	(void)state;
	tcx_events_signal(events);
	tcx_events_signal(events);
	assert_true(is_readable());
	assert_string_equal(next(), "");
	assert_false(is_readable());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(pairs),   TEST(unheard), TEST(order), TEST(muted), TEST(control_characters),
		TEST(goes_on), TEST(signals),
#undef TEST
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
