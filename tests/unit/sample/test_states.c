/* SPDX-License-Identifier: BSD-2-Clause */
/* The step of a threshold's state, as a table: a value a second, and what each leads to. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sample/states.h"

#define BEGIN_NS  (100 * TCX_NS_PER_S)
#define BEGIN_DAY 1700000000

enum { BELOW = true, ABOVE = false };

/*
 * values: "-" is none, "|" in front says that there was a gap. standings: unknown, normal, crossed.
 * told: raised, cleared, again, or nothing of that.
 */
static const struct {
	bool below;
	uint64_t limit, clear;
	unsigned int for_s, clear_for_s, every_s;
	const char *values;
	const char *standings;
	const char *told;
} cases[] = {
	/* hysteresis at its edges: the limit is not over itself, the clear is back */
	{ABOVE, 10, 9, 0, 0, 0, "0 9 10 11 10 9 10 11", "nnnccnnc", "...r.c.r"},
	{ABOVE, 10, 10, 0, 0, 0, "11 10 11 10", "cncn", "rcrc"},
	{ABOVE, 0, 0, 0, 0, 0, "0 1 1 0", "nccn", ".r.c"},
	{BELOW, 10, 11, 0, 0, 0, "20 11 10 9 10 11 10 9", "nnnccnnc", "...r.c.r"},
	{BELOW, 1, 1, 0, 0, 0, "1 0 0 1", "nccn", ".r.c"},
	{ABOVE, UINT64_MAX - 1, 5, 0, 0, 0, "18446744073709551614 18446744073709551615 6 5", "nccn",
	 ".r.c"},
	/* what is crossed at first is raised */
	{ABOVE, 10, 9, 0, 0, 0, "11", "c", "r"},
	/* for: so long at a stretch */
	{ABOVE, 10, 9, 2, 0, 0, "11 11 11 11", "nncc", "..r."},
	{ABOVE, 10, 9, 2, 0, 0, "11 11 10 11 11 11", "nnnnnc", ".....r"},
	{ABOVE, 10, 9, 2, 0, 0, "11 11 9 11 11 9", "nnnnnn", "......"},
	/* clear for: likewise; what is in between does not count as back */
	{ABOVE, 10, 9, 0, 2, 0, "11 9 9 9", "cccn", "r..c"},
	{ABOVE, 10, 9, 0, 2, 0, "11 9 9 10 9 9 9", "ccccccn", "r.....c"},
	{ABOVE, 10, 9, 0, 2, 0, "11 9 9 11 9 9 9", "ccccccn", "r.....c"},
	{BELOW, 10, 11, 1, 1, 0, "9 9 11 10 11 11", "nccccn", ".r...c"},
	/* absent: neither raises nor clears; each `for' begins anew */
	{ABOVE, 10, 9, 0, 0, 0, "- - 5", "uun", "..."},
	{ABOVE, 10, 9, 0, 0, 0, "11 - 11 - 5", "cucun", "r...c"},
	{ABOVE, 10, 9, 0, 0, 0, "11 - 10", "cuc", "r.."},
	{ABOVE, 10, 9, 2, 0, 0, "11 11 - 11 11 11", "nnunnc", ".....r"},
	{ABOVE, 10, 9, 0, 2, 0, "11 9 9 - 9 9 9", "cccuccn", "r.....c"},
	{BELOW, 10, 11, 0, 0, 0, "- - 20 - -", "uunuu", "....."},
	{BELOW, 10, 11, 0, 0, 0, "9 - - 9 20", "cuucn", "r...c"},
	/* a gap: what is read now counts, what was before does not */
	{ABOVE, 10, 9, 2, 0, 0, "11 11 |11 11 11", "nnnnc", "....r"},
	{ABOVE, 10, 9, 0, 2, 0, "11 9 9 |9 9 9", "cccccn", "r....c"},
	{ABOVE, 10, 9, 0, 0, 0, "11 |11 |9", "ccn", "r.c"},
	/* every: again and again while it is crossed, and known */
	{ABOVE, 10, 9, 0, 0, 2, "11 11 11 11 11 9 9 9", "cccccnnn", "r.a.ac.."},
	{ABOVE, 10, 9, 0, 2, 2, "11 9 9 9", "cccn", "r.ac"},
	{ABOVE, 10, 9, 0, 0, 2, "11 - - - 11 11 11", "cuuuccc", "r...a.a"},
};

