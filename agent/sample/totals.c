/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds up what the lines of processors grew by. */
#include "sample/totals.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_LINES 2

static uint64_t *line_at(const struct tcx_lines *lines, size_t i, size_t columns)
{
	return lines->numbers + i * columns;
}

void tcx_totals_begin(struct tcx_totals *totals)
{
	totals->now.count = 0;
}

static bool make_room(struct tcx_lines *lines, size_t count, size_t columns)
{
	size_t wanted = (count > FIRST_LINES ? 2 * count : FIRST_LINES) * columns;
	uint64_t *numbers;

	if (count * columns <= lines->capacity)
		return true;
	numbers = realloc(lines->numbers, wanted * sizeof(*numbers));
	if (numbers == NULL)
		return false;
	lines->numbers = numbers;
	lines->capacity = wanted;
	return true;
}

uint64_t *tcx_totals_add(struct tcx_totals *totals, size_t columns)
{
	if (totals->now.count == TCX_TOTALS_LINES ||
	    !make_room(&totals->now, totals->now.count + 1, columns))
		return NULL;
	return line_at(&totals->now, totals->now.count++, columns);
}

struct order {
	size_t id;
	size_t columns;
};

static bool is_sorted(const struct tcx_lines *lines, struct order by)
{
	for (size_t i = 1; i < lines->count; i++)
		if (line_at(lines, i, by.columns)[by.id] <=
		    line_at(lines, i - 1, by.columns)[by.id])
			return false;
	return true;
}

static int compare(const void *a, const void *b, void *order)
{
	const struct order *by = order;
	uint64_t left = ((const uint64_t *)a)[by->id];
	uint64_t right = ((const uint64_t *)b)[by->id];

	return (left > right) - (left < right);
}

/* Whether lines can be told apart by id; then they are in its order. */
static bool sort_by_id(struct tcx_lines *lines, struct order by)
{
	if (by.id == TCX_NO_ID || is_sorted(lines, by))
		return by.id != TCX_NO_ID;
	qsort_r(lines->numbers, lines->count, by.columns * sizeof(*lines->numbers), compare, &by);
	return is_sorted(lines, by);
}

static void sum_up(struct tcx_totals *totals)
{
	memset(totals->sum, 0, sizeof(totals->sum));
	for (size_t i = 0; i < totals->now.count; i++)
		for (size_t k = 0; k < totals->columns; k++)
			totals->sum[k] += line_at(&totals->now, i, totals->columns)[k];
}

/*
 * A number that fell has wrapped at 32 bits, if that makes it grow by less than half of its range.
 * Else it began anew.
 */
static bool growth(uint64_t last, uint64_t now, uint64_t *by)
{
	*by = now - last;
	if (now >= last)
		return true;
	*by = (uint32_t)*by;
	return last <= UINT32_MAX && *by <= INT32_MAX;
}

/* Adds the growth of a line; last is NULL for one that is new. */
static bool add_line(uint64_t *grown, const uint64_t *last, const uint64_t *now, size_t columns,
		     uint64_t counters)
{
	for (size_t k = 0; k < columns; k++) {
		uint64_t by = now[k];

		if ((counters >> k & 1) == 0)
			continue;
		if (last != NULL && !growth(last[k], now[k], &by))
			return false;
		grown[k] += by;
	}
	return true;
}

static void swap(struct tcx_totals *totals)
{
	struct tcx_lines lines = totals->last;

	totals->last = totals->now;
	totals->now = lines;
}

static bool keep(struct tcx_lines *lines, const uint64_t *line, size_t columns)
{
	if (!make_room(lines, lines->count + 1, columns))
		return false;
	memcpy(line_at(lines, lines->count++, columns), line, columns * sizeof(*line));
	return true;
}

/* Appends to kept the lines of both, in order; of one that is in both the newer. */
static bool merge(struct tcx_lines *kept, const struct tcx_lines *now, const struct tcx_lines *last,
		  struct order by)
{
	size_t i = 0, k = 0;
	bool done = true;

