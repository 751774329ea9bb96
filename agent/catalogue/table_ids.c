/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the tables that are read from the kernel. */
#include "catalogue/table_ids.h"

static const char *const names[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, reader, title) title,
#include "mibs/tables.def"
};

const char *tcx_catalogue_table_name(size_t table)
{
	return names[table];
}
