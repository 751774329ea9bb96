/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table of the kernel at one instant: rows of one size, in the order of their SNMP index, without
 * duplicates. Immutable once published; shared between threads by reference, as a snapshot is.
 *
 * A row begins with its index, written as octets in network order (base/octets.h): what memcmp()
 * says of two rows' first key_size octets is the order of their instances. So every table is
 * sorted, searched and merged by the same few lines.
 */
#ifndef TCX_SAMPLE_TABLE_H
#define TCX_SAMPLE_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"

/* What makes one table differ from another. Constant data, one per table. */
struct tcx_table_kind {
	const char *name; /* for log lines: "TCP connections" */
	size_t row_size;
	size_t key_size; /* octets of the index, at the beginning of a row */
	bool counts;	 /* rows have counters: rates are made of them, so they must be young */
	/*
	 * Takes into kept what another row with the same key says; NULL: the row that was read
	 * first stays as it is.
	 */
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
	size_t capacity;
	uint8_t *rows; /* owned; count rows of kind->row_size octets */
};

/* An empty table with one reference. NULL when memory is short. */
struct tcx_table *tcx_table_new(const struct tcx_table_kind *kind, size_t max_rows,
				uint64_t taken_ns, struct tcx_fault *fault);

/*
 * Appends a copy of a row. False when reading is to end: memory is short, which is a fault, or
 * max_rows are there already, which sets cut and is none.
 */
bool tcx_table_append(struct tcx_table *table, const void *row, struct tcx_fault *fault);

/*
 * Says of which row the kernel did not tell what. The first of several stays. The row is to go
 * without, or to be left out where that is part of its key.
 */
void tcx_table_lacks(struct tcx_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Puts the rows in order and merges duplicates; only then can they be looked up. False when memory
 * is short.
 */
bool tcx_table_sort_unique(struct tcx_table *table, struct tcx_fault *fault);

/* Row i of table->count. */
static inline const void *tcx_table_row(const struct tcx_table *table, size_t i)
{
	return table->rows + i * table->kind->row_size;
}

/* The row with this key of kind->key_size octets, or NULL. Only who reads the table may change it.
 */
void *tcx_table_find(const struct tcx_table *table, const void *key);

/* One more owner. Returns table. */
struct tcx_table *tcx_table_ref(struct tcx_table *table);

/* One owner less; the last one frees it. table may be NULL. */
void tcx_table_unref(struct tcx_table *table);

#endif
