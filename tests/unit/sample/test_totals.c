/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Totals of lines of processors: single texts, and a generator whose 64-bit truth they equal, with
 * numbers that wrap, processors that come and go, and files that begin anew.
 */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample/totals.h"

#define MAX_COLUMNS 4

/* Ends a text of count lines of that many columns. */
static void take(struct tcx_totals *totals, const uint64_t *numbers, size_t count, size_t columns,
		 uint64_t counters, size_t id)
{
	tcx_totals_begin(totals);
	for (size_t i = 0; i < count; i++) {
		uint64_t *line = tcx_totals_add(totals, columns);

		assert_non_null(line);
		memcpy(line, numbers + i * columns, columns * sizeof(*line));
	}
	assert_true(tcx_totals_end(totals, columns, counters, id));
}

/* Texts of two columns that go by line, or by the id in the second; both columns only grow. */
static const struct row {
	const char *what;
	size_t id;
	struct {
		size_t lines;
		uint64_t numbers[6];
		uint64_t total; /* of the first column */
		bool anew;
	} texts[4];
} rows[] = {
	{"it grows", TCX_NO_ID, {{2, {5, 0, 7, 0}, 12, false}, {2, {6, 0, 9, 0}, 15, false}}},
	{"the same once more",
	 TCX_NO_ID,
	 {{1, {5, 0}, 5, false}, {1, {5, 0}, 5, false}, {1, {5, 0}, 5, false}}},
	{"32 bits wrap",
	 TCX_NO_ID,
	 {{2, {0xfffffffe, 0, 1, 0}, 0xffffffff, false},
	  {2, {3, 0, 1, 0}, 0x100000004, false},
	  {2, {3, 0, 2, 0}, 0x100000005, false}}},
	{"one of 64 bits goes on over 2^32",
	 TCX_NO_ID,
	 {{1, {0xffffffff, 0}, 0xffffffff, false}, {1, {0x100000001, 0}, 0x100000001, false}}},
	{"the most that a wrap can be",
	 TCX_NO_ID,
	 {{1, {0xffffffff, 0}, 0xffffffff, false},
	  {1, {0x7ffffffe, 0}, 0x17ffffffe, false},
	  {1, {0x7ffffffe, 0}, 0x17ffffffe, false}}},
	{"one more is none",
	 TCX_NO_ID,
	 {{1, {0xffffffff, 0}, 0xffffffff, false}, {1, {0x7fffffff, 0}, 0x7fffffff, true}}},
	{"what is larger than 32 bits does not wrap",
	 TCX_NO_ID,
	 {{1, {0x100000000, 0}, 0x100000000, false}, {1, {1, 0}, 1, true}}},
	{"one begins anew", TCX_NO_ID, {{1, {1000, 0}, 1000, false}, {1, {10, 0}, 10, true}}},
	{"one of 64 bits begins anew",
	 TCX_NO_ID,
	 {{1, {0x1fffffffe, 0}, 0x1fffffffe, false}, {1, {3, 0}, 3, true}}},
	{"a line comes", TCX_NO_ID, {{1, {9, 0}, 9, false}, {2, {9, 0, 5, 0}, 14, true}}},
	{"a line goes",
	 TCX_NO_ID,
	 {{2, {9, 0, 5, 0}, 14, false}, {1, {9, 0}, 9, true}, {1, {10, 0}, 10, false}}},
	{"a processor goes and comes back",
	 1,
	 {{2, {9, 0, 5, 1}, 14, false},
	  {1, {10, 0}, 15, false},
	  {1, {12, 0}, 17, false},
	  {2, {12, 0, 8, 1}, 20, false}}},
	{"the first processor goes",
	 1,
	 {{3, {1, 0, 2, 1, 3, 2}, 6, false},
	  {2, {3, 1, 3, 2}, 7, false},
	  {3, {2, 0, 3, 1, 3, 2}, 8, false}}},
	{"another processor comes as one goes",
	 1,
	 {{2, {1, 0, 2, 1}, 3, false},
	  {2, {1, 0, 4, 7}, 7, false},
	  {2, {1, 0, 3, 1}, 8, false},
	  {1, {5, 7}, 9, false}}},
	{"processors are out of order",
	 1,
	 {{2, {1, 3, 2, 1}, 3, false}, {2, {3, 1, 1, 3}, 4, false}, {2, {1, 3, 4, 1}, 5, false}}},
	{"a processor wraps while it is away",
	 1,
	 {{2, {1, 0, 0xffffffff, 1}, 0x100000000, false},
	  {1, {1, 0}, 0x100000000, false},
	  {2, {1, 0, 1, 1}, 0x100000002, false}}},
	{"one processor twice goes by line",
	 1,
	 {{2, {1, 0, 2, 0}, 3, false},
	  {2, {2, 0, 2, 0}, 4, false},
	  {1, {2, 0}, 2, true},
	  {1, {3, 0}, 3, false}}},
	{"a processor begins anew", 1, {{2, {9, 0, 5, 1}, 14, false}, {2, {9, 0, 1, 1}, 10, true}}},
};

