/* SPDX-License-Identifier: BSD-2-Clause */
/* The step from one state of a threshold to the next, and what all of them come to. */
#include "sample/states.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Octets of a label that stay when the rest becomes "~" and eight digits. */
#define STEM (TCX_ROW_MAX - 9)

struct tcx_states *tcx_states_new(struct tcx_thresholds *thresholds, size_t room)
{
	struct tcx_states *states = tcx_reference_new(sizeof(*states), NULL);

	if (states == NULL)
		return NULL;
	states->thresholds = tcx_thresholds_ref(thresholds);
	states->room = room > 0 ? room : 1;
	states->items = malloc(states->room * sizeof(states->items[0]));
	if (states->items != NULL)
		return states;
	tcx_states_unref(states);
	return NULL;
}

struct tcx_state *tcx_states_add(struct tcx_states *states, const struct tcx_state *from)
{
	if (states->count == states->room) {
		struct tcx_state *more =
			reallocarray(states->items, 2 * states->room, sizeof(*more));

		if (more == NULL)
			return NULL;
		states->items = more;
		states->room *= 2;
	}
	tcx_state_row_ref(from->row);
	states->items[states->count] = *from;
	return &states->items[states->count++];
}

void tcx_states_remove(struct tcx_states *states, size_t i)
{
	tcx_state_row_unref(states->items[i].row);
	states->count--;
	memmove(&states->items[i], &states->items[i + 1],
		(states->count - i) * sizeof(states->items[0]));
}

static void free_states(struct tcx_states *states)
{
	for (size_t i = 0; i < states->count; i++)
		tcx_state_row_unref(states->items[i].row);
	tcx_thresholds_unref(states->thresholds);
	free(states->items);
	free(states);
}

TCX_REFERENCE_DEFINE(tcx_states, free_states)

/* --- Rows --------------------------------------------------------------------------------------*/

static void free_row(struct tcx_state_row *row)
{
	free(row);
}

TCX_REFERENCE_DEFINE(tcx_state_row, free_row)

/* FNV-1a: the same for the same octets, here and after the next start. */
static uint32_t hash(const void *octets, size_t len)
{
	uint32_t number = 2166136261U;

	for (size_t i = 0; i < len; i++)
		number = (number ^ ((const uint8_t *)octets)[i]) * 16777619U;
	return number;
}

/* What there is room for, and a number. No character of UTF-8 is cut in two. */
static void number_index(struct tcx_state_row *row, uint32_t number)
{
	size_t len = strnlen(row->label, STEM);

	while (len > 0 && ((uint8_t)row->label[len] & 0xc0) == 0x80)
		len--;
	snprintf(row->index, sizeof(row->index), "%.*s~%08" PRIx32, (int)len, row->label, number);
}

struct tcx_state_row *tcx_state_row_new(const void *key, size_t key_size, const char *label,
					bool is_taken)
{
	struct tcx_state_row *row = tcx_reference_new(sizeof(*row) + key_size, NULL);

	if (row == NULL)
		return NULL;
	snprintf(row->label, sizeof(row->label), "%s", label);
	if (is_taken)
		number_index(row, hash(key, key_size));
	else if (strlen(label) > TCX_ROW_MAX)
		number_index(row, hash(label, strlen(label)));
	else
		strcpy(row->index, label);
	memcpy(row->key, key, key_size);
	return row;
}

/* --- The step ----------------------------------------------------------------------------------*/

void tcx_finding_set(struct tcx_finding *finding, const struct tcx_threshold *threshold,
		     uint64_t value)
{
	finding->known = true;
	finding->value = value;
	finding->over = tcx_threshold_passes(threshold, value, threshold->limit);
	finding->back = !tcx_threshold_passes(threshold, value, threshold->clear);
}

static void tell(struct tcx_state *state, const struct tcx_finding *finding, uint64_t *changes)
{
	state->change = ++*changes;
	state->told_ns = finding->at.ns;
	state->told_value = finding->value;
}

static void turn(struct tcx_state *state, const struct tcx_finding *finding, uint64_t *changes)
{
	state->raised = !state->raised;
	state->crossed += state->raised;
	state->pending_ns = 0;
	state->last = finding->at;
	tell(state, finding, changes);
}

/* Whether it is to turn, and has been for long enough. */
static bool is_due(struct tcx_state *state, const struct tcx_finding *finding)
{
	const struct tcx_threshold *threshold = state->threshold;
	uint64_t for_ns = state->raised ? threshold->clear_for_ns : threshold->for_ns;

	if (state->raised ? !finding->back : !finding->over) {
		state->pending_ns = 0;
		return false;
	}
	if (state->pending_ns == 0)
		state->pending_ns = finding->at.ns;
	return finding->at.ns - state->pending_ns >= for_ns;
}

static void judge(struct tcx_state *state, const struct tcx_finding *finding, uint64_t *changes)
{
	uint64_t every_ns = state->threshold->every_ns;

	if (is_due(state, finding))
		turn(state, finding, changes);
	else if (state->raised && every_ns > 0 && finding->at.ns - state->told_ns >= every_ns)
		tell(state, finding, changes);
}

void tcx_state_step(struct tcx_state *state, const struct tcx_finding *finding, uint64_t *changes)
{
	enum tcx_standing standing = TCX_UNKNOWN;

	if (finding->gap || !finding->known)
		state->pending_ns = 0;
	state->known = finding->known;
	state->value = finding->value;
	if (finding->known) {
		judge(state, finding, changes);
		standing = state->raised ? TCX_CROSSED : TCX_NORMAL;
	}
	if (standing != state->standing)
		state->since = finding->at;
	state->standing = standing;
}

/* --- What they say -----------------------------------------------------------------------------*/

unsigned int tcx_state_scale(const struct tcx_state *state)
{
	bool is_count = state->row == NULL && tcx_threshold_has_rows(state->threshold);

	return is_count ? 1 : state->threshold->scale;
}

void tcx_state_text(const struct tcx_state *state, char text[TCX_VALUE_TEXT_SIZE])
{
	unsigned int scale = tcx_state_scale(state);

	text[0] = '\0';
	if (state->known && scale == 1)
		snprintf(text, TCX_VALUE_TEXT_SIZE, "%" PRIu64, state->value);
	else if (state->known)
		snprintf(text, TCX_VALUE_TEXT_SIZE,
			 scale == 100 ? "%" PRIu64 ".%02u" : "%" PRIu64 ".%03u",
			 state->value / scale, (unsigned int)(state->value % scale));
}

const struct tcx_state *tcx_states_find(const struct tcx_states *states, const char *name)
{
	for (size_t i = 0; states != NULL && i < states->count; i++)
		if (strcmp(states->items[i].threshold->name, name) == 0)
			return &states->items[i];
	return NULL;
}

size_t tcx_states_active(const struct tcx_states *states)
{
	size_t active = 0;

	for (size_t i = 0; i < states->count; i++)
		active += states->items[i].raised;
	return active;
}

static bool is_worse(const struct tcx_state *a, const struct tcx_state *b)
{
	if (a->threshold->severity != b->threshold->severity)
		return a->threshold->severity > b->threshold->severity;
	return a->last.ns < b->last.ns;
}

const struct tcx_state *tcx_states_worst(const struct tcx_states *states)
{
	const struct tcx_state *worst = NULL;

	for (size_t i = 0; i < states->count; i++)
		if (states->items[i].raised &&
		    (worst == NULL || is_worse(&states->items[i], worst)))
			worst = &states->items[i];
	return worst;
}
