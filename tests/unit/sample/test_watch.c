/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thresholds over snapshots: where values are found, what goes on when names and thresholds change,
 * and a day of readings against a list of crossings that is made in another way.
 */
#include "tests/unit/test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sample/derive.h"
#include "sample/watch.h"

#define GAP_NS	(10 * TCX_NS_PER_S)
#define AGE_NS	(10 * TCX_NS_PER_S)
#define BEGIN_S 1000

/* --- Snapshots and thresholds ------------------------------------------------------------------*/

static struct tcx_layout *layout_of(const char *const *names, size_t count)
{
	struct tcx_layout *layout = tcx_layout_new();

	for (size_t i = 0; i < count; i++)
		assert_true(tcx_layout_append(layout, TCX_SOURCE_SNMP, "", 0, names[i],
					      strlen(names[i]), NULL));
	assert_true(tcx_layout_finish(layout));
	return layout;
}

static struct tcx_snapshot *snapshot_at(struct tcx_layout *layout, uint64_t second)
{
	struct tcx_snapshot *snapshot = tcx_snapshot_new(layout);

	assert_non_null(snapshot);
	snapshot->taken_ns = second * TCX_NS_PER_S;
	snapshot->when.tv_sec = (time_t)second;
	return snapshot;
}

static struct tcx_threshold above(const char *name, const char *object, uint64_t limit)
{
	struct tcx_threshold threshold = {
		.kind = TCX_THRESHOLD_VALUE, .scale = 1, .limit = limit, .clear = limit};

	snprintf(threshold.name, sizeof(threshold.name), "%s", name);
	snprintf(threshold.object, sizeof(threshold.object), "%s", object);
	return threshold;
}

/* What goes on from one reading to the next, as in the collector. */
struct scene {
	struct tcx_watch watch;
	struct tcx_thresholds *thresholds;
	struct tcx_states *states;
};

static void replace(struct scene *scene, const struct tcx_threshold *rows, size_t count)
{
	tcx_thresholds_unref(scene->thresholds);
	scene->thresholds = tcx_thresholds_new();
	for (size_t i = 0; i < count; i++)
		assert_true(tcx_thresholds_put(scene->thresholds, &rows[i]));
}

/* Takes over the snapshot. */
static void observe(struct scene *scene, struct tcx_snapshot *snapshot)
{
	const struct tcx_observed observed = {
		.snapshot = snapshot,
		.oldest_ns = snapshot->taken_ns - AGE_NS,
		.gap_ns = GAP_NS,
	};
	struct tcx_states *states =
		tcx_watch_step(&scene->watch, scene->thresholds, scene->states, &observed);

	assert_non_null(states);
	assert_int_equal(states->taken_ns, snapshot->taken_ns);
	tcx_states_unref(scene->states);
	scene->states = states;
	tcx_snapshot_unref(snapshot);
}

static void close_scene(struct scene *scene)
{
	tcx_watch_clear(&scene->watch);
	tcx_thresholds_unref(scene->thresholds);
	tcx_states_unref(scene->states);
}

/* "a=n5 b=u c=C12": each name with its standing and value. */
static void expect(const struct scene *scene, const char *what)
{
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < scene->states->count; i++) {
		const struct tcx_state *state = &scene->states->items[i];

		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%c",
					 i > 0 ? " " : "", state->threshold->name,
					 " unC"[state->standing]);
		if (state->known)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%llu",
						 (unsigned long long)state->value);
	}
	assert_string_equal(text, what);
}

/* --- Where values are found --------------------------------------------------------------------*/

/* A counter, a gauge, a setting, and a name that the rows do not know. */
static const char *const names[] = {"TcpInSegs", "TcpCurrEstab", "TcpMaxConn", "TcpExtNeverHeard"};
enum { IN, ESTAB, MAX_CONN, NEVER, NAMES };

static struct tcx_snapshot *four(struct tcx_layout *layout, uint64_t second, uint64_t in,
				 uint64_t estab, uint64_t max_conn, uint64_t never)
{
	struct tcx_snapshot *snapshot = snapshot_at(layout, second);

	snapshot->values[IN] = in;
	snapshot->values[ESTAB] = estab;
	snapshot->values[MAX_CONN] = max_conn;
	snapshot->values[NEVER] = never;
	return snapshot;
}

