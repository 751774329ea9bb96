/* SPDX-License-Identifier: BSD-2-Clause */
/* The queue of notifications: order, the limit a minute, what is dropped, and sending again. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/session/notices.h"
#include "base/clock.h"

#define S TCX_NS_PER_S

static struct tcx_notices notices;

static int begin(void **state)
{
	(void)state;
	memset(&notices, 0, sizeof(notices));
	notices.limit = 60;
	return 0;
}

static int end(void **state)
{
	(void)state;
	tcx_notices_clear(&notices);
	assert_int_equal(notices.counts.waiting, 0);
	return 0;
}

/* "+a": threshold a is crossed; "-a": it is cleared; "?a": file a is stale; "!a": it is well. */
static bool add(const char *what, time_t when)
{
	static const enum tcx_notification kinds[] = {
		['+'] = TCX_NOTIFICATION_thresholdCrossedNotification,
		['-'] = TCX_NOTIFICATION_thresholdClearedNotification,
		['?'] = TCX_NOTIFICATION_sourceStaleNotification,
		['!'] = TCX_NOTIFICATION_sourceWellNotification,
	};
	bool is_source = what[0] == '?' || what[0] == '!';
	struct tcx_notice notice = {.what = kinds[(unsigned char)what[0]], .when.tv_sec = when};

	snprintf(notice.text, sizeof(notice.text), "%s", what);
	snprintf(is_source ? notice.object : notice.name, sizeof(notice.name), "%s", what + 1);
	return tcx_notices_add(&notices, &notice, 0);
}

/* Sends the next one: "1 +a", or "5 3 dropped" of what was dropped; "" where none may go. */
static const char *sent_at(uint64_t now_ns)
{
	static char text[300];
	const struct tcx_notice *next = tcx_notices_next(&notices, now_ns);

	text[0] = '\0';
	if (next == NULL)
		return text;
	if (next->what == TCX_NOTIFICATION_droppedNotification)
		snprintf(text, sizeof(text), "%u %llu dropped", next->event,
			 (unsigned long long)next->count);
	else
		snprintf(text, sizeof(text), "%u %s", next->event, next->text);
	tcx_notices_sent(&notices, now_ns);
	return text;
}

/* The same, and the master takes it. */
static const char *taken_at(uint64_t now_ns)
{
	const char *text = sent_at(now_ns);

	if (text[0] != '\0')
		tcx_notices_answered(&notices, true);
	return text;
}

static void order(void **state)
{
	(void)state;
	assert_true(tcx_notices_due(&notices) == TCX_NEVER);
	assert_string_equal(taken_at(S), "");
	add("+a", 1);
	add("?a", 2);
	add("-a", 3);
	assert_int_equal(notices.counts.waiting, 3);
	assert_true(tcx_notices_due(&notices) <= S);
	assert_string_equal(taken_at(S), "1 +a");
	assert_string_equal(taken_at(S), "2 ?a");
	assert_string_equal(taken_at(S), "3 -a");
	assert_string_equal(taken_at(S), "");
	assert_int_equal(notices.counts.sent, 3);
	assert_int_equal(notices.counts.waiting, 0);
}

/* One is on its way at a time; without an answer it goes again, with its number and its time. */
static void again(void **state)
{
	const struct tcx_notice *next;

	(void)state;
	add("+a", 11);
	add("+b", 12);
	assert_string_equal(sent_at(S), "1 +a");
	assert_string_equal(sent_at(S), "");
	assert_true(tcx_notices_due(&notices) == TCX_NEVER);
	tcx_notices_lost(&notices);
	next = tcx_notices_next(&notices, 2 * S);
	assert_non_null(next);
	assert_int_equal(next->when.tv_sec, 11);
	assert_string_equal(taken_at(2 * S), "1 +a");
	assert_string_equal(taken_at(2 * S), "2 +b");
	tcx_notices_answered(&notices, true);
	assert_int_equal(notices.counts.sent, 2);
}

