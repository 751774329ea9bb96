/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Walks columns side by side, by GETBULK. One that lacks a cell runs ahead of the others; so each
 * cell is put into its row by its index, and all columns go on from the last whole row of the first
 * one.
 */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "ids.h"
#include "types.h"

#define ROWS_MAX 10000

static const oid objects[] = {TCX_MIB_ROOT, 1};
static const oid sequence_name[] = {TCX_MIB_ROOT, 1, TCX_ID_snapshot, TCX_ID_snapshotSequence, 0};
static const oid uptime_name[] = {1, 3, 6, 1, 2, 1, 25, 1, 1, 0}; /* hrSystemUptime.0 */

#define OBJECTS	   OID_LENGTH(objects)
#define COLUMN_LEN (OBJECTS + 3)

/* Scalars in front of the rows of each PDU. */
#define SCALARS_ASKED 2

struct index {
	oid ids[MAX_OID_LEN];
	size_t len;
};

struct walk {
	const struct tcx_peer *peer;
	const struct tcx_columns *what;
	struct tcx_walked *walked;
	struct tcx_fault *fault;
	bool begun; /* there was a response */
	uint64_t sequence;
	struct index whole; /* of the last row of which all columns were in a response */
	struct index last;  /* of the last one that began there */
	bool end;
};

/* Whether it is the scalar of this name; the cell becomes it. */
static bool take_scalar(struct tcx_cell *cell, const netsnmp_variable_list *variable,
			const oid *name, size_t len, u_char type)
{
	*cell = (struct tcx_cell){.known = false};
	return netsnmp_oid_equals(variable->name, variable->name_length, name, len) == 0 &&
	       tcx_cell_take(cell, variable, type) && cell->known;
}

/* --- Rows -------------------------------------------------------------------------------------*/

static int compare(const void *a, const void *b)
{
	const struct tcx_walked_row *one = a, *other = b;

	return snmp_oid_compare(one->index, one->index_len, other->index, other->index_len);
}

bool tcx_walked_add(struct tcx_walked *walked, const oid *index, size_t len)
{
	struct tcx_walked_row row = {.index_len = len};

	memcpy(row.index, index, len * sizeof(oid));
	return walked->count < ROWS_MAX &&
	       tcx_array_append(&walked->rows, &walked->count, &row, sizeof(row));
}

/* The row of an index, made if need be; it is one of the last. NULL: it cannot be made. */
static struct tcx_walked_row *row_of(struct tcx_walked *walked, const oid *index, size_t len)
{
	for (size_t i = walked->count; i-- > 0;)
		if (netsnmp_oid_equals(walked->rows[i].index, walked->rows[i].index_len, index,
				       len) == 0)
			return &walked->rows[i];
	return tcx_walked_add(walked, index, len) ? &walked->rows[walked->count - 1] : NULL;
}

/* Sorts, and drops what the first column does not have: it went while the table was walked. */
static void finish(struct tcx_walked *walked)
{
	size_t kept = 0;

	for (size_t i = 0; i < walked->count; i++)
		if (walked->rows[i].cells[0].known)
			walked->rows[kept++] = walked->rows[i];
	walked->count = kept;
	if (kept > 1)
		qsort(walked->rows, kept, sizeof(walked->rows[0]), compare);
}

void tcx_walked_clear(struct tcx_walked *walked)
{
	free(walked->rows);
	*walked = (struct tcx_walked){.rows = NULL};
}

/* --- Requests and responses -------------------------------------------------------------------*/

static void column_name(const struct tcx_columns *what, size_t column, oid name[COLUMN_LEN])
{
	memcpy(name, objects, sizeof(objects));
	name[OBJECTS] = what->table;
	name[OBJECTS + 1] = 1;
	name[OBJECTS + 2] = what->columns[column];
}