static void values(void **state)
{
	struct tcx_layout *layout = layout_of(names, NAMES);
	const struct tcx_threshold rows[] = {
		above("a", "TcpInSegs", 100),	    above("b", "TcpCurrEstab", 7),
		above("c", "TcpMaxConn", 50),	    above("d", "TcpExtNeverHeard", 3),
		above("e", "TcpExtListenDrops", 0),
	};
	struct scene scene = {.states = NULL};
	struct tcx_snapshot *snapshot;

	(void)state;
	replace(&scene, rows, COUNT(rows));
	observe(&scene, four(layout, BEGIN_S, UINT64_MAX, 7, (uint64_t)-1, 4));
	/* of a setting -1 is no number; a counter has 64 bits; and what is not there is unknown */
	expect(&scene, "a=C18446744073709551615 b=n7 c=u d=C4 e=u");
	observe(&scene, four(layout, BEGIN_S + 1, 5, 8, 51, 0));
	expect(&scene, "a=n5 b=C8 c=C51 d=n0 e=u");
	/* what could not be read stays for a while, and is unknown from then on */
	snapshot = four(layout, BEGIN_S + 2, 5, 8, 51, 0);
	assert_true(tcx_snapshot_keep(snapshot, NULL, ESTAB, MAX_CONN + 1));
	snapshot->values[ESTAB] = snapshot->values[MAX_CONN] = 99;
	snapshot->taken[ESTAB] = snapshot->taken_ns - AGE_NS;
	snapshot->taken[MAX_CONN] = snapshot->taken_ns - AGE_NS - 1;
	observe(&scene, snapshot);
	expect(&scene, "a=n5 b=C99 c=u d=n0 e=u");
	close_scene(&scene);
	tcx_layout_unref(layout);
}

/* A counter keeps its state when the kernel prints more, in another order, or not this one. */
static void layouts(void **state)
{
	static const char *const turned[] = {"TcpExtNeverHeard", "TcpOutSegs", "TcpInSegs"};
	struct tcx_layout *first = layout_of(names, NAMES), *second = layout_of(turned, 3);
	const struct tcx_threshold rows[] = {above("in", "TcpInSegs", 100),
					     above("max", "TcpMaxConn", 50),
					     above("out", "TcpOutSegs", 100)};
	struct scene scene = {.states = NULL};
	struct tcx_snapshot *snapshot = snapshot_at(second, BEGIN_S + 1);

	(void)state;
	snapshot->values[1] = 500;
	snapshot->values[2] = 99;
	replace(&scene, rows, COUNT(rows));
	observe(&scene, four(first, BEGIN_S, 101, 0, 51, 0));
	expect(&scene, "in=C101 max=C51 out=u");
	observe(&scene, snapshot);
	expect(&scene, "in=n99 max=u out=C500");
	observe(&scene, four(first, BEGIN_S + 2, 7, 0, 51, 0));
	expect(&scene, "in=n7 max=C51 out=u");
	assert_int_equal(tcx_states_find(scene.states, "max")->crossed, 1); /* it never cleared */
	assert_int_equal(tcx_states_active(scene.states), 2);
	close_scene(&scene);
	tcx_layout_unref(first);
	tcx_layout_unref(second);
}

/* With other thresholds those that stay keep their state; one that is not the same begins anew. */
static void other_thresholds(void **state)
{
	struct tcx_layout *layout = layout_of(names, NAMES);
	struct tcx_threshold rows[] = {
		above("b", "TcpInSegs", 100),
		above("d", "TcpInSegs", 100),
		above("changed", "TcpInSegs", 100),
	};
	struct tcx_threshold next[] = {
		above("a", "TcpInSegs", 4),
		above("c", "TcpInSegs", 4),
		above("d", "TcpInSegs", 100),
		above("changed", "TcpInSegs", 100),
	};
	struct scene scene = {.states = NULL};
	uint64_t changes;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		rows[i].clear = 2;
	next[2].clear = 2;
	next[2].severity = TCX_SEVERITY_CRITICAL; /* of which the state does not depend */
	replace(&scene, rows, COUNT(rows));
	observe(&scene, four(layout, BEGIN_S, 101, 0, 0, 0));
	expect(&scene, "b=C101 d=C101 changed=C101");
	changes = scene.states->changes;
	replace(&scene, next, COUNT(next));
	observe(&scene, four(layout, BEGIN_S + 1, 3, 0, 0, 0));
	expect(&scene, "a=n3 c=n3 d=C3 changed=n3");
	assert_int_equal(tcx_states_find(scene.states, "d")->since.ns, BEGIN_S * TCX_NS_PER_S);
	assert_int_equal(tcx_states_find(scene.states, "d")->threshold->severity,
			 TCX_SEVERITY_CRITICAL);
	/* two that were crossed are gone: one was taken out, one is another now */
	assert_int_equal(scene.states->changes, changes + 2);
	assert_int_equal(tcx_states_find(scene.states, "changed")->change, 0);
	replace(&scene, NULL, 0);
	observe(&scene, four(layout, BEGIN_S + 2, 3, 0, 0, 0));
	expect(&scene, "");
	replace(&scene, next, COUNT(next));
	observe(&scene, four(layout, BEGIN_S + 3, 5, 0, 0, 0));
	expect(&scene, "a=C5 c=C5 d=n5 changed=n5");
	assert_int_equal(scene.states->changes, changes + 5);
	close_scene(&scene);
	tcx_layout_unref(layout);
}

