/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cells of LINUX-TCPEXT-MIB: columns of a table, walked or by their rows, and scalars. It is all in
 * few PDUs, of which each that is about a table begins with snapshotSequence.
 */
#ifndef TCX_CLIENT_WALK_H
#define TCX_CLIENT_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "peer.h"
#include "scalars.h"

#define TCX_CELLS_MAX 10

struct tcx_walked_row {
	oid index[MAX_OID_LEN];
	size_t index_len;
	struct tcx_cell cells[TCX_CELLS_MAX]; /* in the order of the columns that were asked for */
};

struct tcx_walked {
	struct tcx_walked_row *rows; /* owned */
	size_t count;
	bool one_instant;  /* the counters were not renewed meanwhile */
	uint64_t sequence; /* snapshotSequence, of the last PDU */
	bool has_uptime;
	uint32_t uptime; /* of the host (hrSystemUptime), in hundredths of a second */
};

/* Columns of a table, by their sub-ids. */
struct tcx_columns {
	oid table, columns[TCX_CELLS_MAX];
	size_t count;
	size_t rows_at_once; /* in a PDU */
};

/*
 * Walks the columns. Each row has the first one; it may lack others. What *walked had is freed; its
 * rows will be in the table's order.
 */
bool tcx_walk(const struct tcx_peer *peer, const struct tcx_columns *what,
	      struct tcx_walked *walked, struct tcx_fault *fault);

/* Gets the cells of just the rows that *walked has, by their indexes. */
bool tcx_get_rows(const struct tcx_peer *peer, const struct tcx_columns *what,
		  struct tcx_walked *walked, struct tcx_fault *fault);

/* Adds a row without cells. False: memory is short, or there are too many. */
bool tcx_walked_add(struct tcx_walked *walked, const oid *index, size_t len);

void tcx_walked_clear(struct tcx_walked *walked);

#endif
