/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looks up the values that thresholds are of, and steps their states. Where a name is in a snapshot
 * is looked up once for each layout.
 */
#include "sample/watch.h"

#include <stdlib.h>
#include <string.h>

#include "sample/numbers.h"
#include "sample/rates.h"
#include "watch_rows.h"

static bool grows(const struct tcx_threshold *threshold)
{
	return threshold->kind == TCX_THRESHOLD_RATE || threshold->kind == TCX_THRESHOLD_GROWTH;
}

/* Lets go of what belongs to other thresholds or another layout. */
static void drop_places(struct tcx_watch *watch)
{
	tcx_thresholds_unref(watch->thresholds);
	tcx_layout_unref(watch->layout);
	free(watch->entries);
}

void tcx_watch_clear(struct tcx_watch *watch)
{
	drop_places(watch);
	for (size_t id = 0; id < TCX_TABLES; id++)
		tcx_readings_clear(&watch->readings[id]);
	*watch = (struct tcx_watch){.layout = NULL};
}

/* --- Where objects are -------------------------------------------------------------------------*/

/* Those whose rows have to be compared to earlier ones: bits 1 << enum tcx_table_id. */
static uint32_t tables_that_grow(const struct tcx_thresholds *thresholds)
{
	uint32_t tables = 0;

	for (size_t i = 0; i < thresholds->count; i++)
		if (tcx_threshold_has_rows(&thresholds->items[i]) && grows(&thresholds->items[i]))
			tables |= 1U << thresholds->items[i].measure.table;
	return tables;
}

/* Finds the objects where these are not the thresholds, or this not the layout, of before. */
static bool look_up(struct tcx_watch *watch, struct tcx_thresholds *thresholds,
		    struct tcx_layout *layout)
{
	int32_t *entries;

	if (watch->thresholds == thresholds && watch->layout == layout)
		return true;
	entries = malloc((thresholds->count + 1) * sizeof(*entries));
	if (entries == NULL)
		return false;
	for (size_t i = 0; i < thresholds->count; i++)
		entries[i] = tcx_layout_find(layout, thresholds->items[i].object,
					     strlen(thresholds->items[i].object));
	drop_places(watch);
	watch->thresholds = tcx_thresholds_ref(thresholds);
	watch->layout = tcx_layout_ref(layout);
	watch->entries = entries;
	watch->tables = tcx_thresholds_tables(thresholds);
	watch->growing = tables_that_grow(thresholds);
	return true;
}

static void take_tables(struct tcx_watch *watch, const struct tcx_observed *observed)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		bool wanted = (watch->tables & 1U << id) != 0 && observed->tables != NULL;

		tcx_readings_step(&watch->readings[id], wanted ? observed->tables[id] : NULL,
				  (watch->growing & 1U << id) != 0, observed->table_gap_ns);
	}
}

/* --- The value of one that has no rows ---------------------------------------------------------*/

/* A negative setting stands for none. */
static bool as_it_is(const struct tcx_snapshot *snapshot, size_t entry, uint64_t *value)
{
	*value = snapshot->values[entry];
	return *value <= INT64_MAX || snapshot->layout->counts[entry];
}

static bool growth_of(const struct tcx_snapshot *snapshot, size_t entry, uint64_t *value)
{
	*value = snapshot->minute != NULL ? snapshot->minute->of[entry] : TCX_NO_NUMBER;
	return *value != TCX_NO_NUMBER;
}

static bool rate_of(const struct tcx_snapshot *snapshot, size_t entry, uint64_t *value)
{
	double rate;

	if (!tcx_rates_get(snapshot, entry, &rate))
		return false;
	*value = tcx_rates_round(rate * TCX_RATE_SCALE);
	return true;
}

static bool value_of_entry(const struct tcx_observed *observed, enum tcx_threshold_kind kind,
			   int32_t entry, uint64_t *value)
{
	const struct tcx_snapshot *snapshot = observed->snapshot;
	size_t i = (size_t)entry;

	if (entry < 0 || !tcx_snapshot_has(snapshot, i, observed->oldest_ns))
		return false;
	if (kind == TCX_THRESHOLD_RATE)
		return rate_of(snapshot, i, value);
	if (kind == TCX_THRESHOLD_GROWTH)
		return growth_of(snapshot, i, value);
	return as_it_is(snapshot, i, value);
}

/* What goes on in a step. */
struct step {
	struct tcx_watch *watch;
	const struct tcx_observed *observed;
	struct tcx_moment now;
	bool gap;
	void *reading; /* of measures; NULL: there are none */
	const struct tcx_states *before;
	size_t at; /* its first state that has not been gone on from */
	struct tcx_states *states;
};

