/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows for notifications from how thresholds stood when it was told, and how they stand. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/session/told.h"
#include "base/clock.h"

#define BEGIN_NS  (100 * TCX_NS_PER_S)
#define BEGIN_DAY 1700000000

static struct tcx_told told;
static char said[4096]; /* the notices that were handed on, with blanks between */
static size_t room;	/* how many more are taken */
static uint64_t ago;	/* seconds from the last turn of states to what is told of them */

static struct tcx_moment moment_at(uint64_t second)
{
	return (struct tcx_moment){BEGIN_NS + second * TCX_NS_PER_S,
				   {.tv_sec = BEGIN_DAY + (time_t)second}};
}

static int begin(void **state)
{
	(void)state;
	room = 1000;
	ago = 0;
	return 0;
}

static int end(void **state)
{
	(void)state;
	tcx_told_clear(&told);
	return 0;
}

/* "+a" crossed, "-a" cleared, "=a" still crossed, "xa" ended; then missed ones and seconds. */
static bool add(void *arg, const struct tcx_notice *notice, uint64_t missed)
{
	size_t len = strlen(said);
	char kind = notice->what == TCX_NOTIFICATION_thresholdCrossedNotification ? '+' : '-';

	(void)arg;
	if (room == 0)
		return false;
	room--;
	if (strstr(notice->text, "still") != NULL)
		kind = '=';
	else if (notice->state == TCX_UNKNOWN)
		kind = 'x';
	len += (size_t)snprintf(said + len, sizeof(said) - len, "%s%c%s%s", len > 0 ? " " : "",
				kind, notice->name, notice->row);
	if (missed > 0)
		len += (size_t)snprintf(said + len, sizeof(said) - len, "/%d", (int)missed);
	snprintf(said + len, sizeof(said) - len, "@%d", (int)(notice->when.tv_sec - BEGIN_DAY));
	return true;
}

/* A state of a threshold: whether it is raised, how often it was crossed, its change, and when. */
struct row {
	const char *name;
	bool raised;
	uint64_t crossed, change, at;
};

static struct tcx_states *states_of(const struct row *rows, size_t count)
{
	struct tcx_thresholds *thresholds = tcx_thresholds_new();
	struct tcx_states *states;

	for (size_t i = 0; i < count; i++) {
		struct tcx_threshold threshold = {
			.kind = TCX_THRESHOLD_VALUE, .scale = 1, .limit = 10, .clear = 9};

		snprintf(threshold.name, sizeof(threshold.name), "%s", rows[i].name);
		assert_true(tcx_thresholds_put(thresholds, &threshold));
	}
	states = tcx_states_new(thresholds, count);
	for (size_t i = 0; i < count; i++) {
		const struct tcx_state state = {
			.threshold = tcx_thresholds_find(thresholds, rows[i].name),
			.raised = rows[i].raised,
			.crossed = rows[i].crossed,
			.change = rows[i].change,
			.last = moment_at(rows[i].at - ago),
			.told_ns = moment_at(rows[i].at).ns,
		};

		assert_non_null(tcx_states_add(states, &state));
	}
	tcx_thresholds_unref(thresholds);
	return states;
}

/* Follows and returns what was handed on. */
static const char *follow(uint64_t second, const struct row *rows, size_t count)
{
	struct tcx_states *states = rows != NULL ? states_of(rows, count) : NULL;
	struct tcx_moment now = moment_at(second);

	said[0] = '\0';
	tcx_told_follow(&told, states, &now, add, NULL);
	tcx_states_unref(states);
	return said;
}

#define FOLLOW(second, ...)                                                                        \
	follow(second, (const struct row[]){__VA_ARGS__},                                          \
	       sizeof((const struct row[]){__VA_ARGS__}) / sizeof(struct row))

static void once(void **state)
{
	(void)state;
	assert_string_equal(FOLLOW(1, {.name = "a"}, {.name = "b"}), "");
	assert_string_equal(FOLLOW(2, {.name = "a"}, {"b", true, 1, 1, 2}), "+b@2");
	assert_string_equal(FOLLOW(3, {.name = "a"}, {"b", true, 1, 1, 2}), "");
	assert_string_equal(FOLLOW(9, {"a", true, 1, 3, 8}, {"b", false, 1, 2, 7}), "+a@8 -b@7");
	assert_string_equal(FOLLOW(9, {"a", true, 1, 3, 8}, {"b", false, 1, 2, 7}), "");
	assert_string_equal(FOLLOW(11, {"a", true, 1, 3, 8}, {"b", true, 2, 4, 10}), "+b@10");
}

/* What came and went between two looks is counted. */
static void missed(void **state)
{
	(void)state;
	assert_string_equal(FOLLOW(5, {"a", true, 3, 5, 5}), "+a/4@5");
	assert_string_equal(FOLLOW(6, {"a", false, 3, 6, 6}), "-a@6");
	assert_string_equal(FOLLOW(8, {"a", false, 4, 8, 8}), "-a/1@8");
	assert_string_equal(FOLLOW(9, {"a", true, 5, 9, 9}), "+a@9");
	assert_string_equal(FOLLOW(11, {"a", true, 6, 11, 11}), "+a/1@11");
	assert_string_equal(FOLLOW(14, {"a", false, 7, 14, 14}), "-a/2@14");
}