static void texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *row = &rows[i];
		struct tcx_totals totals = {0};

		for (size_t k = 0; k < COUNT(row->texts) && row->texts[k].lines > 0; k++) {
			take(&totals, row->texts[k].numbers, row->texts[k].lines, 2, 1, row->id);
			if (totals.grown[0] != row->texts[k].total ||
			    totals.anew != row->texts[k].anew)
				fail_msg("%s, text %zu: %llx, %d", row->what, k,
					 (unsigned long long)totals.grown[0], totals.anew);
			totals.anew = false;
		}
		tcx_totals_clear(&totals);
	}
}

/* Columns that come are another file; gauges are sums of what is there. */
static void columns(void **state)
{
	static const uint64_t numbers[] = {1, 2, 3, 4};
	struct tcx_totals totals = {0};

	(void)state;
	take(&totals, numbers, 2, 2, 1, TCX_NO_ID);
	assert_int_equal(totals.grown[0], 4);
	assert_int_equal(totals.sum[1], 6);
	take(&totals, numbers, 1, 4, 1, TCX_NO_ID);
	assert_true(totals.anew);
	assert_int_equal(totals.grown[0], 1);
	assert_int_equal(totals.sum[3], 4);
	tcx_totals_clear(&totals);
}

/* So are columns that have other names. */
static void names(void **state)
{
	static const uint64_t numbers[][2] = {{0xfffffffe, 9}, {3, 9}, {4, 9}, {5, 9}};
	static const char *const said[] = {"drop new", "drop new", "new drop", "new drop"};
	static const uint64_t totals_of_first[] = {0xfffffffe, 0x100000003, 4, 5};
	struct tcx_totals totals = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		assert_true(tcx_totals_name(&totals, said[i], strlen(said[i])));
		take(&totals, numbers[i], 1, 2, 3, TCX_NO_ID);
		assert_int_equal(totals.grown[0], totals_of_first[i]);
		assert_int_equal(totals.anew, i == 2);
		totals.anew = false;
	}
	tcx_totals_clear(&totals);
}

/* A text that is not whole leaves no trace. */
static void half(void **state)
{
	static const uint64_t numbers[] = {5, 9};
	struct tcx_totals totals = {0};

	(void)state;
	take(&totals, numbers, 1, 1, 1, TCX_NO_ID);
	tcx_totals_begin(&totals);
	*tcx_totals_add(&totals, 1) = 100;
	take(&totals, numbers + 1, 1, 1, 1, TCX_NO_ID);
	assert_int_equal(totals.grown[0], 9);
	tcx_totals_clear(&totals);
}

/* More processors than any machine has end in a fault, not in all memory. */
static void too_many(void **state)
{
	struct tcx_totals totals = {0};

	(void)state;
	tcx_totals_begin(&totals);
	for (size_t i = 0; i < TCX_TOTALS_LINES; i++)
		assert_non_null(tcx_totals_add(&totals, 1));
	assert_null(tcx_totals_add(&totals, 1));
	tcx_totals_clear(&totals);
}

/* --- A machine that counts ------------------------------------------------------------------ */

#define CPUS	4096
#define COUNTS	2 /* columns that only grow; behind them the id */
#define COLUMNS (COUNTS + 1)

struct machine {
	uint64_t seed;
	size_t cpus;
	bool has_ids;
	bool restarts; /* it does now and then; it counts slowly then, so that nothing wraps */
	bool online[CPUS];
	bool seen[CPUS];		/* it was printed once */
	uint64_t counted[CPUS][COUNTS]; /* the truth */
	uint64_t numbers[CPUS * COLUMNS];
};

/* xorshift64*: the same numbers everywhere. */
static uint64_t roll(struct machine *machine, uint64_t below)
{
	machine->seed ^= machine->seed >> 12;
	machine->seed ^= machine->seed << 25;
	machine->seed ^= machine->seed >> 27;
	return (machine->seed * 0x2545f4914f6cdd1dULL >> 16) % below;
}

