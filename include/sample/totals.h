/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums over the lines of a file that has one for each processor. A counter there is often of 32
 * bits, and wraps by itself; and the line of a processor that goes offline goes with it. So what is
 * summed is the growth of each line, into totals of 64 bits that never fall. Only where nothing
 * tells which line is which processor's, and their number changes, where a line begins anew, or the
 * columns are others, are the totals begun anew, too.
 */
#ifndef TCX_SAMPLE_TOTALS_H
#define TCX_SAMPLE_TOTALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TCX_TOTALS_COLUMNS 64
#define TCX_TOTALS_LINES   65536 /* those that are gone included */
#define TCX_NO_ID	   SIZE_MAX

struct tcx_lines {
	uint64_t *numbers; /* owned; the columns of one line after those of another */
	size_t count;
	size_t capacity;
};

struct tcx_totals {
	char *names; /* owned; of the columns, as the text has them; NULL: it has none */
	size_t names_len;
	size_t columns;
	bool has_ids; /* lines are told apart by id, and those that are gone are kept */
	struct tcx_lines now, last;
	uint64_t grown[TCX_TOTALS_COLUMNS]; /* by column: the total, of those that only grow */
	uint64_t sum[TCX_TOTALS_COLUMNS];   /* by column: the sum of the lines as they are */
	bool anew; /* the totals began anew; who has noted that clears it */
};

/* Begins a text; nothing of the totals changes before tcx_totals_end(). */
void tcx_totals_begin(struct tcx_totals *totals);

/* The place for the numbers of the next line. NULL: memory is short, or it is one line too many. */
uint64_t *tcx_totals_add(struct tcx_totals *totals, size_t columns);

/* Says what the columns of the text are called, before it ends. False when memory is short. */
bool tcx_totals_name(struct tcx_totals *totals, const char *names, size_t len);

/*
 * Ends a text of that many columns. counters: its columns that only grow, bits of 1 << column.
 * id: the column with the number of the processor, or TCX_NO_ID. A text that is the last one once
 * more changes nothing. False when memory is short.
 */
bool tcx_totals_end(struct tcx_totals *totals, size_t columns, uint64_t counters, size_t id);

/* Forgets all, and frees it. Zeros are totals of nothing. */
void tcx_totals_clear(struct tcx_totals *totals);

#endif