static void again(void **state)
{
	(void)state;
	assert_string_equal(FOLLOW(5, {"a", true, 1, 1, 5}), "+a@5");
	ago = 10;
	assert_string_equal(FOLLOW(16, {"a", true, 1, 2, 15}), "=a@15");
	assert_string_equal(FOLLOW(17, {"a", true, 1, 2, 15}), "");
	ago = 0;
	assert_string_equal(FOLLOW(18, {"a", false, 1, 3, 18}), "-a@18");
	ago = 4; /* its crossing was not told in time */
	assert_string_equal(FOLLOW(25, {"a", true, 2, 5, 24}), "=a/1@24");
}

static void taken_out(void **state)
{
	(void)state;
	assert_string_equal(FOLLOW(5, {"a", true, 1, 1, 5}, {"b", true, 1, 2, 5}, {.name = "c"}),
			    "+a@5 +b@5");
	assert_string_equal(FOLLOW(6, {"b", true, 1, 2, 5}, {.name = "c"}), "xa@6");
	assert_string_equal(FOLLOW(7, {.name = "c"}), "xb@7");
	assert_string_equal(FOLLOW(8, {"c", true, 1, 3, 8}), "+c@8");
	assert_string_equal(follow(9, NULL, 0), "xc@9");
	assert_string_equal(follow(9, NULL, 0), "");
	assert_int_equal(told.count, 0);
}

/* One that is cleared ends in silence. */
static void cleared_first(void **state)
{
	(void)state;
	FOLLOW(5, {"a", true, 1, 1, 5});
	assert_string_equal(FOLLOW(6, {"a", false, 1, 2, 6}), "-a@6");
	assert_string_equal(follow(7, NULL, 0), "");
}

/* Another one of the same name, as after a change of its limit or of procRoot. */
static void another(void **state)
{
	(void)state;
	assert_string_equal(FOLLOW(5, {"a", true, 2, 3, 5}), "+a/2@5");
	assert_string_equal(FOLLOW(6, {.name = "a"}), "xa@6");
	assert_string_equal(FOLLOW(7, {"a", true, 1, 4, 7}), "+a@7");
	assert_string_equal(FOLLOW(9, {"a", true, 1, 1, 8}), "xa@9 +a@8");
}

/* What there was no room for comes later, and then as it is. */
static void no_room(void **state)
{
	(void)state;
	room = 1;
	assert_string_equal(FOLLOW(5, {"a", true, 1, 1, 5}, {"b", true, 1, 2, 5}), "+a@5");
	assert_string_equal(FOLLOW(6, {"a", true, 1, 1, 5}, {"b", true, 1, 2, 5}), "");
	room = 1;
	assert_string_equal(FOLLOW(7, {"a", false, 1, 3, 7}, {"b", true, 1, 2, 5}), "-a@7");
	room = 1;
	assert_string_equal(FOLLOW(8, {"a", false, 1, 3, 7}, {"b", true, 1, 2, 5}), "+b@5");
	room = 0;
	assert_string_equal(follow(9, NULL, 0), "");
	room = 1;
	assert_string_equal(follow(10, NULL, 0), "xb@10");
}

/* --- What a notice has -------------------------------------------------------------------------*/

static struct tcx_notice seen;

static bool keep(void *arg, const struct tcx_notice *notice, uint64_t count)
{
	(void)arg;
	(void)count;
	seen = *notice;
	return true;
}

/* Whatever the value is by now, a notice has that of what it tells of. */
static const struct tcx_notice *notice_at(const struct tcx_threshold *threshold, bool raised,
					  uint64_t value, const char *label, uint64_t second)
{
	struct tcx_thresholds *thresholds = tcx_thresholds_new();
	struct tcx_moment now = moment_at(9);
	struct tcx_state state = {.raised = raised,
				  .told_value = value,
				  .told_ns = moment_at(second).ns,
				  .crossed = 1,
				  .change = told.count + 1,
				  .last = moment_at(8)};
	struct tcx_states *states;

	assert_true(tcx_thresholds_put(thresholds, threshold));
	state.threshold = &thresholds->items[0];
	state.row = label != NULL ? tcx_state_row_new("k", 1, label, false) : NULL;
	states = tcx_states_new(thresholds, 1);
	assert_non_null(tcx_states_add(states, &state));
	assert_true(tcx_told_follow(&told, states, &now, keep, NULL));
	tcx_state_row_unref(state.row);
	tcx_states_unref(states);
	tcx_thresholds_unref(thresholds);
	return &seen;
}

static const struct tcx_notice *notice_of(const struct tcx_threshold *threshold, bool raised,
					  uint64_t value, const char *label)
{
	return notice_at(threshold, raised, value, label, 8);
}

