/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a table of the kernel: what lists its rows, and how often that is tried. */
#ifndef TCX_KERNEL_READ_TABLE_H
#define TCX_KERNEL_READ_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "sample/table.h"

struct tcx_netns;

/* Constant data, one per table. */
struct tcx_table_reader {
	struct tcx_table_kind kind;
	/* Appends all rows, in any order, or as many as there may be. False at a fault. */
	bool (*read)(struct tcx_table *table, struct tcx_netns *netns, struct tcx_fault *fault);
};

/* Those of mibs/tables.def: tcx_links ... */
#define KERNEL_TABLE(index, id, reader, title) extern const struct tcx_table_reader tcx_##reader;
#include "mibs/tables.def"

/*
 * Reads a table; one reference for the caller. NULL at a fault. A table that the kernel changed
 * while it was being read is read anew, a few times. Takes as long as the kernel needs to list its
 * rows, and meanwhile up to three times their memory: room to grow is as much as what is full, and
 * sorting needs one copy more.
 */
struct tcx_table *tcx_table_read(const struct tcx_table_reader *reader, struct tcx_netns *netns,
				 size_t max_rows, struct tcx_fault *fault);

/*
 * For reader->read() that needs the rows of another table as well: reads these once. If that is
 * interrupted, so is the reading that it is part of.
 */
struct tcx_table *tcx_table_read_beside(const struct tcx_table_reader *reader,
					struct tcx_netns *netns, struct tcx_fault *fault);

#endif
