/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from readings, as tables of numbers. A reading is a text: "TcpInSegs=5" was read,
 * "TcpInSegs?" could not be, and keeps what it was.
 */
#include "tests/unit/test.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sample/derive.h"
#include "sample/rates.h"
#include "tests/unit/words.h"

#define TEXT	    512
#define NS(seconds) ((uint64_t)((seconds)*1e9 + 0.5))

struct scene {
	struct tcx_derive derive;
	struct tcx_derive_settings settings;
	struct tcx_snapshot *last;
	uint64_t own_ns; /* interval of what is not of the core */
	uint32_t anew;	 /* sources that tell by themselves that they began anew */
};

static const struct tcx_derive_settings usual = {
	.interval_ns = TCX_NS_PER_S,
	.rate_ns = 60 * TCX_NS_PER_S,
	.window_ns = 60 * TCX_NS_PER_S,
};

static bool is_same(const struct tcx_layout *a, const struct tcx_layout *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++)
		if (strcmp(a->entries[i].name, b->entries[i].name) != 0)
			return false;
	return a->count == b->count;
}

static void fill(struct tcx_snapshot *now, const struct tcx_snapshot *before, const char *text)
{
	const char *name;
	size_t len;

	for (size_t i = 0; words_next(&text, &name, &len); i++)
		if (name[len] == '=')
			now->values[i] = strtoull(name + len + 1, NULL, 10);
		else
			assert_true(tcx_snapshot_keep(now, before, i, i + 1));
}

/* As tcx_sources_read() makes it: the same names share a layout. */
static struct tcx_snapshot *reading(const struct scene *scene, double seconds, const char *text)
{
	struct tcx_layout *layout = words_layout(text);
	struct tcx_snapshot *before = NULL, *now;

	if (scene->last != NULL && is_same(layout, scene->last->layout)) {
		tcx_layout_unref(layout);
		layout = tcx_layout_ref(scene->last->layout);
	}
	now = tcx_snapshot_new(layout);
	assert_non_null(now);
	now->taken_ns = NS(seconds);
	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (tcx_catalogue_source(i)->set != TCX_SET_core)
			now->interval_ns[i] = scene->own_ns;
	if (scene->last != NULL)
		before = tcx_snapshot_under(scene->last, layout);
	fill(now, before, text);
	now->anew = scene->anew | (before != NULL ? tcx_snapshot_went_back(before, now) : 0);
	tcx_snapshot_unref(before);
	tcx_layout_unref(layout);
	return now;
}

static const struct tcx_snapshot *step(struct scene *scene, double seconds, const char *text)
{
	struct tcx_snapshot *now = reading(scene, seconds, text);

	tcx_derive(&scene->derive, &scene->settings, scene->last, now);
	tcx_snapshot_unref(scene->last);
	scene->last = now;
	return now;
}

static void end(struct scene *scene)
{
	tcx_derive_clear(&scene->derive);
	tcx_snapshot_unref(scene->last);
}

/* "TcpInSegs=3 ...": what has a number, in the order of the layout; TCX_NO_NUMBER is none. */
static const char *text_of(const struct tcx_layout *layout, const uint64_t *numbers, uint64_t unit)
{
	static char text[TEXT];
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; numbers != NULL && i < layout->count; i++)
		if (numbers[i] != TCX_NO_NUMBER)
			used += (size_t)snprintf(text + used, TEXT - used, "%s%s=%" PRIu64,
						 used > 0 ? " " : "", layout->entries[i].name,
						 numbers[i] / unit);
	return text;
}