static struct tcx_moment moment_at(size_t second)
{
	return (struct tcx_moment){BEGIN_NS + second * TCX_NS_PER_S,
				   {.tv_sec = BEGIN_DAY + (time_t)second}};
}

/* What is found in a second: the next word. */
static struct tcx_finding next_of(const char **at, const struct tcx_threshold *threshold,
				  size_t second)
{
	struct tcx_finding finding = {.at = moment_at(second), .gap = **at == '|'};

	*at += finding.gap;
	if (**at != '-')
		tcx_finding_set(&finding, threshold, strtoull(*at, NULL, 10));
	*at += strcspn(*at, " ");
	*at += strspn(*at, " ");
	return finding;
}

static void expect(size_t which, size_t second, char found, char wanted, const char *what)
{
	if (found != wanted)
		fail_msg("case %zu, value %zu: %s %c, not %c", which, second, what, found, wanted);
}

/* What is to be told, by the number of the change alone. */
static char told(const struct tcx_state *before, const struct tcx_state *now)
{
	if (now->change == before->change)
		return '.';
	if (now->raised == before->raised)
		return 'a';
	return now->raised ? 'r' : 'c';
}

/* Moments and counts follow from what the letters say. */
static void expect_moments(const struct tcx_state *before, const struct tcx_state *now,
			   struct tcx_moment moment)
{
	bool turned = now->raised != before->raised;
	bool told_anew = now->change != before->change;

	assert_int_equal(now->told_ns, told_anew ? moment.ns : before->told_ns);
	assert_int_equal(now->told_value, told_anew ? now->value : before->told_value);
	assert_int_equal(now->since.ns,
			 now->standing != before->standing ? moment.ns : before->since.ns);
	assert_int_equal(now->since.when.tv_sec - BEGIN_DAY,
			 (time_t)((now->since.ns - BEGIN_NS) / TCX_NS_PER_S));
	assert_int_equal(now->last.ns, turned ? moment.ns : before->last.ns);
	assert_int_equal(now->crossed, before->crossed + (turned && now->raised));
	assert_true(now->standing == TCX_UNKNOWN ? !now->known : now->known);
}

static void step(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct tcx_threshold threshold = {
			.below = cases[i].below,
			.limit = cases[i].limit,
			.clear = cases[i].clear,
			.for_ns = cases[i].for_s * TCX_NS_PER_S,
			.clear_for_ns = cases[i].clear_for_s * TCX_NS_PER_S,
			.every_ns = cases[i].every_s * TCX_NS_PER_S,
		};
		struct tcx_state now = {.threshold = &threshold};
		const char *at = cases[i].values;
		uint64_t changes = 0;

		for (size_t second = 0; cases[i].standings[second] != '\0'; second++) {
			struct tcx_finding finding = next_of(&at, &threshold, second);
			struct tcx_state before = now;

			tcx_state_step(&now, &finding, &changes);
			expect(i, second, " unc"[now.standing], cases[i].standings[second], "is");
			expect(i, second, told(&before, &now), cases[i].told[second], "tells");
			expect_moments(&before, &now, finding.at);
			assert_true(now.change <= changes);
		}
		assert_int_equal(*at, '\0');
	}
}

/* Each change of any has a number of its own. */
static void changes_are_numbered(void **state)
{
	const struct tcx_threshold threshold = {.limit = 10, .clear = 9};
	struct tcx_state a = {.threshold = &threshold}, b = a;
	struct tcx_finding over = {.at = moment_at(0)}, under = over, none = over;
	uint64_t changes = 41;

	(void)state;
	tcx_finding_set(&over, &threshold, 11);
	tcx_finding_set(&under, &threshold, 9);
	tcx_state_step(&a, &over, &changes);
	tcx_state_step(&b, &over, &changes);
	tcx_state_step(&a, &under, &changes);
	tcx_state_step(&b, &none, &changes);
	assert_int_equal(a.change, 44);
	assert_int_equal(b.change, 43);
	assert_int_equal(changes, 44);
}

