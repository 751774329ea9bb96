/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads tables of the kernel: one reader each, tried again when interrupted. */
#ifndef TCX_KERNEL_READ_TABLE_H
#define TCX_KERNEL_READ_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sample/table.h"

struct tcx_netns_reader;

/* Constant data, one per table. */
struct tcx_table_reader {
	struct tcx_table_kind kind;
	/* Appends rows in any order until the table is full. False with a fault. */
	bool (*read)(struct tcx_table *table, struct tcx_netns_reader *reader,
		     struct tcx_fault *fault);
};

/* Those of mibs/tables.def: tcx_links ... */
#define KERNEL_TABLE(index, id, reader, title) extern const struct tcx_table_reader tcx_##reader;
#include "mibs/tables.def"

/*
 * Reads a table; the caller gets a reference, or NULL with a fault. Tries a few times if the kernel
 * changed the table meanwhile. Takes as long as the kernel needs to list the rows, and up to three
 * times their memory, for growth and the copy that sorting needs.
 */
struct tcx_table *tcx_table_read(const struct tcx_table_reader *reader,
				 struct tcx_netns_reader *netns, size_t max_rows,
				 struct tcx_fault *fault);

/*
 * For a reader->read() that needs another table as well: reads it once. If that is interrupted, so
 * is the whole read.
 */
struct tcx_table *tcx_table_read_beside(const struct tcx_table_reader *reader,
					struct tcx_netns_reader *netns, struct tcx_fault *fault);

#endif