static void refused(void **state)
{
	(void)state;
	add("+a", 1);
	add("+b", 1);
	assert_string_equal(sent_at(S), "1 +a");
	tcx_notices_answered(&notices, false);
	assert_string_equal(taken_at(S), "2 +b");
	assert_int_equal(notices.counts.refused, 1);
	assert_int_equal(notices.counts.sent, 1);
}

/* The limit holds for each minute, whenever that begins, and for what is sent again. */
static void limit(void **state)
{
	(void)state;
	notices.limit = 3;
	for (int i = 0; i < 3; i++)
		add((const char *[]){"+a", "+b", "+c"}[i], i);
	assert_string_equal(taken_at(100 * S), "1 +a");
	assert_string_equal(sent_at(110 * S), "2 +b");
	tcx_notices_lost(&notices);
	assert_string_equal(taken_at(120 * S), "2 +b");
	assert_string_equal(taken_at(120 * S), "");
	assert_true(tcx_notices_due(&notices) == 160 * S);
	assert_string_equal(taken_at(160 * S - 1), "");
	assert_string_equal(taken_at(160 * S), "3 +c");
	add("+d", 9);
	assert_true(tcx_notices_due(&notices) == 170 * S);
	notices.limit = 1;
	assert_true(tcx_notices_due(&notices) == 220 * S);
	notices.limit = 1000;
	assert_string_equal(taken_at(160 * S), "4 +d");
}

/* Up to the limit all wait. Then a later one takes the place of others of its key, and they count.
 */
static void merging(void **state)
{
	(void)state;
	notices.limit = 4;
	add("+a", 1);
	add("+b", 2);
	add("-a", 3);
	add("?a", 4);
	assert_int_equal(notices.counts.dropped, 0);
	add("+a", 5); /* in place of two */
	assert_int_equal(notices.counts.dropped, 2);
	assert_int_equal(notices.counts.waiting, 4);
	add("!a", 6); /* in place of one */
	add("+c", 7);
	assert_string_equal(taken_at(S), "5 +a");
	assert_string_equal(taken_at(S), "2 +b");
	assert_string_equal(taken_at(S), "7 !a");
	assert_string_equal(taken_at(S), "6 3 dropped");
	assert_string_equal(taken_at(61 * S), "8 +c");
	assert_int_equal(notices.counts.dropped, 3);
}

/* What is on its way stays; rows and contexts are others; so are a threshold and a file. */
static void keys(void **state)
{
	struct tcx_notice notice = {
		.what = TCX_NOTIFICATION_thresholdClearedNotification, .name = "a", .text = "row"};

	(void)state;
	notices.limit = 1;
	add("+a", 1);
	assert_string_equal(sent_at(S), "1 +a");
	add("-a", 2);
	add("?a", 2);
	snprintf(notice.row, sizeof(notice.row), "r");
	tcx_notices_add(&notices, &notice, 0);
	notice.row[0] = '\0';
	snprintf(notice.context, sizeof(notice.context), "c");
	tcx_notices_add(&notices, &notice, 0);
	assert_int_equal(notices.counts.dropped, 0);
	assert_int_equal(notices.counts.waiting, 5);
	add("+a", 3); /* in place of -a */
	assert_int_equal(notices.counts.dropped, 1);
	tcx_notices_lost(&notices);
	add("-a", 4); /* in place of both +a */
	assert_int_equal(notices.counts.dropped, 3);
	assert_string_equal(taken_at(100 * S), "8 -a");
	assert_string_equal(taken_at(200 * S), "3 ?a");
	assert_string_equal(taken_at(300 * S), "4 row");
	assert_string_equal(taken_at(400 * S), "5 row");
	assert_string_equal(taken_at(500 * S), "7 3 dropped");
}

/* One that tells of dropped ones and is on its way does not tell of later ones. */
static void dropped_on_its_way(void **state)
{
	(void)state;
	notices.limit = 1;
	add("+a", 1);
	add("-a", 2);
	assert_string_equal(taken_at(S), "2 -a");
	assert_string_equal(sent_at(100 * S), "3 1 dropped");
	add("+a", 3);
	add("-a", 4);
	tcx_notices_answered(&notices, true);
	assert_string_equal(taken_at(200 * S), "5 -a");
	assert_string_equal(taken_at(300 * S), "6 1 dropped");
	assert_int_equal(notices.counts.dropped, 2);
}