static void ask_for(netsnmp_pdu *pdu, const struct tcx_columns *what, const oid *index, size_t len)
{
	oid name[COLUMN_LEN + MAX_OID_LEN];

	for (size_t i = 0; i < what->count; i++) {
		column_name(what, i, name);
		memcpy(name + COLUMN_LEN, index, len * sizeof(oid));
		snmp_add_null_var(pdu, name, COLUMN_LEN + len);
	}
}

/* GETBULK gives what comes behind a name: so the scalars' are without their last sub-id there. */
static netsnmp_pdu *make_request(int command)
{
	netsnmp_pdu *pdu = snmp_pdu_create(command);
	size_t cut = command == SNMP_MSG_GETBULK;

	if (pdu == NULL)
		return NULL;
	snmp_add_null_var(pdu, sequence_name, OID_LENGTH(sequence_name) - cut);
	snmp_add_null_var(pdu, uptime_name, OID_LENGTH(uptime_name) - cut);
	return pdu;
}

/* Takes the scalars in front; *rows becomes what comes behind them. False: there is no agent. */
static bool take_scalars(struct walk *walk, const netsnmp_pdu *response,
			 const netsnmp_variable_list **rows)
{
	struct tcx_walked *walked = walk->walked;
	const netsnmp_variable_list *variable = response->variables;
	struct tcx_cell cell;

	if (variable == NULL || variable->next_variable == NULL ||
	    !take_scalar(&cell, variable, sequence_name, OID_LENGTH(sequence_name), ASN_COUNTER64))
		return tcx_peer_absent(walk->peer, walk->fault);
	walked->one_instant =
		!walk->begun || (walked->one_instant && walk->sequence == cell.number);
	walk->begun = true;
	walk->sequence = walked->sequence = cell.number;
	variable = variable->next_variable;
	if (take_scalar(&cell, variable, uptime_name, OID_LENGTH(uptime_name), ASN_TIMETICKS)) {
		walked->has_uptime = true;
		walked->uptime = (uint32_t)cell.number;
	}
	*rows = variable->next_variable;
	return true;
}

static bool strange(const struct walk *walk)
{
	return tcx_fault_set(walk->fault,
			     "%s answers with too much, too little, out of order or of another "
			     "type, or memory is short",
			     walk->peer->host);
}

/* The index of a cell of this column; its len is 0 when it is none. */
static struct index index_of(const struct walk *walk, size_t column,
			     const netsnmp_variable_list *variable)
{
	oid name[COLUMN_LEN];
	struct index index = {.len = 0};

	column_name(walk->what, column, name);
	if (variable->type == SNMP_ENDOFMIBVIEW || variable->name_length <= COLUMN_LEN ||
	    netsnmp_oid_equals(variable->name, COLUMN_LEN, name, COLUMN_LEN) != 0)
		return index;
	index.len = variable->name_length - COLUMN_LEN;
	memcpy(index.ids, variable->name + COLUMN_LEN, index.len * sizeof(oid));
	return index;
}

/* Whether it is the cell of this row and column. */
static bool is_cell(const struct walk *walk, const struct tcx_walked_row *row, size_t column,
		    const netsnmp_variable_list *variable)
{
	struct index index = index_of(walk, column, variable);

	return netsnmp_oid_equals(index.ids, index.len, row->index, row->index_len) == 0;
}

static bool take_cell(const struct walk *walk, struct tcx_walked_row *row, size_t column,
		      const netsnmp_variable_list *variable)
{
	u_char type = tcx_type_of(walk->what->table, walk->what->columns[column]);

	return tcx_cell_take(&row->cells[column], variable, type);
}

/* --- Walking ----------------------------------------------------------------------------------*/

