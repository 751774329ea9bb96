/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of the kernel at one instant: rows of one size, sorted by index, without duplicates.
 * Immutable once published; threads share it by reference.
 *
 * A row begins with its index as octets in network order (base/octets.h), so memcmp() of key_size
 * octets sorts, searches and merges every table.
 */
#ifndef TCX_SAMPLE_TABLE_H
#define TCX_SAMPLE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/reference.h"

/* The properties of one table; constant data. */
struct tcx_table_kind {
	size_t row_size;
	size_t key_size; /* octets of the index, at the beginning of a row */
	bool counts;	 /* rows have counters: rates need them young */
	/* Merges another row with the same key into kept. NULL: the first row stays as it is. */
	void (*merge)(void *kept, const void *other);
};

struct tcx_table {
	atomic_uint references;
	const struct tcx_table_kind *kind;
	uint64_t taken_ns;	   /* CLOCK_BOOTTIME when the read began */
	uint64_t cost_ns;	   /* how long it took, sorting included */
	const char *source;	   /* what it was read from: "sock_diag", "procfs", "rtnetlink" */
	struct tcx_fault fallback; /* why not from "sock_diag"; empty where nothing better is */
	struct tcx_fault lacking;  /* what the kernel did not tell of a row; empty: nothing */
	size_t max_rows;
	bool cut; /* there were more than max_rows: the rest was not read */
	size_t count;
	size_t sorted; /* so many rows are sorted, and no two have one key */
	uint8_t *rows; /* owned; count rows of kind->row_size octets */
	/* While it is made: what the reading before made, borrowed. NULL: there was none. */
	const struct tcx_table *before;
	struct tcx_table *notes; /* owned; what its reader wants to know next time; or NULL */
	struct tcx_table *names; /* with a reference; of what rows refer to; or NULL */
};

/* An empty table with one reference. NULL when memory is short. */
struct tcx_table *tcx_table_new(const struct tcx_table_kind *kind, size_t max_rows,
				uint64_t taken_ns, struct tcx_fault *fault);

/*
 * Appends a copy of a row. False when reading must end: memory is short, with a fault, or there are
 * max_rows, without one but with cut set.
 */
bool tcx_table_append(struct tcx_table *table, const void *row, struct tcx_fault *fault);

/*
 * Notes what the kernel did not say of which row; the first note stays. The row goes without it, or
 * is left out where the key needs it.
 */
void tcx_table_lacks(struct tcx_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Sorts the rows and merges duplicates, as searching needs. False when memory is short. */
bool tcx_table_sort_unique(struct tcx_table *table, struct tcx_fault *fault);

/* Gives back memory that the rows do not need; no row can be appended then. */
void tcx_table_trim(struct tcx_table *table);

/* Row i of table->count. */
static inline const void *tcx_table_row(const struct tcx_table *table, size_t i)
{
	return table->rows + i * table->kind->row_size;
}

/* The same for the reader that makes the table. */
static inline void *tcx_table_edit(struct tcx_table *table, size_t i)
{
	return table->rows + i * table->kind->row_size;
}

/*
 * The row with the key of this one, of a table that is sorted, and stays so if a copy has to be
 * inserted. NULL when reading must end, as tcx_table_append() has it.
 */
void *tcx_table_insert(struct tcx_table *table, const void *row, struct tcx_fault *fault);

/* The row with this key of kind->key_size octets, or NULL. Only the reader may change it. */
void *tcx_table_find(const struct tcx_table *table, const void *key);

/* The same for a key that is one number. */
void *tcx_table_find_number(const struct tcx_table *table, uint32_t number);

TCX_REFERENCE_DECLARE(tcx_table);

#endif
