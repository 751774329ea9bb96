/* SPDX-License-Identifier: BSD-2-Clause */
/* Growth, as a table of numbers: two readings of a few counters, and what they come to. */
#include "tests/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "sample/growth.h"

#define CELLS 4
#define NONE  TCX_NO_GROWTH
#define THEN  1000 /* when the two were read */
#define NOW   3500

/* One counter in one of them: absent, read, or kept from long ago. */
enum how { ABSENT, READ, KEPT };
#define IS(value)  READ, value
#define WAS(value) KEPT, value
#define NOT	   ABSENT, 0

struct cell {
	const char *name;
	enum tcx_source source;
	enum how before;
	uint64_t value_before;
	enum how now;
	uint64_t value;
	uint64_t growth; /* of what is there now */
};

#define IN(before, now, growth)	   "TcpInSegs", TCX_SOURCE_SNMP, before, now, growth
#define OUT(before, now, growth)   "TcpOutSegs", TCX_SOURCE_SNMP, before, now, growth
#define ESTAB(before, now, growth) "TcpCurrEstab", TCX_SOURCE_SNMP, before, now, growth
#define TTL(before, now, growth)   "IpDefaultTTL", TCX_SOURCE_SNMP, before, now, growth
#define TYPE(before, now, growth)  "IcmpMsgInType3", TCX_SOURCE_SNMP, before, now, growth
#define FULL(before, now, growth)  "TcpExtListenDrops", TCX_SOURCE_NETSTAT, before, now, growth
#define NEW(before, now, growth)   "TcpExtNeverHeardOf", TCX_SOURCE_NETSTAT, before, now, growth

static const struct cell cases[][CELLS] = {
	{{IN(IS(5), IS(8), 3)}, {FULL(IS(0), IS(7), 7)}, {TYPE(IS(2), IS(2), 0)}},
	{{IN(IS(0), IS(UINT64_MAX - 1), UINT64_MAX - 1)}},
	{{IN(IS(UINT64_MAX - 9), IS(UINT64_MAX), 9)}},
	/* what may fall has none, even where it rises */
	{{ESTAB(IS(3), IS(5), NONE)}, {TTL(IS(63), IS(64), NONE)}, {NEW(IS(1), IS(2), NONE)}},
	{{ESTAB(IS(5), IS(3), NONE)},
	 {TTL(IS(64), IS(63), NONE)},
	 {NEW(IS(2), IS(1), NONE)},
	 {IN(IS(5), IS(8), 3)}},
	/* what is new has no before, what is gone no growth */
	{{IN(NOT, IS(8), NONE)}, {OUT(IS(5), IS(6), 1)}},
	{{IN(IS(8), NOT, NONE)}, {OUT(IS(5), IS(6), 1)}},
	{{TYPE(NOT, IS(1), NONE)}, {IN(IS(5), IS(5), 0)}, {OUT(IS(9), NOT, NONE)}},
	{{IN(NOT, IS(8), NONE)}, {OUT(NOT, IS(6), NONE)}, {FULL(IS(1), IS(2), 1)}},
	/* one goes backwards: none of its file, and nothing of another's */
	{{IN(IS(9), IS(8), NONE)}, {OUT(IS(5), IS(6), NONE)}, {FULL(IS(1), IS(2), 1)}},
	{{IN(IS(5), IS(6), 1)}, {FULL(IS(2), IS(1), NONE)}},
	{{IN(IS(9), IS(8), NONE)}, {OUT(NOT, IS(6), NONE)}, {FULL(IS(1), IS(2), 1)}},
	/* a wrap is no growth of 2^64 less something */
	{{IN(IS(UINT32_MAX), IS(4), NONE)}, {OUT(IS(5), IS(6), NONE)}},
	{{IN(IS(UINT64_MAX), IS(4), NONE)}, {FULL(IS(1), IS(2), 1)}},
	/* what could not be read now, then, or both times */
	{{IN(IS(5), WAS(5), NONE)}, {OUT(IS(5), WAS(5), NONE)}, {FULL(IS(1), IS(2), 1)}},
	{{IN(WAS(5), IS(8), NONE)}, {OUT(IS(5), IS(6), 1)}},
	{{IN(WAS(5), WAS(5), NONE)}, {OUT(IS(5), IS(6), 1)}},
	{{IN(WAS(9), IS(8), NONE)}, {OUT(IS(5), IS(6), NONE)}, {FULL(IS(1), IS(2), 1)}},
	{{IN(WAS(5), IS(8), NONE)}, {OUT(IS(5), IS(6), 1)}, {TYPE(NOT, IS(1), NONE)}},
	/* a name that is printed twice has no certain value */
	{{IN(IS(5), IS(6), NONE)}, {IN(IS(5), IS(6), NONE)}, {OUT(IS(5), IS(6), 1)}},
};