/* What nobody saw has numbers, too. */
static void missed(void **state)
{
	const struct tcx_notice notice = {.what = TCX_NOTIFICATION_thresholdCrossedNotification,
					  .text = "third"};

	(void)state;
	add("+a", 1);
	assert_true(tcx_notices_add(&notices, &notice, 2));
	assert_string_equal(taken_at(S), "1 +a");
	assert_string_equal(taken_at(S), "4 third");
	assert_string_equal(taken_at(S), "5 2 dropped");
	assert_int_equal(notices.counts.dropped, 2);
}

static void bound(void **state)
{
	char what[16];

	(void)state;
	for (int i = 0; i < TCX_NOTICES_MAX; i++) {
		snprintf(what, sizeof(what), "+%d", i);
		assert_true(add(what, i));
	}
	assert_false(add("+new", 1));
	assert_int_equal(notices.counts.waiting, TCX_NOTICES_MAX);
	assert_int_equal(notices.counts.dropped, 0);
	assert_true(add("-7", 1));
	assert_int_equal(notices.counts.dropped, 1);
	taken_at(S);
	taken_at(S);
	assert_true(add("+new", 1));
}

static void none(void **state)
{
	(void)state;
	notices.limit = 0;
	assert_true(add("+a", 1));
	assert_int_equal(notices.counts.waiting, 0);
	assert_string_equal(taken_at(S), "");
}

/* --- A storm -----------------------------------------------------------------------------------*/

#define KEYS   100
#define EVENTS 10000

/* What a manager has received. */
struct received {
	char last[KEYS]; /* '+' or '-' of each threshold */
	uint64_t count, dropped;
	uint64_t at[EVENTS]; /* when */
};

static void receive(struct received *received, uint64_t now_ns)
{
	const struct tcx_notice *next;

	while ((next = tcx_notices_next(&notices, now_ns)) != NULL) {
		if (next->what == TCX_NOTIFICATION_droppedNotification)
			received->dropped += next->count;
		else
			received->last[atoi(next->name)] = next->text[0];
		received->at[received->count++] = now_ns;
		tcx_notices_sent(&notices, now_ns);
		tcx_notices_answered(&notices, true);
	}
}

static void assert_limit_held(const struct received *received)
{
	for (uint64_t i = notices.limit; i < received->count; i++)
		assert_true(received->at[i] - received->at[i - notices.limit] >= 60 * S);
}

/* 10,000 changes of a hundred thresholds within a minute, each of another one at random. */
static void storm(void **state)
{
	static struct received received;
	char truth[KEYS], what[16];
	uint64_t now_ns = S, told = 0;

	(void)state;
	memset(&received, 0, sizeof(received));
	memset(truth, '-', sizeof(truth));
	srandom(1);
	for (int i = 0; i < EVENTS; i++) {
		int key = i < KEYS ? i : (int)(random() % KEYS);

		truth[key] = truth[key] == '+' ? '-' : '+';
		snprintf(what, sizeof(what), "%c%d", truth[key], key);
		assert_true(add(what, i));
		assert_true(notices.counts.waiting <= KEYS + notices.limit + 1);
		receive(&received, now_ns += 6 * TCX_NS_PER_MS);
	}
	assert_true(received.count <= notices.limit);
	while (notices.counts.waiting > 0)
		receive(&received, now_ns += S);
	told = notices.events - EVENTS; /* of dropped ones */
	assert_memory_equal(received.last, truth, sizeof(truth));
	assert_limit_held(&received);
	assert_true(received.dropped == notices.counts.dropped);
	assert_true(received.count == notices.counts.sent);
	assert_true(notices.counts.sent - told + notices.counts.dropped == EVENTS);
	assert_true(now_ns < 5 * 60 * S);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(order),
		TEST(again),
		TEST(refused),
		TEST(limit),
		TEST(merging),
		TEST(keys),
		TEST(dropped_on_its_way),
		TEST(missed),
		TEST(bound),
		TEST(none),
		TEST(storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