static void texts(void **state)
{
	static const struct {
		unsigned int scale;
		uint64_t value;
		const char *text;
	} rows[] = {
		{1, 0, "0"},
		{1, UINT64_MAX, "18446744073709551615"},
		{100, 0, "0.00"},
		{100, 7, "0.07"},
		{100, 12345, "123.45"},
		{1000, 50, "0.050"},
		{1000, UINT64_MAX, "18446744073709551.615"},
	};
	char text[TCX_VALUE_TEXT_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct tcx_threshold threshold = {.scale = rows[i].scale};
		struct tcx_state one = {
			.threshold = &threshold, .known = true, .value = rows[i].value};

		tcx_state_text(&one, text);
		assert_string_equal(text, rows[i].text);
		one.known = false;
		tcx_state_text(&one, text);
		assert_string_equal(text, "");
	}
}

/* A row is called by its label in an index, as far as there is room. */
static void rows(void **state)
{
	static const struct {
		const char *label;
		const char *index;
	} labels[] = {
		{"0.0.0.0:443", "0.0.0.0:443"},
		{"0123456789012345678901234567890123456789",
		 "0123456789012345678901234567890123456789"},
		{"01234567890123456789012345678901234567890",
		 "0123456789012345678901234567890~9d5123bf"},
		{"01234567890123456789012345678901234567891",
		 "0123456789012345678901234567890~9c51222c"},
		/* a character of two octets in the place where the label is cut */
		{"012345678901234567890123456789\xc3\xbc"
		 "2345678901234567890",
		 NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(labels); i++) {
		struct tcx_state_row *row = tcx_state_row_new("key", 3, labels[i].label, false);

		assert_non_null(row);
		assert_string_equal(row->label, labels[i].label);
		assert_memory_equal(row->key, "key", 3);
		if (labels[i].index != NULL)
			assert_string_equal(row->index, labels[i].index);
		else
			assert_memory_equal(row->index, "012345678901234567890123456789~", 31);
		tcx_state_row_unref(row);
	}
}

/* A label that is no UTF-8 is cut all the same, or left out. */
static void no_characters(void **state)
{
	char label[60];
	struct tcx_state_row *row;

	(void)state;
	memset(label, 0x80, sizeof(label));
	label[sizeof(label) - 1] = '\0';
	row = tcx_state_row_new("key", 3, label, false);
	assert_int_equal(row->index[0], '~');
	assert_int_equal(strlen(row->index), 9);
	tcx_state_row_unref(row);
}

/* Of two that have the same label one has a number behind it that is made of its key. */
static void same_label(void **state)
{
	struct tcx_state_row *row = tcx_state_row_new("ab", 2, "web.service", true);

	(void)state;
	assert_string_equal(row->label, "web.service");
	assert_string_equal(row->index, "web.service~4d2505ca");
	tcx_state_row_unref(row);
}

/* Those of three thresholds, by severity and age. */
static void worst(void **state)
{
	struct tcx_thresholds *thresholds = tcx_thresholds_new();
	const struct tcx_threshold rows[] = {
		{.name = "a", .severity = TCX_SEVERITY_WARNING},
		{.name = "b", .severity = TCX_SEVERITY_WARNING},
		{.name = "c", .severity = TCX_SEVERITY_CRITICAL},
	};
	struct tcx_states *states;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(tcx_thresholds_put(thresholds, &rows[i]));
	states = tcx_states_new(thresholds, 1);
	assert_non_null(states);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct tcx_state one = {.threshold = &thresholds->items[i],
					      .last.ns = 100 - i};

		assert_non_null(tcx_states_add(states, &one));
	}
	tcx_thresholds_unref(thresholds);
	assert_int_equal(tcx_states_active(states), 0);
	assert_null(tcx_states_worst(states));
	states->items[0].raised = states->items[1].raised = true;
	assert_string_equal(tcx_states_worst(states)->threshold->name, "b"); /* the older one */
	states->items[2].raised = true;
	states->items[2].standing = TCX_UNKNOWN; /* for the moment */
	assert_string_equal(tcx_states_worst(states)->threshold->name, "c");
	assert_int_equal(tcx_states_active(states), 3);
	assert_ptr_equal(tcx_states_find(states, "b"), &states->items[1]);
	assert_null(tcx_states_find(states, "d"));
	assert_null(tcx_states_find(NULL, "a"));
	tcx_states_unref(states);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step),		 cmocka_unit_test(changes_are_numbered),
		cmocka_unit_test(texts),	 cmocka_unit_test(rows),
		cmocka_unit_test(same_label),	 cmocka_unit_test(worst),
		cmocka_unit_test(no_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