static size_t length(const struct cell *cells)
{
	size_t count = 0;

	while (count < CELLS && cells[count].name != NULL)
		count++;
	return count;
}

static void add(struct tcx_layout *layout, const struct cell *cell)
{
	assert_true(tcx_layout_append(layout, (uint8_t)cell->source, "", 0, cell->name,
				      strlen(cell->name), NULL));
}

static void put(struct tcx_snapshot *snapshot, size_t i, enum how how, uint64_t value)
{
	if (how == KEPT) {
		assert_true(tcx_snapshot_keep(snapshot, NULL, i, i + 1));
		snapshot->taken[i] = THEN / 2;
	}
	snapshot->values[i] = value;
}

/* The layout of what is there; turned: in the opposite order. */
static struct tcx_layout *names(const struct cell *cells, bool now, bool turned)
{
	struct tcx_layout *layout = tcx_layout_new();
	size_t count = length(cells);

	assert_non_null(layout);
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &cells[turned ? count - 1 - i : i];

		if ((now ? cell->now : cell->before) != ABSENT)
			add(layout, cell);
	}
	assert_true(tcx_layout_finish(layout));
	return layout;
}

/* The same names in the same order share a layout, as in the agent. */
static struct tcx_snapshot *reading(const struct cell *cells, bool now, bool turned,
				    const struct tcx_snapshot *before)
{
	struct tcx_layout *layout = names(cells, now, turned);
	size_t count = length(cells), at = 0;
	struct tcx_snapshot *snapshot;

	snapshot = tcx_snapshot_new(before != NULL ? before->layout : layout);
	assert_non_null(snapshot);
	snapshot->taken_ns = now ? NOW : THEN;
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &cells[turned ? count - 1 - i : i];
		enum how how = now ? cell->now : cell->before;

		if (how != ABSENT)
			put(snapshot, at++, how, now ? cell->value : cell->value_before);
	}
	tcx_layout_unref(layout);
	return snapshot;
}

static bool same_names(const struct cell *cells)
{
	for (size_t i = 0; i < length(cells); i++)
		if ((cells[i].before == ABSENT) != (cells[i].now == ABSENT))
			return false;
	return true;
}

static void expect(size_t which, const struct cell *cells, bool turned)
{
	struct tcx_snapshot *before = reading(cells, false, false, NULL);
	struct tcx_snapshot *now =
		reading(cells, true, turned, !turned && same_names(cells) ? before : NULL);
	struct tcx_growth *growth = tcx_growth_new(before, now);
	size_t count = length(cells), at = 0;

	assert_non_null(growth);
	assert_int_equal(growth->ns, NOW - THEN);
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &cells[turned ? count - 1 - i : i];

		if (cell->now != ABSENT && growth->by[at++] != cell->growth)
			fail_msg("case %zu%s: %s grew by %lld", which, turned ? " turned" : "",
				 cell->name, (long long)growth->by[at - 1]);
	}
	free(growth);
	tcx_snapshot_unref(before);
	tcx_snapshot_unref(now);
}

static void table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		expect(i, cases[i], false);
		expect(i, cases[i], true); /* counters are found by name */
	}
}

static void no_interval(void **state)
{
	struct tcx_snapshot *one = reading(cases[0], true, false, NULL);
	struct tcx_snapshot *other = reading(cases[0], true, false, one);

	(void)state;
	assert_null(tcx_growth_new(NULL, one)); /* the first one */
	assert_null(tcx_growth_new(one, other));
	other->taken_ns--;
	assert_null(tcx_growth_new(one, other));
	tcx_snapshot_unref(one);
	tcx_snapshot_unref(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table),
		cmocka_unit_test(no_interval),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
