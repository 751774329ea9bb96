/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds a reading of counters against the one before. */
#include "moves.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"

/* What the kernel has that is no counter; a name that is not known is taken for one. */
static bool is_counter(const char *name)
{
	uint8_t type;
	enum tcx_counter counter = tcx_catalogue_find(name, strlen(name), &type);

	return counter == TCX_NONE || tcx_catalogue_row(counter)->kind == TCX_counter;
}

static const struct tcx_move *find(const struct tcx_moves *moves, const char *name)
{
	for (size_t i = 0; i < moves->count; i++)
		if (strcmp(moves->items[i].name, name) == 0)
			return &moves->items[i];
	return NULL;
}

static bool any_fell(const struct tcx_moves *moves, const struct tcx_counters *now)
{
	for (size_t i = 0; i < now->count; i++) {
		const struct tcx_move *before = find(moves, now->items[i].name);

		if (before != NULL && now->items[i].value < before->value)
			return true;
	}
	return false;
}

static struct tcx_move move_of(const struct tcx_counted_value *counter,
			       const struct tcx_move *before, uint64_t growth)
{
	struct tcx_move move = {.value = counter->value, .concern = tcx_concern_of(counter->name)};

	memcpy(move.name, counter->name, sizeof(move.name));
	move.grown = growth;
	if (before != NULL) {
		move.grown += before->grown;
		move.last = before->last;
	}
	return move;
}

/* What it does since the last reading, unless all began anew. */
static struct tcx_move follow(const struct tcx_moves *moves,
			      const struct tcx_counted_value *counter, bool anew, uint64_t at)
{
	const struct tcx_move *before = find(moves, counter->name);
	uint64_t growth = before == NULL || anew ? 0 : counter->value - before->value;
	struct tcx_move move = move_of(counter, before, growth);

	if (growth > 0)
		move.last = at;
	if (at > moves->at)
		move.rate = (double)growth * TCX_NS_PER_S / (double)(at - moves->at);
	return move;
}

bool tcx_moves_take(struct tcx_moves *moves, const struct tcx_counters *now, uint64_t at)
{
	struct tcx_moves fresh = {.at = at};
	bool anew = any_fell(moves, now);

	for (size_t i = 0; i < now->count; i++) {
		const struct tcx_counted_value *counter = &now->items[i];
		struct tcx_move move;

		if (!is_counter(counter->name))
			continue;
		move = follow(moves, counter, anew, at);
		if (tcx_array_append(&fresh.items, &fresh.count, &move, sizeof(move)))
			continue;
		tcx_moves_clear(&fresh);
		return false;
	}
	tcx_moves_clear(moves);
	*moves = fresh;
	return true;
}

static int compare(const void *a, const void *b)
{
	const struct tcx_move *one = a, *other = b;

	if (one->concern != other->concern)
		return one->concern < other->concern ? -1 : 1;
	if (one->rate != other->rate)
		return one->rate > other->rate ? -1 : 1;
	if (one->last != other->last)
		return one->last > other->last ? -1 : 1;
	if (one->grown != other->grown)
		return one->grown > other->grown ? -1 : 1;
	return strcmp(one->name, other->name);
}

void tcx_moves_sort(struct tcx_moves *moves)
{
	if (moves->count > 1)
		qsort(moves->items, moves->count, sizeof(moves->items[0]), compare);
}

void tcx_moves_clear(struct tcx_moves *moves)
{
	free(moves->items);
	*moves = (struct tcx_moves){.items = NULL};
}