/* Of two readings: what each counter grew by. */
static const struct {
	const char *before, *now, *grew;
} pairs[] = {
	{"TcpInSegs=5 TcpExtListenDrops=0 IcmpMsgInType3=2",
	 "TcpInSegs=8 TcpExtListenDrops=7 IcmpMsgInType3=2",
	 "TcpInSegs=3 TcpExtListenDrops=7 IcmpMsgInType3=0"},
	/* the largest numbers; what rises by 2^63 at once fell below 0 */
	{"TcpInSegs=0", "TcpInSegs=9223372036854775807", "TcpInSegs=9223372036854775807"},
	{"TcpInSegs=18446744073709551606", "TcpInSegs=18446744073709551615", "TcpInSegs=9"},
	{"TcpExtNeverHeardOf=5 TcpExtListenDrops=1",
	 "TcpExtNeverHeardOf=18446744073709551614 TcpExtListenDrops=2", "TcpExtListenDrops=1"},
	/* what may fall has none, even where it rises */
	{"TcpCurrEstab=3 IpDefaultTTL=63", "TcpCurrEstab=5 IpDefaultTTL=64", ""},
	{"TcpCurrEstab=5 IpDefaultTTL=64 TcpInSegs=5", "TcpCurrEstab=3 IpDefaultTTL=63 TcpInSegs=8",
	 "TcpInSegs=3"},
	/* what is not known is a counter until it falls, and falls alone */
	{"TcpExtNeverHeardOf=1", "TcpExtNeverHeardOf=2", "TcpExtNeverHeardOf=1"},
	{"TcpExtNeverHeardOf=2 TcpExtNorOfThis=4 TcpExtListenDrops=1",
	 "TcpExtNeverHeardOf=1 TcpExtNorOfThis=5 TcpExtListenDrops=2",
	 "TcpExtNorOfThis=1 TcpExtListenDrops=1"},
	/* what is new has no before, what is gone no growth */
	{"TcpOutSegs=5", "TcpInSegs=8 TcpOutSegs=6", "TcpOutSegs=1"},
	{"TcpInSegs=8 TcpOutSegs=5", "TcpOutSegs=6", "TcpOutSegs=1"},
	{"TcpInSegs=5 TcpOutSegs=9", "IcmpMsgInType3=1 TcpInSegs=5", "TcpInSegs=0"},
	{"TcpExtListenDrops=1", "TcpInSegs=8 TcpOutSegs=6 TcpExtListenDrops=2",
	 "TcpExtListenDrops=1"},
	/* one that is known goes backwards: none of its file, and nothing of another's */
	{"TcpInSegs=9 TcpOutSegs=5 TcpExtListenDrops=1",
	 "TcpInSegs=8 TcpOutSegs=6 TcpExtListenDrops=2", "TcpExtListenDrops=1"},
	{"TcpInSegs=5 TcpExtListenDrops=2 TcpExtNeverHeardOf=1",
	 "TcpInSegs=6 TcpExtListenDrops=1 TcpExtNeverHeardOf=2", "TcpInSegs=1"},
	{"TcpInSegs=9 TcpExtListenDrops=1", "TcpInSegs=8 TcpOutSegs=6 TcpExtListenDrops=2",
	 "TcpExtListenDrops=1"},
	/* a wrap is no growth of 2^64 less something */
	{"TcpInSegs=4294967295 TcpOutSegs=5", "TcpInSegs=4 TcpOutSegs=6", ""},
	{"TcpInSegs=18446744073709551615 TcpExtListenDrops=1", "TcpInSegs=4 TcpExtListenDrops=2",
	 "TcpExtListenDrops=1"},
	/* what could not be read now, then, or both times */
	{"TcpInSegs=5 TcpOutSegs=5 TcpExtListenDrops=1",
	 "TcpInSegs? TcpOutSegs? TcpExtListenDrops=2", "TcpExtListenDrops=1"},
	{"TcpInSegs? TcpOutSegs=5", "TcpInSegs=8 TcpOutSegs=6", "TcpOutSegs=1"},
	{"TcpInSegs? TcpOutSegs=5", "TcpInSegs? TcpOutSegs=6", "TcpOutSegs=1"},
	{"TcpInSegs=5 TcpOutSegs=5", "IcmpMsgInType3=1 TcpInSegs? TcpOutSegs=6", "TcpOutSegs=1"},
	{"TcpInSegs? TcpOutSegs=5", "IcmpMsgInType3=1 TcpInSegs=8 TcpOutSegs=6", "TcpOutSegs=1"},
	/* a name that is printed twice has no certain value */
	{"TcpInSegs=5 TcpInSegs=5 TcpOutSegs=5", "TcpInSegs=6 TcpInSegs=6 TcpOutSegs=6",
	 "TcpOutSegs=1"},
	{"TcpExtNo=5 TcpExtNo=5 TcpOutSegs=5", "TcpExtNo=6 TcpExtNo=6 TcpOutSegs=6",
	 "TcpOutSegs=1"},
};

/* The same words in the opposite order, at the end of room. */
static const char *turned(const char *text, char room[TEXT])
{
	char *out = room + TEXT - 1;
	const char *name;
	size_t len;

	*out = '\0';
	while (words_next(&text, &name, &len)) {
		if (*out != '\0')
			*--out = ' ';
		out -= text - name;
		memcpy(out, name, (size_t)(text - name));
	}
	return out;
}