/* --- A day -------------------------------------------------------------------------------------*/

#define DAY	   86400
#define NOON	   (DAY / 2)
#define SUSPENDED  50000 /* before this reading the machine slept for an hour */
#define RESTARTED  70010 /* with this one the counters begin anew */
#define MINUTE	   60
#define NIGHT_ENDS (6 * 3600)
#define HOUR	   3600
#define MISSING	   UINT64_MAX

static uint64_t seed;

/* Below n; the same each time. */
static uint64_t some(uint64_t n)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (seed >> 33) % n;
}

typedef void series(uint64_t values[DAY]);

/* A level that jumps now and then. */
static void steps(uint64_t values[DAY])
{
	uint64_t level = 0;

	for (size_t i = 0; i < DAY; i++) {
		if (some(200) == 0)
			level = some(1000);
		values[i] = level;
	}
}

/* Up for half an hour, down for another one. */
static void ramp(uint64_t values[DAY])
{
	for (size_t i = 0; i < DAY; i++) {
		uint64_t at = i % HOUR;

		values[i] = (at < HOUR / 2 ? at : HOUR - at) / 2;
	}
}

/* Mostly nothing, then a burst; and at times there is no value. */
static void bursts(uint64_t values[DAY])
{
	uint64_t left = 0, height = 0;

	for (size_t i = 0; i < DAY; i++) {
		if (left == 0 && some(100) == 0) {
			left = 1 + some(40);
			height = some(1000);
		}
		values[i] = left > 0 ? height : some(3);
		left -= left > 0;
		if (i % 7777 < 15)
			values[i] = MISSING;
	}
}

/* Nothing at night, and by day a level with noise. */
static void day_and_night(uint64_t values[DAY])
{
	for (size_t i = 0; i < DAY; i++)
		values[i] = i < NIGHT_ENDS ? some(20) : 400 + some(200);
}

/* What a counter grows by in a second: a load that jumps; and one that comes in bursts, by day. */
static void load(uint64_t values[DAY])
{
	uint64_t level = 0;

	for (size_t i = 0; i < DAY; i++) {
		if (some(300) == 0)
			level = some(25);
		values[i] = level > 0 ? some(2 * level) : 0;
	}
}

static void storms(uint64_t values[DAY])
{
	uint64_t left = 0;

	for (size_t i = 0; i < DAY; i++) {
		if (left == 0 && i > NIGHT_ENDS && some(900) == 0)
			left = 1 + some(300);
		values[i] = left > 0 ? some(40) : 0;
		left -= left > 0;
	}
}

/* A limit of so many is one of as many units. */
static const struct {
	const char *name;
	enum tcx_threshold_kind kind;
	uint64_t unit;
	series *make;
} objects[] = {
	{"SockstatTcpTw", TCX_THRESHOLD_VALUE, 1, steps},
	{"SockstatTcpMem", TCX_THRESHOLD_VALUE, 1, ramp},
	{"SockstatTcpOrphan", TCX_THRESHOLD_VALUE, 1, bursts},
	{"TcpCurrEstab", TCX_THRESHOLD_VALUE, 1, day_and_night},
	{"TcpAttemptFails", TCX_THRESHOLD_GROWTH, 1, load},
	{"TcpInErrs", TCX_THRESHOLD_GROWTH, 1, storms},
	{"TcpOutRsts", TCX_THRESHOLD_RATE, 17, load},
	{"TcpEstabResets", TCX_THRESHOLD_RATE, 17, storms},
};

#define OBJECTS COUNT(objects)