/* Takes a cell; those of the first column must come in their order, and end the walk. */
static bool take(struct walk *walk, size_t column, const netsnmp_variable_list *variable)
{
	struct index index = index_of(walk, column, variable);
	struct tcx_walked_row *row;

	walk->end = column == 0 && index.len == 0;
	if (index.len == 0)
		return true;
	if (column == 0 &&
	    snmp_oid_compare(index.ids, index.len, walk->last.ids, walk->last.len) <= 0)
		return false;
	row = row_of(walk->walked, index.ids, index.len);
	if (row == NULL)
		return false;
	if (!take_cell(walk, row, column, variable))
		return false;
	if (column == 0)
		walk->last = index;
	return true;
}

/* A response may end within a row, which is then asked for once more. */
static bool take_bulk(struct walk *walk, const netsnmp_pdu *response)
{
	const netsnmp_variable_list *variable;
	size_t column = 0, rows = 0;

	if (!take_scalars(walk, response, &variable))
		return false;
	walk->last = walk->whole;
	for (; variable != NULL && !walk->end; variable = variable->next_variable) {
		if (!take(walk, column, variable))
			return strange(walk);
		if (++column < walk->what->count)
			continue;
		column = 0;
		rows++;
		walk->whole = walk->last;
	}
	return walk->end || rows > 0 || strange(walk);
}

static netsnmp_pdu *ask_bulk(const struct walk *walk)
{
	netsnmp_pdu *pdu = make_request(SNMP_MSG_GETBULK);

	if (pdu != NULL) {
		pdu->non_repeaters = SCALARS_ASKED;
		pdu->max_repetitions = (long)walk->what->rows_at_once;
		ask_for(pdu, walk->what, walk->whole.ids, walk->whole.len);
	}
	return tcx_peer_ask(walk->peer, pdu, walk->fault);
}

bool tcx_walk(const struct tcx_peer *peer, const struct tcx_columns *what,
	      struct tcx_walked *walked, struct tcx_fault *fault)
{
	struct walk walk = {.peer = peer, .what = what, .walked = walked, .fault = fault};
	bool good = true;

	tcx_walked_clear(walked);
	while (good && !walk.end) {
		netsnmp_pdu *response = ask_bulk(&walk);

		good = response != NULL && take_bulk(&walk, response);
		snmp_free_pdu(response);
	}
	finish(walked);
	return good;
}

/* --- By name ----------------------------------------------------------------------------------*/

static netsnmp_pdu *ask_rows(const struct walk *walk, size_t first, size_t count)
{
	netsnmp_pdu *pdu = make_request(SNMP_MSG_GET);

	for (size_t i = first; pdu != NULL && i < first + count; i++)
		ask_for(pdu, walk->what, walk->walked->rows[i].index,
			walk->walked->rows[i].index_len);
	return tcx_peer_ask(walk->peer, pdu, walk->fault);
}

/* A GET's response has what was asked for, in that order. */
static bool take_rows(struct walk *walk, const netsnmp_pdu *response, size_t first, size_t count)
{
	const netsnmp_variable_list *variable;
	size_t cells = count * walk->what->count;

	if (!take_scalars(walk, response, &variable))
		return false;
	for (size_t i = 0; i < cells; i++, variable = variable->next_variable) {
		struct tcx_walked_row *row = &walk->walked->rows[first + i / walk->what->count];
		size_t column = i % walk->what->count;

		if (variable == NULL || !is_cell(walk, row, column, variable) ||
		    !take_cell(walk, row, column, variable))
			return strange(walk);
	}
	return true;
}

bool tcx_get_rows(const struct tcx_peer *peer, const struct tcx_columns *what,
		  struct tcx_walked *walked, struct tcx_fault *fault)
{
	struct walk walk = {.peer = peer, .what = what, .walked = walked, .fault = fault};
	bool good = true;

	for (size_t i = 0; good && i < walked->count; i += what->rows_at_once) {
		size_t left = walked->count - i;
		size_t few = left < what->rows_at_once ? left : what->rows_at_once;
		netsnmp_pdu *response = ask_rows(&walk, i, few);

		good = response != NULL && take_rows(&walk, response, i, few);
		snmp_free_pdu(response);
	}
	return good;
}
