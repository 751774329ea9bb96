/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One reading: rows of nstatTable, by name where the names are known, else by a walk of the columns
 * that are needed. It is done again when the counters were renewed meanwhile.
 */
#include "query.h"

#include <string.h>

#include "ids.h"
#include "selection.h"
#include "walk.h"

/* Cells of a GET: its response stays below the 1,472 octets that fit into one frame of Ethernet. */
#define CELLS_AT_ONCE 24

/* Rows of a GETBULK. Each further attempt doubles them: fewer PDUs take less time. */
#define ROWS_AT_ONCE	 30
#define ROWS_AT_ONCE_MAX 480
#define ATTEMPTS	 5

/* The cells of a row, of which as many are asked for as are wanted. */
enum cell { VALUE, POSITION, RATE };

static const struct tcx_columns nstat = {
	.table = TCX_ID_nstatTable,
	.columns = {[VALUE] = TCX_ID_nstatValue,
		    [POSITION] = TCX_ID_nstatPosition,
		    [RATE] = TCX_ID_nstatRate},
};

/* The name that an index stands for: its length, then its octets. 0: it is none. */
static size_t name_of(const struct tcx_walked_row *row, char name[TCX_NAME_MAX])
{
	size_t len = row->index_len - 1;

	if (len == 0 || len > TCX_NAME_MAX || row->index[0] != len)
		return 0;
	for (size_t i = 0; i < len; i++)
		name[i] = row->index[i + 1] <= UINT8_MAX ? (char)row->index[i + 1] : ' ';
	return tcx_counters_is_name(name, len) ? len : 0;
}

static bool add_name(struct tcx_walked *walked, const char *name)
{
	oid index[TCX_NAME_MAX + 1] = {strlen(name)};

	for (size_t i = 0; i < index[0]; i++)
		index[i + 1] = (unsigned char)name[i];
	return tcx_walked_add(walked, index, index[0] + 1);
}

static bool read_named(const struct tcx_peer *peer, char *const *names, size_t count,
		       struct tcx_columns *what, struct tcx_walked *walked, struct tcx_fault *fault)
{
	tcx_walked_clear(walked);
	what->rows_at_once = CELLS_AT_ONCE / what->count;
	for (size_t i = 0; i < count; i++)
		if (!add_name(walked, names[i]))
			return tcx_fault_set(fault, "out of memory");
	return tcx_get_rows(peer, what, walked, fault);
}

/* Adds the counter of a row, if the host has it. Who names counters may name one twice. */
static bool take_row(const struct tcx_peer *peer, const struct tcx_walked_row *row, bool named,
		     struct tcx_counters *counters, struct tcx_fault *fault)
{
	const struct tcx_cell *value = &row->cells[VALUE], *position = &row->cells[POSITION];
	char name[TCX_NAME_MAX + 1] = "";
	size_t len = name_of(row, name);

	if (!value->known)
		return true;
	if (len == 0 || value->type != ASN_COUNTER64 ||
	    (position->known && position->type != ASN_GAUGE))
		return tcx_fault_set(fault, "%s answers with what is no row of nstatTable",
				     peer->host);
	if (tcx_selection_omits(name) || (named && tcx_counters_find(counters, name) != NULL))
		return true;
	if (!tcx_counters_add(counters, name, len, value->number, (uint32_t)position->number))
		return tcx_fault_set(fault, "%s has too many counters, or memory is short",
				     peer->host);
	counters->items[counters->count - 1].has_rate = row->cells[RATE].known;
	counters->items[counters->count - 1].rate = row->cells[RATE].number;
	return true;
}

static bool take(const struct tcx_peer *peer, const struct tcx_walked *walked, bool named,
		 struct tcx_answer *answer, struct tcx_fault *fault)
{
	answer->one_instant = walked->one_instant;
	answer->sequence = walked->sequence;
	answer->has_uptime = walked->has_uptime;
	answer->uptime = walked->uptime;
	tcx_counters_clear(&answer->counters);
	for (size_t i = 0; i < walked->count; i++)
		if (!take_row(peer, &walked->rows[i], named, &answer->counters, fault))
			return false;
	tcx_counters_sort(&answer->counters);
	return true;
}

bool tcx_query(const struct tcx_peer *peer, char *const *names, size_t count,
	       enum tcx_extent extent, struct tcx_answer *answer, struct tcx_fault *fault)
{
	struct tcx_walked walked = {.rows = NULL};
	struct tcx_columns what = nstat;
	int attempts = answer->attempts > 0 ? answer->attempts : ATTEMPTS;
	bool good = true;

	what.count = extent;
	what.rows_at_once = answer->rows_at_once > 0 ? answer->rows_at_once : ROWS_AT_ONCE;
	for (int i = 0; good && i < attempts && !walked.one_instant; i++) {
		if (i > 0 && what.rows_at_once < ROWS_AT_ONCE_MAX)
			what.rows_at_once *= 2;
		good = count > 0 ? read_named(peer, names, count, &what, &walked, fault)
				 : tcx_walk(peer, &what, &walked, fault);
	}
	answer->rows_at_once = count > 0 ? 0 : what.rows_at_once;
	good = good && take(peer, &walked, count > 0, answer, fault);
	tcx_walked_clear(&walked);
	if (good && count == 0 && answer->counters.count == 0)
		return tcx_fault_set(fault,
				     "tcpextd on %s has no counters that are fresh: its log, and "
				     "snapshotLastFailure, tell why",
				     peer->host);
	return good;
}
