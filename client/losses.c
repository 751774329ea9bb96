/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks the tables that count what sockets lose. The agent reads them less often than the counters:
 * a rate between two looks would be nothing or far too much, so it is told when a row lost last.
 */
#include "losses.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "ids.h"

/* The cells of a row; a row that lacks the first one does not count. */
enum cell { DROPS, SINCE, NAME, USE, SERVICE, CELLS };

#define ROWS_AT_ONCE 20

static const struct table {
	const char *what;
	struct tcx_columns columns;
} tables[] = {
	{"tcp",
	 {TCX_ID_tcpListenTable,
	  {TCX_ID_tcpListenDrops, TCX_ID_tcpListenSince, TCX_ID_tcpListenName, TCX_ID_tcpListenUse,
	   TCX_ID_tcpListenService},
	  CELLS,
	  ROWS_AT_ONCE}},
	{"udp",
	 {TCX_ID_udpSocketTable,
	  {TCX_ID_udpSocketDrops, TCX_ID_udpSocketSince, TCX_ID_udpSocketName, TCX_ID_udpSocketUse,
	   TCX_ID_udpSocketService},
	  CELLS,
	  ROWS_AT_ONCE}},
	{"service",
	 {TCX_ID_serviceTable,
	  {TCX_ID_serviceDrops, TCX_ID_serviceSince, TCX_ID_serviceName, TCX_ID_serviceUse},
	  SERVICE,
	  ROWS_AT_ONCE}},
};

#define TABLES (sizeof(tables) / sizeof(tables[0]))

const struct tcx_cell *tcx_loss_name(const struct tcx_loss *loss)
{
	return &loss->row.cells[NAME];
}

const struct tcx_cell *tcx_loss_service(const struct tcx_loss *loss)
{
	return &loss->row.cells[SERVICE];
}

const struct tcx_cell *tcx_loss_use(const struct tcx_loss *loss)
{
	return &loss->row.cells[USE];
}

/* Tables stay in their order, so the row behind the one that was found last is looked at first. */
static const struct tcx_loss *find(const struct tcx_losses *losses, size_t *next, const char *what,
				   const struct tcx_walked_row *row)
{
	for (size_t i = 0; i < losses->count; i++) {
		size_t at = (*next + i) % losses->count;
		const struct tcx_walked_row *known = &losses->items[at].row;

		if (losses->items[at].what != what ||
		    netsnmp_oid_equals(known->index, known->index_len, row->index,
				       row->index_len) != 0)
			continue;
		*next = at + 1;
		return &losses->items[at];
	}
	return NULL;
}

/* What drops grew by; they are of 32 bits, and begin anew where they count since another time. */
static uint32_t growth(const struct tcx_cell *before, const struct tcx_cell *now)
{
	if (before[SINCE].number != now[SINCE].number)
		return 0;
	return (uint32_t)now[DROPS].number - (uint32_t)before[DROPS].number;
}

static struct tcx_loss loss_of(const char *what, const struct tcx_walked_row *row,
			       const struct tcx_loss *known, uint64_t now)
{
	struct tcx_loss loss = {.what = what, .row = *row};
	uint32_t grown = known != NULL ? growth(known->row.cells, row->cells) : 0;

	loss.grown = grown + (known != NULL ? known->grown : 0);
	if (grown > 0)
		loss.last = now;
	else if (known != NULL)
		loss.last = known->last;
	return loss;
}

bool tcx_losses_add(struct tcx_losses *losses, const struct tcx_losses *before, const char *what,
		    const struct tcx_walked *walked, uint64_t now)
{
	size_t next = 0;

	for (size_t i = 0; i < walked->count; i++) {
		const struct tcx_walked_row *row = &walked->rows[i];
		struct tcx_loss loss = loss_of(what, row, find(before, &next, what, row), now);

		if (!tcx_array_append(&losses->items, &losses->count, &loss, sizeof(loss)))
			return false;
	}
	return true;
}

static bool read_table(struct tcx_losses *losses, const struct tcx_losses *before,
		       const struct tcx_peer *peer, const struct table *table,
		       struct tcx_fault *fault)
{
	struct tcx_walked walked = {.rows = NULL};
	bool good = tcx_walk(peer, &table->columns, &walked, fault) &&
		    (tcx_losses_add(losses, before, table->what, &walked, tcx_clock_now()) ||
		     tcx_fault_set(fault, "out of memory"));

	tcx_walked_clear(&walked);
	return good;
}

bool tcx_losses_read(struct tcx_losses *losses, const struct tcx_peer *peer,
		     struct tcx_fault *fault)
{
	struct tcx_losses fresh = {.items = NULL};
	bool good = true;

	for (size_t i = 0; good && i < TABLES; i++)
		good = read_table(&fresh, losses, peer, &tables[i], fault);
	tcx_losses_clear(good ? losses : &fresh);
	if (good)
		*losses = fresh;
	return good;
}

static int compare(const void *a, const void *b)
{
	const struct tcx_loss *one = *(const struct tcx_loss *const *)a;
	const struct tcx_loss *other = *(const struct tcx_loss *const *)b;

	if (one->last != other->last)
		return one->last > other->last ? -1 : 1;
	if (one->grown != other->grown)
		return one->grown > other->grown ? -1 : 1;
	return one < other ? -1 : 1;
}

const struct tcx_loss **tcx_losses_sorted(const struct tcx_losses *losses, bool all, size_t *count)
{
	const struct tcx_loss **sorted = calloc(losses->count + 1, sizeof(*sorted));

	*count = 0;
	for (size_t i = 0; sorted != NULL && i < losses->count; i++)
		if (all || losses->items[i].grown > 0)
			sorted[(*count)++] = &losses->items[i];
	if (*count > 1)
		qsort(sorted, *count, sizeof(sorted[0]), compare);
	return sorted;
}

void tcx_losses_clear(struct tcx_losses *losses)
{
	free(losses->items);
	*losses = (struct tcx_losses){.items = NULL};
}