static void contents(void **state)
{
	const struct tcx_threshold threshold = {.name = "full",
						.object = "udpSocketUse",
						.kind = TCX_THRESHOLD_VALUE,
						.severity = TCX_SEVERITY_CRITICAL,
						.scale = 100,
						.limit = 9000,
						.limit_text = "90.0",
						.clear = 8055};
	const struct tcx_notice *notice = notice_of(&threshold, true, 9250, "0.0.0.0:514");

	(void)state;
	assert_int_equal(notice->what, TCX_NOTIFICATION_thresholdCrossedNotification);
	assert_string_equal(notice->name, "full");
	assert_string_equal(notice->row, "0.0.0.0:514");
	assert_string_equal(notice->object, "udpSocketUse");
	assert_int_equal(notice->kind, 1);
	assert_int_equal(notice->severity, 3);
	assert_int_equal(notice->state, TCX_CROSSED);
	assert_string_equal(notice->value, "92.5");
	assert_int_equal(notice->whole_value, 92);
	assert_string_equal(notice->limit, "90.0"); /* as configured */
	assert_int_equal(notice->whole_limit, 90);
	assert_string_equal(notice->text,
			    "full is crossed: udpSocketUse of 0.0.0.0:514 is 92.5, more than 90.0");
	notice = notice_of(&threshold, false, 5, "0.0.0.0:514");
	assert_int_equal(notice->what, TCX_NOTIFICATION_thresholdClearedNotification);
	assert_int_equal(notice->state, TCX_NORMAL);
	assert_string_equal(notice->value, "0.05");
	assert_string_equal(notice->limit, "80.55");
	assert_string_equal(notice->text, "full is cleared: udpSocketUse of 0.0.0.0:514 is 0.05, "
					  "not more than 80.55");
}

static void sentences(void **state)
{
	struct tcx_threshold threshold = {
		.name = "n", .object = "O", .scale = 1000, .limit = 2500, .limit_text = "2.5"};
	static const char *const wanted[] = {
		[TCX_THRESHOLD_VALUE] = "n is crossed: O is 3, more than 2.5",
		[TCX_THRESHOLD_RATE] = "n is crossed: O grows by 3 a second, more than 2.5",
		[TCX_THRESHOLD_GROWTH] = "n is crossed: O grew by 3 in a minute, more than 2.5",
		[TCX_THRESHOLD_PERCENT] = "n is crossed: O is at 3 percent, more than 2.5",
	};

	(void)state;
	for (size_t kind = 1; kind < COUNT(wanted); kind++) {
		threshold.kind = (enum tcx_threshold_kind)kind;
		assert_string_equal(notice_of(&threshold, true, 3000, NULL)->text, wanted[kind]);
		tcx_told_clear(&told);
	}
	threshold.below = true;
	assert_string_equal(notice_of(&threshold, true, 1, NULL)->text,
			    "n is crossed: O is at 0.001 percent, less than 2.5");
	assert_string_equal(notice_at(&threshold, true, 2600, NULL, 9)->text,
			    "n is still crossed: O is at 2.6 percent, and the limit is 2.5");
}

/* Rows that have no state of their own. */
static void further_rows(void **state)
{
	const struct tcx_threshold threshold = {.name = "full",
						.object = "udpSocketUse",
						.measure = {.name = "udpSocketUse"},
						.kind = TCX_THRESHOLD_VALUE,
						.scale = 100,
						.limit_text = "90"};
	const struct tcx_notice *notice = notice_of(&threshold, true, 7, NULL);

	(void)state;
	assert_string_equal(notice->text,
			    "full is crossed: 7 further rows of udpSocketUse pass 90");
	assert_string_equal(notice->row, "");
	assert_int_equal(notice->whole_value, 7);
}

/* Nothing is longer than what can be sent. */
static void longest(void **state)
{
	struct tcx_threshold threshold = {.kind = TCX_THRESHOLD_RATE, .scale = 1000};
	const struct tcx_notice *notice;
	char label[300];

	(void)state;
	memset(threshold.limit_text, '9', sizeof(threshold.limit_text) - 1);
	memset(threshold.name, 'n', sizeof(threshold.name) - 1);
	memset(threshold.object, 'o', sizeof(threshold.object) - 1);
	memset(label, 'r', sizeof(label) - 1);
	label[sizeof(label) - 1] = '\0';
	notice = notice_of(&threshold, true, UINT64_MAX, label);
	assert_int_equal(strlen(notice->row), TCX_NOTICE_ROW_MAX);
	assert_int_equal(strlen(notice->name), TCX_NOTICE_NAME_MAX);
	assert_int_equal(strlen(notice->object), TCX_NOTICE_OBJECT_MAX);
	assert_int_equal(strlen(notice->limit), TCX_NOTICE_NUMBER_MAX);
	assert_string_equal(notice->value, "18446744073709551.615");
	assert_true(strlen(notice->text) < sizeof(notice->text) - 1);
	assert_non_null(strstr(notice->text, ", more than 9999999999999999999999999999999"));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(once),	     TEST(missed),	 TEST(again),	TEST(taken_out),
		TEST(cleared_first), TEST(another),	 TEST(no_room), TEST(contents),
		TEST(sentences),     TEST(further_rows), TEST(longest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
