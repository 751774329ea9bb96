/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Steps the states of rows. One has a state of its own from when it passes the limit until it is
 * gone, or gives its place to one that passes the limit, too. There are so many places; rows beyond
 * are only counted.
 */
#include "watch_rows.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "sample/rates.h"

/* What goes on while the rows are looked at. */
struct step {
	const struct tcx_watch_rows *rows;
	struct tcx_states *states;
	struct tcx_table *table;    /* the newest */
	struct tcx_finding finding; /* the same for all but for its value */
	size_t own;		    /* the place of the threshold's own state */
	size_t kept;		    /* of those behind it */
	const struct tcx_state_row *sorted[TCX_WATCH_ROWS_MAX]; /* their rows, by key */
	bool full;	/* none of them gives its place away */
	bool any_known; /* some row has a value */
	uint64_t rest;	/* how many pass the limit and have no state of their own */
};

/* --- The value of a row ------------------------------------------------------------------------*/

static size_t row_number(const struct tcx_table *table, const void *row)
{
	return (size_t)((const uint8_t *)row - table->rows) / table->kind->row_size;
}

/* What the counter of a row grew by between two readings; that is unknown where it began anew. */
static bool growth(const struct tcx_watch_rows *rows, struct tcx_table *from, struct tcx_table *to,
		   const void *key, uint64_t *by)
{
	const struct tcx_measuring *measuring = rows->measuring;
	const struct tcx_measure *measure = &rows->threshold->measure;
	const void *first = from != NULL ? tcx_table_find(from, key) : NULL;
	const void *last = first != NULL ? tcx_table_find(to, key) : NULL;
	size_t a, b;
	uint64_t value;

	if (last == NULL)
		return false;
	a = row_number(from, first);
	b = row_number(to, last);
	if (measuring->since(rows->reading, measure, from, a) !=
		    measuring->since(rows->reading, measure, to, b) ||
	    !measuring->cell(rows->reading, measure, from, a, &value) ||
	    !measuring->cell(rows->reading, measure, to, b, by))
		return false;
	*by -= value;
	if (measure->bits == 32)
		*by = (uint32_t)*by;
	return true;
}

static bool value_of(const struct step *step, size_t row, uint64_t *value)
{
	const struct tcx_watch_rows *rows = step->rows;
	const struct tcx_readings *readings = rows->readings;
	const void *key = tcx_table_row(step->table, row);

	switch (rows->threshold->kind) {
	case TCX_THRESHOLD_GROWTH:
		return growth(rows, readings->from, readings->to, key, value);
	case TCX_THRESHOLD_RATE:
		if (!growth(rows, readings->before, readings->newest, key, value))
			return false;
		*value = tcx_rates_round(
			(double)*value * TCX_RATE_SCALE * TCX_NS_PER_S /
			(double)(readings->newest->taken_ns - readings->before->taken_ns));
		return true;
	default:
		return rows->measuring->cell(rows->reading, &rows->threshold->measure,
					     readings->newest, row, value);
	}
}

/* What is found of a row. */
static struct tcx_finding look_at(struct step *step, size_t row)
{
	struct tcx_finding finding = step->finding;
	uint64_t value;

	if (value_of(step, row, &value)) {
		tcx_finding_set(&finding, step->rows->threshold, value);
		step->any_known = true;
	}
	return finding;
}

/* --- Those that have a state -------------------------------------------------------------------*/

static bool comes_before(const void *arg, size_t i, const void *key)
{
	const struct step *step = arg;

	return memcmp(step->sorted[i]->key, key, step->table->kind->key_size) < 0;
}

static size_t place_of(const struct step *step, const void *key)
{
	return tcx_search(step, step->kept, key, comes_before);
}

static bool is_kept(const struct step *step, const void *key)
{
	size_t place = place_of(step, key);

	return place < step->kept &&
	       memcmp(step->sorted[place]->key, key, step->table->kind->key_size) == 0;
}

static void note(struct step *step, const struct tcx_state_row *row)
{
	size_t place = place_of(step, row->key);

	memmove(&step->sorted[place + 1], &step->sorted[place],
		(step->kept - place) * sizeof(step->sorted[0]));
	step->sorted[place] = row;
	step->kept++;
}

/* NULL when memory is short. */
static struct tcx_state *add(struct step *step, const struct tcx_state *from,
			     const struct tcx_finding *finding)
{
	struct tcx_state *state = tcx_states_add(step->states, from);

	if (state == NULL)
		return NULL;
	state->threshold = step->rows->threshold;
	tcx_state_step(state, finding, &step->states->changes);
	return state;
}

/* Those that have one already; what was raised and is gone is to be told. */
static bool keep(struct step *step)
{
	const struct tcx_watch_rows *rows = step->rows;

	for (size_t i = 1; i < rows->before_count; i++) {
		const struct tcx_state *last = &rows->before[i];
		const void *row = tcx_table_find(step->table, last->row->key);
		struct tcx_finding finding;

		if (row == NULL) {
			step->states->changes += last->raised;
			continue;
		}
		finding = look_at(step, row_number(step->table, row));
		if (add(step, last, &finding) == NULL)
			return false;
		note(step, last->row);
	}
	return true;
}

/* --- Those that pass the limit and have none ---------------------------------------------------*/

/* One that is neither crossed nor about to be gives its place away: the one that was longest ago.
 */