	while (done && (i < now->count || k < last->count)) {
		const uint64_t *left = line_at(now, i, by.columns);
		const uint64_t *right = line_at(last, k, by.columns);
		bool is_gone = i == now->count || (k < last->count && right[by.id] < left[by.id]);

		done = keep(kept, is_gone ? right : left, by.columns);
		k += is_gone || (k < last->count && right[by.id] == left[by.id]);
		i += !is_gone;
	}
	return done;
}

static bool is_any_gone(const struct tcx_totals *totals, struct order by)
{
	size_t i = 0;

	while (i < totals->last.count && i < totals->now.count &&
	       line_at(&totals->last, i, by.columns)[by.id] ==
		       line_at(&totals->now, i, by.columns)[by.id])
		i++;
	return i < totals->last.count;
}

/* Lines that are gone stay with their last numbers, so that they go on from there. */
static bool keep_gone(struct tcx_totals *totals, struct order by)
{
	struct tcx_lines kept = {NULL, 0, 0};

	if (!is_any_gone(totals, by))
		return true;
	if (!merge(&kept, &totals->now, &totals->last, by)) {
		free(kept.numbers);
		return false;
	}
	free(totals->now.numbers);
	totals->now = kept;
	return true;
}

/* Adds what each line grew by to grown; with ids both are in their order. False: begin anew. */
static bool add_lines(uint64_t *grown, const struct tcx_totals *totals, uint64_t counters,
		      struct order by)
{
	const struct tcx_lines *last = &totals->last;
	size_t k = 0;
	bool well = true;

	for (size_t i = 0; well && i < totals->now.count; i++) {
		const uint64_t *now = line_at(&totals->now, i, by.columns);
		const uint64_t *before = NULL;

		while (by.id != TCX_NO_ID && k < last->count &&
		       line_at(last, k, by.columns)[by.id] < now[by.id])
			k++;
		if (k < last->count &&
		    (by.id == TCX_NO_ID || line_at(last, k, by.columns)[by.id] == now[by.id]))
			before = line_at(last, k++, by.columns);
		well = add_line(grown, before, now, by.columns, counters);
	}
	return well;
}

/* Whether the lines now are those of the last text, as far as one can tell. */
static bool goes_on(const struct tcx_totals *totals, struct order by, bool has_ids)
{
	return totals->last.count > 0 && totals->columns == by.columns &&
	       totals->has_ids == has_ids &&
	       (has_ids ? totals->last.count <= TCX_TOTALS_LINES
			: totals->last.count == totals->now.count);
}

bool tcx_totals_name(struct tcx_totals *totals, const char *names, size_t len)
{
	char *copy;

	if (totals->names != NULL && totals->names_len == len &&
	    memcmp(totals->names, names, len) == 0)
		return true;
	copy = realloc(totals->names, len + 1);
	if (copy == NULL)
		return false;
	memcpy(copy, names, len);
	totals->names = copy;
	totals->names_len = len;
	totals->anew = totals->anew || totals->last.count > 0;
	totals->last.count = 0;
	return true;
}

bool tcx_totals_end(struct tcx_totals *totals, size_t columns, uint64_t counters, size_t id)
{
	struct order by = {id, columns};
	uint64_t grown[TCX_TOTALS_COLUMNS];
	bool has_ids = sort_by_id(&totals->now, by);
	bool same = goes_on(totals, by, has_ids);

	by.id = has_ids ? id : TCX_NO_ID;
	memcpy(grown, totals->grown, sizeof(grown));
	same = same && add_lines(grown, totals, counters, by);
	totals->anew = totals->anew || (!same && totals->last.count > 0);
	totals->columns = columns;
	totals->has_ids = has_ids;
	sum_up(totals);
	memcpy(totals->grown, same ? grown : totals->sum, sizeof(grown));
	if (same && has_ids && !keep_gone(totals, by)) {
		tcx_totals_clear(totals);
		return false;
	}
	swap(totals);
	return true;
}

void tcx_totals_clear(struct tcx_totals *totals)
{
	free(totals->names);
	free(totals->now.numbers);
	free(totals->last.numbers);
	*totals = (struct tcx_totals){0};
}
