/* SPDX-License-Identifier: BSD-2-Clause */
/* A table of the kernel that there is not: rows.sh puts this file into agent/mib and rows beside
 * it. */
#include "base/octets.h"
#include "kernel/read_table.h"
#include "mib/objects.h"

struct tcx_made {
	uint8_t number[4]; /* the key */
	const char *name;
	uint32_t size;
};

static bool read_made(struct tcx_table *table, struct tcx_netns_reader *reader,
		      struct tcx_fault *fault)
{
	static const struct tcx_made rows[] = {{{0, 0, 0, 9}, "second", 1},
					       {{0, 0, 0, 7}, "first", 0}};

	(void)reader;
	table->source = "made";
	return tcx_table_append(table, &rows[0], fault) && tcx_table_append(table, &rows[1], fault);
}

const struct tcx_table_reader tcx_made_rows = {
	.kind.row_size = sizeof(struct tcx_made),
	.kind.key_size = sizeof(((struct tcx_made *)NULL)->number),
	.read = read_made,
};

TCX_COLUMN_OF(tcx_made, madeName, text, tcx_made->name)
TCX_COLUMN_IF(tcx_made, madeSize, tcx_made->size > 0, gauge32_latched, tcx_made->size)
TCX_COLUMN_OF(tcx_made, madeLetter, integer, (u_char)tcx_made->name[0])