/* Most count a little, and now and then one nearly half of what it can before it wraps. */
static void count(struct machine *machine)
{
	uint64_t most = machine->restarts ? 1000 : 0x7fffffff;

	for (size_t i = 0; i < machine->cpus; i++)
		for (size_t k = 0; machine->online[i] && k < COUNTS; k++)
			machine->counted[i][k] += 1 + roll(machine, roll(machine, 8) ? 100 : most);
}

/* Some processors go or come; where lines have no ids, the last ones. */
static void plug(struct machine *machine)
{
	size_t first = 1 + (size_t)roll(machine, machine->cpus);

	if (roll(machine, 4) != 0)
		return;
	for (size_t i = 1; i < machine->cpus; i++)
		if (!machine->has_ids)
			machine->online[i] = i < first;
		else if (roll(machine, 16) == 0)
			machine->online[i] = !machine->online[i];
}

/* All counts begin anew, where that can be seen. Returns whether they have. */
static bool restart(struct machine *machine)
{
	if (!machine->restarts || machine->counted[0][0] < 2000 || roll(machine, 30) != 0)
		return false;
	memset(machine->counted, 0, sizeof(machine->counted));
	memset(machine->seen, 0, sizeof(machine->seen));
	return true;
}

/* As the kernel prints it: 32 bits of each. Returns the number of lines. */
static size_t print(struct machine *machine)
{
	size_t lines = 0;

	for (size_t i = 0; i < machine->cpus; i++) {
		uint64_t *line = machine->numbers + lines * COLUMNS;

		if (!machine->online[i])
			continue;
		machine->seen[i] = true;
		for (size_t k = 0; k < COUNTS; k++)
			line[k] = (uint32_t)machine->counted[i][k];
		line[COUNTS] = i;
		lines++;
	}
	return lines;
}

/* Where totals begin anew, the truth is no more than what is printed. */
static void forget(struct machine *machine)
{
	for (size_t i = 0; i < machine->cpus; i++) {
		machine->seen[i] = machine->online[i];
		for (size_t k = 0; k < COUNTS; k++)
			machine->counted[i][k] = (uint32_t)machine->counted[i][k];
	}
}

/* What all that were seen have counted. */
static uint64_t truth(const struct machine *machine, size_t k)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < machine->cpus; i++)
		sum += machine->seen[i] ? machine->counted[i][k] : 0;
	return sum;
}

static void step(struct machine *machine, struct tcx_totals *totals, uint64_t seed)
{
	size_t before = totals->last.count;
	bool anew = restart(machine);
	size_t lines;

	if (!anew)
		plug(machine);
	count(machine);
	lines = print(machine);
	if (!machine->has_ids && before > 0 && lines != before) {
		forget(machine);
		anew = true;
	}
	take(totals, machine->numbers, lines, COLUMNS, (1 << COUNTS) - 1,
	     machine->has_ids ? COUNTS : TCX_NO_ID);
	for (size_t k = 0; k < COUNTS; k++)
		if (totals->grown[k] != truth(machine, k))
			fail_msg("seed %llu, column %zu: %llu and not %llu",
				 (unsigned long long)seed, k, (unsigned long long)totals->grown[k],
				 (unsigned long long)truth(machine, k));
	assert_int_equal(totals->anew, anew);
	totals->anew = false;
}

static void run(struct machine *machine, uint64_t seed, size_t cpus, size_t steps)
{
	struct tcx_totals totals = {0};
	bool has_ids = seed % 2 == 0, restarts = seed % 4 < 2;

	*machine = (struct machine){
		.seed = seed, .cpus = cpus, .has_ids = has_ids, .restarts = restarts};
	machine->online[0] = true;
	for (size_t i = 1; i < cpus; i++)
		machine->online[i] = !has_ids || roll(machine, 4) != 0;
	for (size_t i = 0; i < steps; i++)
		step(machine, &totals, seed);
	tcx_totals_clear(&totals);
}

static void generated(void **state)
{
	static struct machine machine;

	(void)state;
	for (uint64_t seed = 1; seed <= 100; seed++)
		run(&machine, seed, 1 + (size_t)seed % 9, 200);
	for (uint64_t seed = 101; seed <= 104; seed++)
		run(&machine, seed, CPUS, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts), cmocka_unit_test(columns),  cmocka_unit_test(names),
		cmocka_unit_test(half),	 cmocka_unit_test(too_many), cmocka_unit_test(generated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