static const struct {
	bool below;
	uint64_t limit, clear;
	unsigned int for_s, clear_for_s;
} limits[] = {
	{false, 500, 500, 0, 0},   {false, 500, 450, 0, 0}, {false, 500, 450, 30, 0},
	{false, 500, 450, 30, 60}, {false, 590, 410, 2, 1}, {false, 899, 0, 0, 5},
	{true, 10, 11, 0, 0},	   {true, 450, 500, 5, 5},  {true, 5, 300, 10, 600},
};

#define LIMITS COUNT(limits)

/* What the kernel prints, and what is held against limits. */
static uint64_t printed[OBJECTS][DAY];
static uint64_t day[OBJECTS][DAY];

static size_t second_of(size_t i)
{
	return BEGIN_S + i + (i >= SUSPENDED ? HOUR : 0);
}

/* A counter that grew so in each second; it begins anew once. */
static void add_up(const uint64_t *growth, uint64_t *values)
{
	uint64_t sum = 1000;

	for (size_t i = 0; i < DAY; i++) {
		sum = i == RESTARTED ? 0 : sum + growth[i];
		values[i] = sum;
	}
}

/* The first reading of the stretch without a break that a reading is in. */
static size_t begin_of(size_t i, bool counts)
{
	if (counts && i >= RESTARTED)
		return RESTARTED;
	return i >= SUSPENDED ? SUSPENDED : 0;
}

/* By the sum over the minute that is over. */
static void growths(const uint64_t *growth, uint64_t *values)
{
	for (size_t i = 0; i < DAY; i++) {
		size_t begin = begin_of(i, false);
		size_t minutes = (i - begin) / MINUTE, end = begin + minutes * MINUTE;

		values[i] = minutes > 0 ? 0 : MISSING;
		if (end >= RESTARTED && end - MINUTE < RESTARTED)
			values[i] = MISSING;
		for (size_t k = end; values[i] != MISSING && k > end - MINUTE; k--)
			values[i] += growth[k];
	}
}

/* By the weights of all seconds since the counter began, in thousandths. */
static void rates(const uint64_t *growth, uint64_t *values)
{
	const double decay = exp(-log(10) / MINUTE);

	for (size_t i = 0; i < DAY; i++) {
		size_t begin = begin_of(i, true), far = i - begin < 2000 ? begin : i - 2000;
		double mean = 0, weight = 1 - decay;

		for (size_t k = i; k > far; k--, weight *= decay)
			mean += weight * (double)growth[k];
		values[i] = i - begin >= MINUTE ? (uint64_t)(1000 * mean + 0.5) : MISSING;
	}
}

static void make_day(void)
{
	static uint64_t grown[DAY];

	for (size_t i = 0; i < OBJECTS; i++) {
		bool is_value = objects[i].kind == TCX_THRESHOLD_VALUE;

		objects[i].make(is_value ? printed[i] : grown);
		if (is_value)
			memcpy(day[i], printed[i], sizeof(day[i]));
		else
			add_up(grown, printed[i]);
		if (objects[i].kind == TCX_THRESHOLD_GROWTH)
			growths(grown, day[i]);
		if (objects[i].kind == TCX_THRESHOLD_RATE)
			rates(grown, day[i]);
	}
}

/*
 * How many readings at a stretch, up to each, are beyond a limit or at least back from it. Neither
 * a missing value nor a gap is in a stretch.
 */
static void stretches(const uint64_t *values, bool less, uint64_t limit, bool or_equal,
		      unsigned int *lengths)
{
	for (size_t i = 0; i < DAY; i++) {
		bool is = (less ? values[i] < limit : values[i] > limit) ||
			  (or_equal && values[i] == limit);

		lengths[i] = 0;
		if (is && values[i] != MISSING)
			lengths[i] = 1 + (i > 0 && i != SUSPENDED ? lengths[i - 1] : 0);
	}
}

struct turn {
	size_t at;
	bool raised;
};

/* The turns of one threshold, found from one to the next in the whole day. */
static size_t turns_of(size_t object, size_t limit, struct turn *turns)
{
	static unsigned int over[DAY], back[DAY];
	size_t count = 0;
	bool below = limits[limit].below;

	stretches(day[object], below, limits[limit].limit * objects[object].unit, false, over);
	stretches(day[object], !below, limits[limit].clear * objects[object].unit, true, back);
	for (size_t i = 0; i < DAY; i++) {
		while (i < DAY && over[i] <= limits[limit].for_s)
			i++;
		if (i < DAY)
			turns[count++] = (struct turn){i, true};
		while (i < DAY && back[i] <= limits[limit].clear_for_s)
			i++;
		if (i < DAY)
			turns[count++] = (struct turn){i, false};
	}
	return count;
}