static void expect_growth(size_t i, const char *before, const char *now, const char *grew)
{
	struct scene scene = {.settings = usual};
	const struct tcx_snapshot *snapshot;

	scene.settings.window_ns = 1;
	assert_null(step(&scene, 1, before)->window);
	snapshot = step(&scene, 3.5, now);
	assert_non_null(snapshot->window);
	if (strcmp(text_of(snapshot->layout, snapshot->window->of, 1), grew) != 0)
		fail_msg("pair %zu: %s", i, text_of(snapshot->layout, snapshot->window->of, 1));
	end(&scene);
}

static void growth(void **state)
{
	char now[TEXT], grew[TEXT];

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		expect_growth(i, pairs[i].before, pairs[i].now, pairs[i].grew);
		expect_growth(i, pairs[i].before, turned(pairs[i].now, now),
			      turned(pairs[i].grew, grew)); /* they are found by name */
	}
}

/* One reading of several, and since which second each counter then counts. */
struct moment {
	double at;
	const char *values, *since;
};

static void expect_since(const struct moment *moments, size_t count, double own_s)
{
	struct scene scene = {.settings = usual, .own_ns = NS(own_s)};

	for (size_t i = 0; i < count; i++) {
		const struct tcx_snapshot *now = step(&scene, moments[i].at, moments[i].values);
		uint64_t began[TEXT];
		const char *since;

		for (size_t k = 0; k < now->layout->count; k++)
			began[k] = tcx_snapshot_since(now, k);
		since = text_of(now->layout, began, TCX_NS_PER_S);
		if (strcmp(since, moments[i].since) != 0)
			fail_msg("%s: %s", moments[i].values, since);
	}
	end(&scene);
}

static const struct moment wraps[] = {
	{1, "TcpInSegs=4294967290 TcpOutSegs=1 TcpExtListenDrops=1",
	 "TcpInSegs=1 TcpOutSegs=1 TcpExtListenDrops=1"},
	{2, "TcpInSegs=4294967295 TcpOutSegs=1 TcpExtListenDrops=1",
	 "TcpInSegs=1 TcpOutSegs=1 TcpExtListenDrops=1"},
	{3, "TcpInSegs=4 TcpOutSegs=1 TcpExtListenDrops=1",
	 "TcpInSegs=3 TcpOutSegs=3 TcpExtListenDrops=1"},
	{4, "TcpInSegs=4 TcpOutSegs=1 TcpExtListenDrops=0",
	 "TcpInSegs=3 TcpOutSegs=3 TcpExtListenDrops=4"},
};

/* What could not be read when its file began anew does so when it is read again. */
static const struct moment resets[] = {
	{1, "TcpInSegs=9 TcpOutSegs=9 TcpExtNo=9", "TcpInSegs=1 TcpOutSegs=1 TcpExtNo=1"},
	{2, "TcpInSegs=0 TcpOutSegs? TcpExtNo=9", "TcpInSegs=2 TcpExtNo=1"},
	{3, "TcpInSegs=1 TcpOutSegs? TcpExtNo=9", "TcpInSegs=2 TcpExtNo=1"},
	{4, "TcpInSegs=2 TcpOutSegs=10 TcpExtNo=8", "TcpInSegs=2 TcpOutSegs=4 TcpExtNo=4"},
	{5, "TcpInSegs=3 TcpOutSegs=11 TcpExtNo=9", "TcpInSegs=2 TcpOutSegs=4 TcpExtNo=4"},
};

/* Ten intervals are no gap yet. A clock that does not go forward tells nothing. */
static const struct moment gaps[] = {
	{1, "TcpInSegs=1", "TcpInSegs=1"},   {11, "TcpInSegs=2", "TcpInSegs=1"},
	{22, "TcpInSegs=3", "TcpInSegs=22"}, {23, "TcpInSegs=4", "TcpInSegs=22"},
	{23, "TcpInSegs=5", "TcpInSegs=23"}, {24, "TcpInSegs=6", "TcpInSegs=23"},
	{20, "TcpInSegs=7", "TcpInSegs=20"}, {21, "TcpInSegs=8", "TcpInSegs=20"},
};

/* What was not read when all began anew begins when it is. */
static const struct moment gap_of_one[] = {
	{1, "TcpInSegs=1 TcpOutSegs=1", "TcpInSegs=1 TcpOutSegs=1"},
	{2, "TcpInSegs=1 TcpOutSegs?", "TcpInSegs=1 TcpOutSegs=1"},
	{11, "TcpInSegs=1 TcpOutSegs=1", "TcpInSegs=1 TcpOutSegs=1"},
	{13, "TcpInSegs=1 TcpOutSegs?", "TcpInSegs=1 TcpOutSegs=1"},
	{22, "TcpInSegs=1 TcpOutSegs=1", "TcpInSegs=1 TcpOutSegs=22"},
	{33, "TcpInSegs=1 TcpOutSegs?", "TcpInSegs=33"},
	{34, "TcpInSegs=1 TcpOutSegs=1", "TcpInSegs=33 TcpOutSegs=34"},
};