static bool has_tables(const struct step *step, uint32_t tables)
{
	for (size_t id = 0; id < TCX_TABLES; id++)
		if ((tables & 1U << id) != 0 && step->watch->readings[id].newest == NULL)
			return false;
	return true;
}

static bool value_of(const struct step *step, size_t i, uint64_t *value)
{
	const struct tcx_thresholds *thresholds = step->watch->thresholds;
	const struct tcx_threshold *threshold = &thresholds->items[i];

	if (threshold->measure.name == NULL)
		return value_of_entry(step->observed, threshold->kind, step->watch->entries[i],
				      value);
	return has_tables(step, threshold->measure.tables) &&
	       thresholds->measuring->number(step->reading, &threshold->measure, value);
}

/* --- The step ----------------------------------------------------------------------------------*/

static int compare(const struct tcx_threshold *a, const struct tcx_threshold *b)
{
	return a == b ? 0 : tcx_layout_compare(a->name, strlen(a->name), b->name, strlen(b->name));
}

/* Skips states of before up to a threshold; what was raised and has gone is to be told. */
static void skip_to(struct step *step, const struct tcx_threshold *threshold)
{
	const struct tcx_states *before = step->before;

	for (; before != NULL && step->at < before->count; step->at++) {
		const struct tcx_state *last = &before->items[step->at];

		if (threshold != NULL && (compare(last->threshold, threshold) > 0 ||
					  tcx_threshold_is_same(last->threshold, threshold)))
			return;
		step->states->changes += last->raised;
	}
}

/* The states that a threshold goes on from; *count is 0 where there are none. */
static const struct tcx_state *take_before(struct step *step, const struct tcx_threshold *threshold,
					   size_t *count)
{
	const struct tcx_states *before = step->before;
	size_t first;

	skip_to(step, threshold);
	first = step->at;
	while (before != NULL && step->at < before->count &&
	       compare(before->items[step->at].threshold, threshold) == 0)
		step->at++;
	*count = step->at - first;
	return *count > 0 ? &before->items[first] : NULL;
}

static bool step_rows(struct step *step, const struct tcx_threshold *threshold,
		      const struct tcx_state *before, size_t count)
{
	const struct tcx_watch_rows rows = {
		.threshold = threshold,
		.measuring = step->watch->thresholds->measuring,
		.reading = step->reading,
		.readings = &step->watch->readings[threshold->measure.table],
		.before = before,
		.before_count = count,
		.now = step->now,
	};

	return tcx_watch_rows(&rows, step->states);
}

static bool step_one(struct step *step, size_t i)
{
	const struct tcx_threshold *threshold = &step->watch->thresholds->items[i];
	const struct tcx_state none = {.threshold = threshold};
	struct tcx_finding finding = {.at = step->now, .gap = step->gap};
	size_t count;
	const struct tcx_state *before = take_before(step, threshold, &count);
	struct tcx_state *state;
	uint64_t value;

	if (tcx_threshold_has_rows(threshold))
		return step_rows(step, threshold, before, count);
	state = tcx_states_add(step->states, before != NULL ? before : &none);
	if (state == NULL)
		return false;
	state->threshold = threshold;
	if (value_of(step, i, &value))
		tcx_finding_set(&finding, threshold, value);
	tcx_state_step(state, &finding, &step->states->changes);
	return true;
}

static bool step_all(struct step *step)
{
	const struct tcx_thresholds *thresholds = step->watch->thresholds;
	const struct tcx_measuring *measuring = thresholds->measuring;
	bool done = true;

	if (measuring != NULL)
		step->reading = measuring->begin(step->observed);
	if (measuring != NULL && step->reading == NULL)
		return false;
	for (size_t i = 0; done && i < thresholds->count; i++)
		done = step_one(step, i);
	skip_to(step, NULL);
	if (measuring != NULL)
		measuring->end(step->reading);
	return done;
}

struct tcx_states *tcx_watch_step(struct tcx_watch *watch, struct tcx_thresholds *thresholds,
				  const struct tcx_states *before,
				  const struct tcx_observed *observed)
{
	struct step step = {
		.watch = watch,
		.observed = observed,
		.now = {observed->snapshot->taken_ns, observed->snapshot->when},
		.before = before,
	};

	if (thresholds == NULL || !look_up(watch, thresholds, observed->snapshot->layout))
		return NULL;
	take_tables(watch, observed);
	step.gap = before != NULL && step.now.ns - before->taken_ns > observed->gap_ns;
	step.states =
		tcx_states_new(thresholds, before != NULL ? before->count : thresholds->count);
	if (step.states == NULL)
		return NULL;
	step.states->taken_ns = step.now.ns;
	step.states->changes = before != NULL ? before->changes : 0;
	if (step_all(&step))
		return step.states;
	tcx_states_unref(step.states);
	return NULL;
}