/* Names in the order of objects, or one more in front of all. */
static struct tcx_snapshot *reading(struct tcx_layout *layout, size_t i)
{
	struct tcx_snapshot *snapshot = snapshot_at(layout, second_of(i));
	size_t first = layout->count - OBJECTS;

	for (size_t k = 0; k < OBJECTS; k++) {
		if (printed[k][i] == MISSING)
			assert_true(tcx_snapshot_keep(snapshot, NULL, first + k, first + k + 1));
		else
			snapshot->values[first + k] = printed[k][i];
	}
	return snapshot;
}

static void watch_all(struct scene *scene)
{
	struct tcx_threshold rows[OBJECTS * LIMITS];

	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[TCX_THRESHOLD_NAME_MAX + 1];

		snprintf(name, sizeof(name), "t%02zu", i);
		rows[i] = above(name, objects[i / LIMITS].name,
				limits[i % LIMITS].limit * objects[i / LIMITS].unit);
		rows[i].kind = objects[i / LIMITS].kind;
		rows[i].below = limits[i % LIMITS].below;
		rows[i].clear = limits[i % LIMITS].clear * objects[i / LIMITS].unit;
		rows[i].for_ns = limits[i % LIMITS].for_s * TCX_NS_PER_S;
		rows[i].clear_for_ns = limits[i % LIMITS].clear_for_s * TCX_NS_PER_S;
	}
	replace(scene, rows, COUNT(rows));
}

/* What the steps told, by threshold. */
static size_t told_counts[OBJECTS * LIMITS];
static struct turn told[OBJECTS * LIMITS][DAY];

static void note(const struct tcx_states *before, const struct tcx_states *now, size_t i)
{
	for (size_t k = 0; k < now->count; k++) {
		const struct tcx_state *state = &now->items[k];

		if (state->change > (before != NULL ? before->changes : 0))
			told[k][told_counts[k]++] = (struct turn){i, state->raised};
	}
}

static void run_day(struct scene *scene)
{
	static const struct tcx_derive_settings settings = {.interval_ns = TCX_NS_PER_S,
							    .rate_ns = MINUTE * TCX_NS_PER_S,
							    .window_ns = MINUTE * TCX_NS_PER_S};
	const char *lines[OBJECTS + 1] = {"TcpInSegs"};
	struct tcx_layout *morning, *afternoon;
	struct tcx_derive derive = {.settings.interval_ns = 0};
	struct tcx_snapshot *last = NULL;

	for (size_t i = 0; i < OBJECTS; i++)
		lines[i + 1] = objects[i].name;
	morning = layout_of(lines + 1, OBJECTS);
	afternoon = layout_of(lines, OBJECTS + 1);
	for (size_t i = 0; i < DAY; i++) {
		struct tcx_states *before = tcx_states_ref(scene->states);
		struct tcx_snapshot *now = reading(i < NOON ? morning : afternoon, i);

		tcx_derive(&derive, &settings, last, now);
		tcx_snapshot_unref(last);
		last = tcx_snapshot_ref(now);
		observe(scene, now);
		note(before, scene->states, i);
		tcx_states_unref(before);
	}
	tcx_snapshot_unref(last);
	tcx_derive_clear(&derive);
	tcx_layout_unref(morning);
	tcx_layout_unref(afternoon);
}

static void a_day(void **state)
{
	static struct turn turns[DAY];
	struct scene scene = {.states = NULL};
	size_t all = 0;

	(void)state;
	seed = 1;
	make_day();
	watch_all(&scene);
	run_day(&scene);
	for (size_t i = 0; i < OBJECTS * LIMITS; i++) {
		size_t count = turns_of(i / LIMITS, i % LIMITS, turns);

		all += count;
		for (size_t k = 0; k < count && k < told_counts[i]; k++)
			if (turns[k].at != told[i][k].at || turns[k].raised != told[i][k].raised)
				fail_msg("%s, limit %zu, turn %zu: at %zu, not at %zu",
					 objects[i / LIMITS].name, i % LIMITS, k, told[i][k].at,
					 turns[k].at);
		assert_int_equal(told_counts[i], count);
	}
	assert_true(all > 1000);
	print_message("%zu crossings and clearings\n", all);
	close_scene(&scene);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(layouts),
		cmocka_unit_test(other_thresholds),
		cmocka_unit_test(a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