/* Names come, change their places, go and come back. */
static const struct moment names[] = {
	{1, "TcpInSegs=1 TcpExtNo=1", "TcpInSegs=1 TcpExtNo=1"},
	{2, "IcmpMsgInType3=1 TcpInSegs=1 TcpExtNo=1", "IcmpMsgInType3=2 TcpInSegs=1 TcpExtNo=1"},
	{3, "TcpExtNo=1 TcpInSegs=1 IcmpMsgInType3=1", "TcpExtNo=1 TcpInSegs=1 IcmpMsgInType3=2"},
	{4, "TcpInSegs=1", "TcpInSegs=1"},
	{5, "TcpExtNo=1 TcpInSegs=1", "TcpExtNo=5 TcpInSegs=1"},
};

/* A file that is read each 4 s has gaps of its own. */
static const struct moment paced[] = {
	{1, "TcpInSegs=1 XfrmInError=1", "TcpInSegs=1 XfrmInError=1"},
	{9, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{18, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{27, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{36, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{41, "TcpInSegs=1 XfrmInError=2", "TcpInSegs=1 XfrmInError=1"},
	{50, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{60, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{70, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{80, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{82, "TcpInSegs=1 XfrmInError=2", "TcpInSegs=1 XfrmInError=82"},
};

/* It has them whatever names come. */
static const struct moment paced_by_name[] = {
	{1, "TcpInSegs=1 XfrmInError=1", "TcpInSegs=1 XfrmInError=1"},
	{11, "TcpInSegs=1 XfrmInError?", "TcpInSegs=1 XfrmInError=1"},
	{21, "IcmpMsgInType3=1 TcpInSegs=1 XfrmInError=2",
	 "IcmpMsgInType3=21 TcpInSegs=1 XfrmInError=1"},
};

/* Sums over processors can begin anew without falling. */
static void told(void **state)
{
	struct scene scene = {.settings = usual};

	(void)state;
	step(&scene, 1, "TcpInSegs=1 TcpExtListenDrops=1");
	scene.anew = 1U << TCX_SOURCE_NETSTAT;
	step(&scene, 2, "TcpInSegs=2 TcpExtListenDrops=2");
	scene.anew = 0;
	step(&scene, 3, "TcpInSegs=3 TcpExtListenDrops=3");
	assert_int_equal(tcx_snapshot_since(scene.last, 0), NS(1));
	assert_int_equal(tcx_snapshot_since(scene.last, 1), NS(2));
	end(&scene);
}

static void since(void **state)
{
	(void)state;
	expect_since(wraps, COUNT(wraps), 0);
	expect_since(resets, COUNT(resets), 0);
	expect_since(gaps, COUNT(gaps), 0);
	expect_since(gap_of_one, COUNT(gap_of_one), 0);
	expect_since(names, COUNT(names), 0);
	expect_since(paced, COUNT(paced), 4);
	expect_since(paced_by_name, COUNT(paced_by_name), 4);
}

/* The first reading after another interval comes by either of them; another rateTime is a start. */
static void settings(void **state)
{
	struct scene scene = {.settings = usual};

	(void)state;
	scene.settings.interval_ns = 60 * TCX_NS_PER_S;
	step(&scene, 1, "TcpInSegs=1");
	scene.settings.interval_ns = TCX_NS_PER_S;
	assert_int_equal(tcx_snapshot_since(step(&scene, 50, "TcpInSegs=1"), 0), NS(1));
	assert_int_equal(tcx_snapshot_since(step(&scene, 61, "TcpInSegs=1"), 0), NS(61));
	scene.settings.rate_ns *= 2;
	assert_int_equal(tcx_snapshot_since(step(&scene, 62, "TcpInSegs=1"), 0), NS(62));
	assert_int_equal(tcx_snapshot_since(step(&scene, 63, "TcpInSegs=1"), 0), NS(62));
	end(&scene);
}

/* A reading a second, of a counter that is what it says: at most how often it was different. */
static void run(struct scene *scene, double *at, int seconds, const char *format, int *value,
		int each)
{
	char text[TEXT];

	for (int i = 0; i < seconds; i++) {
		*value += each;
		*at += 1;
		snprintf(text, sizeof(text), format, *value);
		step(scene, *at, text);
	}
}

/* The growth of an entry in the last minute, which must have finished. */
static uint64_t minute(const struct scene *scene, size_t i)
{
	assert_non_null(scene->last->minute);
	return scene->last->minute->of[i];
}

static void minutes(void **state)
{
	struct scene scene = {.settings = usual};
	double at = 0;
	int value = 100;

	(void)state;
	run(&scene, &at, 60, "TcpInSegs=%d", &value, 1); /* its first reading is at 1 */
	assert_null(scene.last->minute);
	run(&scene, &at, 1, "TcpInSegs=%d", &value, 1);
	assert_int_equal(minute(&scene, 0), 60);
	run(&scene, &at, 59, "TcpInSegs=%d", &value, 5);
	assert_int_equal(minute(&scene, 0), 60); /* until the next one has finished */
	run(&scene, &at, 1, "IcmpMsgInType3=0 TcpInSegs=%d", &value, 5);
	assert_int_equal(minute(&scene, 0), TCX_NO_NUMBER);
	assert_int_equal(minute(&scene, 1), 300);
	run(&scene, &at, 30, "TcpInSegs=%d", &value, 1); /* goes with its name */
	assert_int_equal(minute(&scene, 0), 300);
	value = 0;
	run(&scene, &at, 1, "TcpInSegs=%d", &value, 1);
	assert_int_equal(minute(&scene, 0), 300); /* that minute it did grow */
	run(&scene, &at, 29, "TcpInSegs=%d", &value, 9999);
	assert_int_equal(minute(&scene, 0), TCX_NO_NUMBER);
	run(&scene, &at, 60, "TcpInSegs=%d", &value, 2);
	assert_int_equal(minute(&scene, 0), 120);
	at += 100;
	run(&scene, &at, 60, "TcpInSegs=%d", &value, 3);
	assert_null(scene.last->minute);
	run(&scene, &at, 1, "TcpInSegs=%d", &value, 3);
	assert_int_equal(minute(&scene, 0), 180);
	end(&scene);
}

/* Of a file that is read each 60 s a minute has one reading, whenever it comes. */
static void minutes_of_a_slow_file(void **state)
{
	struct scene scene = {.settings = usual, .own_ns = NS(60)};

	(void)state;
	for (int i = 0; i <= 130; i++) {
		char text[TEXT];

		snprintf(text, sizeof(text),
			 i % 60 == 7 ? "TcpInSegs=%d XfrmInError=%d" : "TcpInSegs=%d XfrmInError?",
			 i, 2 * i);
		step(&scene, i + 1, text);
	}
	assert_int_equal(minute(&scene, 0), 60);
	assert_int_equal(minute(&scene, 1), 120);
	for (int i = 131; i <= 250; i++) { /* it fails */
		char text[TEXT];

		snprintf(text, sizeof(text), "TcpInSegs=%d XfrmInError?", i);
		step(&scene, i + 1, text);
	}
	assert_int_equal(minute(&scene, 0), 60);
	assert_int_equal(minute(&scene, 1), TCX_NO_NUMBER);
	end(&scene);
}

/* What could not be read when a window began has no growth in it. */
static void window_without_base(void **state)
{
	struct scene scene = {.settings = usual};

	(void)state;
	scene.settings.window_ns = 1;
	step(&scene, 1, "TcpInSegs=1 TcpExtListenDrops=1");
	step(&scene, 2, "TcpInSegs? TcpExtListenDrops=2");
	step(&scene, 3, "TcpInSegs=5 TcpExtListenDrops=3");
	assert_int_equal(scene.last->window->of[0], TCX_NO_NUMBER);
	assert_int_equal(scene.last->window->of[1], 1);
	end(&scene);
}

/* A counter of milliseconds tells how long a window was. */
static void step_clock(struct scene *scene, double at)
{
	char text[32];

	snprintf(text, sizeof(text), "TcpInSegs=%.0f", at * 1000);
	step(scene, at, text);
}

static double rate_of_second(const struct scene *scene)
{
	double rate;

	assert_true(tcx_rates_get(scene->last, 1, &rate));
	return rate;
}

/* Readings that come early or late by some milliseconds, and windows of other lengths. */
static void windows(void **state)
{
	struct scene scene = {.settings = usual};
	const struct tcx_numbers *last;

	(void)state;
	scene.settings.window_ns = 5 * TCX_NS_PER_S;
	for (int i = 0; i <= 10; i++)
		step_clock(&scene, 1 + i + (i % 5 == 0 ? 0.02 - 0.002 * i : 0));
	last = scene.last->window;
	assert_int_equal(last->of[0], 4990);
	step_clock(&scene, 12);
	assert_ptr_equal(scene.last->window, last); /* no copy */
	step(&scene, 12.5, "IcmpMsgInType3=1 TcpInSegs=12500");
	assert_int_equal(scene.last->window->of[0], TCX_NO_NUMBER);
	assert_int_equal(scene.last->window->of[1], 4990);
	scene.settings.window_ns = 7 * TCX_NS_PER_S;
	step_clock(&scene, 13);
	assert_null(scene.last->window); /* another length begins anew */
	for (int i = 14; i <= 20; i++)
		step_clock(&scene, i);
	assert_int_equal(scene.last->window->of[0], 7000);
	scene.settings.interval_ns = 30 * TCX_NS_PER_S;
	step_clock(&scene, 50);
	assert_int_equal(scene.last->window->of[0], 30000); /* it takes as long as a reading */
	end(&scene);
}

/* What nothing happens in has the growth and the means of all that are so, once it is known. */
static void idle(void **state)
{
	struct scene scene = {.settings = usual};
	const struct tcx_numbers *still;

	(void)state;
	for (int i = 0; i <= 61; i++)
		step(&scene, 1 + i, "TcpCurrEstab=3 TcpInSegs=7");
	still = scene.last->layout->still;
	assert_int_equal(still->of[0], TCX_NO_NUMBER);
	assert_int_equal(still->of[1], 0);
	assert_ptr_equal(scene.last->minute, still);
	assert_int_equal(scene.last->rates->count, 0);
	assert_true(rate_of_second(&scene) == 0);
	for (int i = 62; i <= 122; i++)
		step(&scene, 1 + i, "TcpCurrEstab=3 TcpInSegs=8");
	assert_ptr_not_equal(scene.last->minute, still);
	assert_int_equal(scene.last->minute->of[1], 1);
	assert_true(rate_of_second(&scene) > 0);
	end(&scene);
}

/* healthWindow is a minute, too, unless it is set. */
static void one_window(void **state)
{
	struct scene scene = {.settings = usual};

	(void)state;
	scene.settings.window_ns = 60 * TCX_NS_PER_S;
	for (int i = 0; i <= 60; i++)
		step_clock(&scene, 1 + i);
	assert_int_equal(scene.last->window->of[0], 60000);
	assert_ptr_equal(scene.last->window, scene.last->minute);
	end(&scene);
}

/* --- Mean rates ------------------------------------------------------------------------------ */

#define NO_RATE (-1.0)

/* The mean rate of a name in the newest snapshot, or NO_RATE. */
static double rate_of(const struct scene *scene, const char *name)
{
	int32_t at = tcx_layout_find(scene->last->layout, name, strlen(name));
	double rate;

	assert_true(at >= 0);
	return tcx_rates_get(scene->last, (size_t)at, &rate) ? rate : NO_RATE;
}

/* Sums of some hundred terms, each rounded to 53 bits. */
static void expect_rate(const struct scene *scene, const char *name, double expected)
{
	double rate = rate_of(scene, name);
	double error = rate > expected ? rate - expected : expected - rate;

	if (error > (expected > 0 ? expected * 1e-12 : 0))
		fail_msg("%s: %.17g, not %.17g", name, rate, expected);
}

/* A steady rate, read in so many steps; whatever these are, the mean is the same. */
static const struct {
	double step_s[3]; /* one after the other, again and again */
	double interval_s;
	uint64_t per_s; /* in thousandths */
} steadies[] = {
	{{1, 1, 1}, 1, 1000},
	{{1, 1, 1}, 1, 1000000},
	{{0.5, 0.5, 0.5}, 0.5, 8000},
	{{2, 0.5, 3.5}, 2, 2000},
	{{20, 9, 1}, 2, 1000000000}, /* ten intervals are no gap */
	{{30, 30, 30}, 30, 2000},
	{{60, 60, 60}, 60, 1000},
	/* 100 Gbit/s of octets; and what is the most that 64 bits can have in thousandths */
	{{1, 1, 1}, 1, 12500000000000},
	{{1, 1, 1}, 1, 1844674407370000000},
};

static void steady(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(steadies); i++) {
		struct scene scene = {.settings = usual};
		double per_s = (double)steadies[i].per_s / 1000;
		double at = 0;
		char text[TEXT];

		scene.settings.interval_ns = NS(steadies[i].interval_s);
		for (size_t k = 0; at <= 120; k++) {
			snprintf(text, sizeof(text), "TcpInSegs=%.0f", at * per_s);
			step(&scene, at + 1, text);
			if (at < 60)
				assert_true(rate_of(&scene, "TcpInSegs") == NO_RATE);
			if (at == 60) /* 90 %, and of the rest again 90 % */
				expect_rate(&scene, "TcpInSegs", 0.9 * per_s);
			if (at == 120)
				expect_rate(&scene, "TcpInSegs", 0.99 * per_s);
			at += steadies[i].step_s[k % 3];
		}
		end(&scene);
	}
}

/* So many readings a second apart, each with as much more. */
static void grow(struct scene *scene, double *at, uint64_t *value, int readings, uint64_t each)
{
	char text[TEXT];

	for (int i = 0; i < readings; i++) {
		*at += 1;
		*value += each;
		snprintf(text, sizeof(text), "TcpInSegs=%" PRIu64, *value);
		step(scene, *at, text);
	}
}

/* A burst has its part in the mean, which goes to a tenth in 60 s, and to nothing at last. */
static void bursts(void **state)
{
	struct scene scene = {.settings = usual};
	uint64_t value = 0;
	double at = 0, before;

	(void)state;
	grow(&scene, &at, &value, 1, 0);
	grow(&scene, &at, &value, 120, 100);
	expect_rate(&scene, "TcpInSegs", 99);
	grow(&scene, &at, &value, 60, 0);
	expect_rate(&scene, "TcpInSegs", 9.9);
	grow(&scene, &at, &value, 1, 100000);
	before = rate_of(&scene, "TcpInSegs");
	assert_true(before > 3700 && before < 3800); /* 100000 of 60 s / ln 10, and what was */
	grow(&scene, &at, &value, 60, 0);
	expect_rate(&scene, "TcpInSegs", before / 10);
	grow(&scene, &at, &value, 60 * 20, 0);
	assert_true(rate_of(&scene, "TcpInSegs") == 0);
	grow(&scene, &at, &value, 60, 1);
	expect_rate(&scene, "TcpInSegs", 0.9);
	end(&scene);
}

/* A counter that begins anew has no rate until it has counted for 60 s. */
static const struct {
	uint64_t from, to; /* after a minute it goes on from there */
	double after_s;
} starts[] = {
	{5000, 0, 1},
	{UINT32_MAX - 7000, 3, 1},
	{UINT64_MAX - 7000, 3, 1},
	{0, 6200, 11},
	{0, 6200, -3},
	{0, 6200, 0},
};

static void rates_begin_anew(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(starts); i++) {
		struct scene scene = {.settings = usual};
		uint64_t value = starts[i].from;
		double at = 1;

		grow(&scene, &at, &value, 61, 100);
		expect_rate(&scene, "TcpInSegs", 90);
		value = starts[i].to;
		at += starts[i].after_s - 1;
		grow(&scene, &at, &value, 60, 100);
		assert_true(rate_of(&scene, "TcpInSegs") == NO_RATE);
		grow(&scene, &at, &value, 1, 100);
		expect_rate(&scene, "TcpInSegs", 90);
		end(&scene);
	}
}

/* Names that come, go and change their places take no other's rate away. */
static void rates_by_name(void **state)
{
	static const char *const formats[] = {"TcpInSegs=%d TcpExtNo=%d",
					      "TcpInSegs=%d TcpExtNo=%d IcmpMsgInType3=1",
					      "IcmpMsgInType8=0 TcpInSegs=%d TcpExtNo=%d",
					      "IcmpMsgInType8=0 TcpInSegs=%d TcpExtNo=%d"};
	struct scene scene = {.settings = usual};
	char text[TEXT];

	(void)state;
	for (int i = 0; i <= 60; i++) {
		snprintf(text, sizeof(text), formats[i % 4], 10 * i, 7 * i);
		step(&scene, i + 1, text);
	}
	expect_rate(&scene, "TcpInSegs", 9);
	expect_rate(&scene, "TcpExtNo", 6.3);
	step(&scene, 62, "TcpInSegs=610 IcmpMsgInType8=0");
	step(&scene, 63, "TcpInSegs=620 TcpExtNo=0");
	assert_true(rate_of(&scene, "TcpInSegs") > 9);
	assert_true(rate_of(&scene, "TcpExtNo") == NO_RATE);
	end(&scene);
}

/* What is read each 8 s, or fails now and then, has the time between its own readings. */
static void rates_of_a_slow_file(void **state)
{
	struct scene scene = {.settings = usual, .own_ns = NS(8)};
	char text[TEXT];

	(void)state;
	for (int i = 0; i <= 120; i++) {
		snprintf(text, sizeof(text), "TcpInSegs=%d XfrmInError%s%d TcpExtListenDrops%s%d",
			 100 * i, i % 8 == 0 ? "=" : "?", 5 * i, i % 7 != 3 ? "=" : "?", 20 * i);
		step(&scene, i + 1, text);
		if (i == 59 || i == 63)
			assert_true(rate_of(&scene, "XfrmInError") == NO_RATE);
	}
	expect_rate(&scene, "TcpInSegs", 99);
	expect_rate(&scene, "XfrmInError", 4.95);
	expect_rate(&scene, "TcpExtListenDrops", 19.8);
	end(&scene);
}

/* A counter of any speed that is lost now and then. */
static int any_value(int i)
{
	return i * 7 % 50 + 90 * i + (i / 150 % 2 == 0 ? 0 : 1000000);
}

/* Whether all values are of one reading or not, what follows from them is the same. */
static void either_way(void **state)
{
	struct scene whole = {.settings = usual}, part = {.settings = usual};
	char text[TEXT];

	(void)state;
	for (int i = 0; i <= 700; i++) {
		int gap = i / 100 * 5;

		snprintf(text, sizeof(text), "TcpInSegs=%d TcpExtNo=%d XfrmInError?", any_value(i),
			 any_value(i + 3));
		step(&part, i + gap, text);
		*strrchr(text, ' ') = '\0';
		step(&whole, i + gap, text);
		assert_int_equal(tcx_snapshot_since(whole.last, 0),
				 tcx_snapshot_since(part.last, 0));
		assert_int_equal(tcx_snapshot_since(whole.last, 1),
				 tcx_snapshot_since(part.last, 1));
		expect_rate(&part, "TcpInSegs", rate_of(&whole, "TcpInSegs"));
		expect_rate(&part, "TcpExtNo", rate_of(&whole, "TcpExtNo"));
	}
	assert_true(rate_of(&whole, "TcpInSegs") > 70);
	assert_null(whole.last->taken);
	assert_non_null(part.last->taken);
	end(&whole);
	end(&part);
}

/* What is none has none: gauges, settings, names that come twice. */
static void no_rates(void **state)
{
	struct scene scene = {.settings = usual};
	char text[TEXT];

	(void)state;
	for (int i = 0; i <= 80; i++) {
		snprintf(text, sizeof(text),
			 "TcpCurrEstab=%d IpDefaultTTL=%d TcpInSegs=%d TcpExtNo=%d TcpExtTwice=1 "
			 "TcpExtTwice=1",
			 i * (i % 3), i, i, i == 40 ? 0 : i);
		step(&scene, i + 1, text);
	}
	assert_true(rate_of(&scene, "TcpCurrEstab") == NO_RATE);
	assert_true(rate_of(&scene, "IpDefaultTTL") == NO_RATE);
	assert_true(rate_of(&scene, "TcpExtNo") == NO_RATE); /* it fell */
	assert_true(rate_of(&scene, "TcpInSegs") > 0.9);
	assert_int_equal(tcx_layout_find(scene.last->layout, "TcpExtTwice", 11), -1);
	end(&scene);
}

static void rounding(void **state)
{
	(void)state;
	assert_int_equal(tcx_rates_round(0), 0);
	assert_int_equal(tcx_rates_round(0.49), 0);
	assert_int_equal(tcx_rates_round(0.5), 1);
	assert_int_equal(tcx_rates_round(1.49), 1);
	assert_int_equal(tcx_rates_round(1.25e13), 12500000000000);
	assert_true(tcx_rates_round(18446744073709549568.0) == 18446744073709549568U);
	assert_true(tcx_rates_round(18446744073709551616.0) == UINT64_MAX);
	assert_true(tcx_rates_round(1e23) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steady),
		cmocka_unit_test(bursts),
		cmocka_unit_test(rates_begin_anew),
		cmocka_unit_test(rates_by_name),
		cmocka_unit_test(rates_of_a_slow_file),
		cmocka_unit_test(either_way),
		cmocka_unit_test(no_rates),
		cmocka_unit_test(rounding),
		cmocka_unit_test(growth),
		cmocka_unit_test(since),
		cmocka_unit_test(told),
		cmocka_unit_test(window_without_base),
		cmocka_unit_test(settings),
		cmocka_unit_test(minutes),
		cmocka_unit_test(windows),
		cmocka_unit_test(idle),
		cmocka_unit_test(one_window),
		cmocka_unit_test(minutes_of_a_slow_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