static struct tcx_state *find_quiet(const struct step *step)
{
	struct tcx_state *first = &step->states->items[step->own + 1], *quiet = NULL;

	for (struct tcx_state *state = first; state < first + step->kept; state++)
		if (!state->raised && state->pending_ns == 0 &&
		    (quiet == NULL || state->last.ns < quiet->last.ns))
			quiet = state;
	return quiet;
}

static bool make_room(struct step *step)
{
	struct tcx_states *states = step->states;
	struct tcx_state *quiet;
	size_t place;

	if (step->kept < TCX_WATCH_ROWS_MAX)
		return true;
	quiet = step->full ? NULL : find_quiet(step);
	step->full = quiet == NULL;
	if (quiet == NULL)
		return false;
	place = place_of(step, quiet->row->key);
	step->kept--;
	memmove(&step->sorted[place], &step->sorted[place + 1],
		(step->kept - place) * sizeof(step->sorted[0]));
	tcx_states_remove(states, (size_t)(quiet - states->items));
	return true;
}

/* An index can belong to one row only. */
static bool has_index(const struct step *step, const char *index)
{
	for (size_t i = 0; i < step->kept; i++)
		if (strcmp(step->sorted[i]->index, index) == 0)
			return true;
	return false;
}

/* NULL when memory is short. */
static struct tcx_state_row *make_row(const struct step *step, size_t row)
{
	const struct tcx_watch_rows *rows = step->rows;
	const void *key = tcx_table_row(step->table, row);
	size_t key_size = step->table->kind->key_size;
	char label[TCX_LABEL_SIZE];
	struct tcx_state_row *made;

	rows->measuring->label(rows->reading, &rows->threshold->measure, step->table, row, label);
	made = tcx_state_row_new(key, key_size, label, false);
	if (made == NULL || !has_index(step, made->index))
		return made;
	tcx_state_row_unref(made);
	return tcx_state_row_new(key, key_size, label, true);
}

/* False when memory is short. */
static bool add_row(struct step *step, size_t i, const struct tcx_finding *finding)
{
	struct tcx_state_row *row;
	bool added = true;

	if (!make_room(step)) {
		step->rest++;
		return true;
	}
	row = make_row(step, i);
	if (row == NULL)
		return false;
	if (has_index(step, row->index)) {
		step->rest++;
	} else {
		added = add(step, &(struct tcx_state){.row = row}, finding) != NULL;
		if (added)
			note(step, row);
	}
	tcx_state_row_unref(row);
	return added;
}

static bool look_for_more(struct step *step)
{
	for (size_t i = 0; i < step->table->count; i++) {
		struct tcx_finding finding = look_at(step, i);

		if (finding.known && finding.over &&
		    !is_kept(step, tcx_table_row(step->table, i)) && !add_row(step, i, &finding))
			return false;
	}
	return true;
}

/* --- All of them -------------------------------------------------------------------------------*/

static int compare(const void *a, const void *b)
{
	const char *left = ((const struct tcx_state *)a)->row->index;
	const char *right = ((const struct tcx_state *)b)->row->index;

	return tcx_layout_compare(left, strlen(left), right, strlen(right));
}

/* Judges the threshold itself by the rows that have no state. */
static void judge_rest(struct step *step)
{
	struct tcx_finding finding = step->finding;

	finding.known = step->any_known || step->table->count == 0;
	finding.value = step->rest;
	finding.over = step->rest > 0;
	finding.back = step->rest == 0;
	tcx_state_step(&step->states->items[step->own], &finding, &step->states->changes);
}

static bool look_at_all(const struct tcx_watch_rows *rows, struct tcx_states *states,
			const struct tcx_finding *finding)
{
	struct step step = {
		.rows = rows,
		.states = states,
		.table = rows->readings->newest,
		.finding = *finding,
		.own = states->count,
	};
	const struct tcx_state none = {.threshold = rows->threshold};
	struct tcx_state *own =
		tcx_states_add(states, rows->before_count > 0 ? &rows->before[0] : &none);

	if (own == NULL)
		return false;
	own->threshold = rows->threshold;
	if (!keep(&step) || !look_for_more(&step))
		return false;
	qsort(&states->items[step.own + 1], step.kept, sizeof(states->items[0]), compare);
	judge_rest(&step);
	return true;
}

/* Without a table nothing is known; without a new one all is as it was. */
static bool carry_over(const struct tcx_watch_rows *rows, struct tcx_states *states,
		       const struct tcx_finding *finding)
{
	const struct tcx_state none = {.threshold = rows->threshold};
	size_t count = rows->before_count > 0 ? rows->before_count : 1;

	for (size_t i = 0; i < count; i++) {
		struct tcx_state *state =
			tcx_states_add(states, rows->before_count > 0 ? &rows->before[i] : &none);

		if (state == NULL)
			return false;
		state->threshold = rows->threshold;
		if (rows->readings->newest == NULL)
			tcx_state_step(state, finding, &states->changes);
	}
	return true;
}

bool tcx_watch_rows(const struct tcx_watch_rows *rows, struct tcx_states *states)
{
	const struct tcx_readings *readings = rows->readings;
	const struct tcx_finding finding = {.at = rows->now, .gap = readings->anew};
	bool same = !readings->is_new && rows->before_count > 0;

	if (readings->newest == NULL || same)
		return carry_over(rows, states, &finding);
	return look_at_all(rows, states, &finding);
}
