/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads healthTable by the numbers of its rows, and holds its values against the usual limits. */
#include "vitals.h"

#include <stdlib.h>

#include "base/array.h"
#include "ids.h"
#include "limits.h"

/* The cells of a row. */
enum cell { STATE, VALUE, CELLS };

static const struct tcx_columns columns = {
	.table = TCX_ID_healthTable,
	.columns = {[STATE] = TCX_ID_healthState, [VALUE] = TCX_ID_healthValue},
	.count = CELLS,
	.rows_at_once = 64,
};

static double worst_part(const struct tcx_health_row *row, uint64_t value)
{
	struct tcx_health_limit limit;
	double worst = 0;

	for (size_t i = 0; tcx_health_limit(i, &limit); i++) {
		double part =
			&tcx_health_rows[limit.row] == row ? tcx_health_part(&limit, value) : 0;

		worst = part > worst ? part : worst;
	}
	return worst;
}

bool tcx_vitals_add(struct tcx_vitals *vitals, const struct tcx_health_row *row, uint64_t value,
		    enum tcx_vital_state state)
{
	struct tcx_vital vital = {row, value, state, worst_part(row, value)};

	return tcx_array_append(&vitals->items, &vitals->count, &vital, sizeof(vital));
}

static bool ask(const struct tcx_peer *peer, struct tcx_walked *walked, struct tcx_fault *fault)
{
	for (size_t i = 0; i < TCX_HEALTHS; i++) {
		const oid index = tcx_health_rows[i].sub_id;

		if (!tcx_walked_add(walked, &index, 1))
			return tcx_fault_set(fault, "out of memory");
	}
	return tcx_get_rows(peer, &columns, walked, fault);
}

static bool take(struct tcx_vitals *vitals, const struct tcx_walked *walked,
		 struct tcx_fault *fault)
{
	vitals->one_instant = walked->one_instant;
	vitals->sequence = walked->sequence;
	for (size_t i = 0; i < walked->count; i++) {
		const struct tcx_cell *cells = walked->rows[i].cells;

		if (cells[VALUE].known &&
		    !tcx_vitals_add(vitals, &tcx_health_rows[i], cells[VALUE].number,
				    (enum tcx_vital_state)cells[STATE].number))
			return tcx_fault_set(fault, "out of memory");
	}
	return true;
}

bool tcx_vitals_read(struct tcx_vitals *vitals, const struct tcx_peer *peer,
		     struct tcx_fault *fault)
{
	struct tcx_walked walked = {.rows = NULL};
	struct tcx_vitals fresh = {.items = NULL};
	bool good = ask(peer, &walked, fault) && take(&fresh, &walked, fault);

	tcx_walked_clear(&walked);
	tcx_vitals_clear(good ? vitals : &fresh);
	if (good)
		*vitals = fresh;
	return good;
}

static int compare(const void *a, const void *b)
{
	const struct tcx_vital *one = a, *other = b;

	if ((one->state == TCX_CROSSED) != (other->state == TCX_CROSSED))
		return one->state == TCX_CROSSED ? -1 : 1;
	if (one->part != other->part)
		return one->part > other->part ? -1 : 1;
	return one->row < other->row ? -1 : 1;
}

void tcx_vitals_sort(struct tcx_vitals *vitals)
{
	if (vitals->count > 1)
		qsort(vitals->items, vitals->count, sizeof(vitals->items[0]), compare);
}

void tcx_vitals_clear(struct tcx_vitals *vitals)
{
	free(vitals->items);
	*vitals = (struct tcx_vitals){.items = NULL};
}
