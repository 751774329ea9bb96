/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that are read from the kernel, and the surveys that make them, by number. */
#ifndef TCX_CATALOGUE_TABLE_IDS_H
#define TCX_CATALOGUE_TABLE_IDS_H

#include <stddef.h>

/* One of mibs/tables.def each: TCX_TABLE_TCP_STATES ... It is one less than kernelTableIndex. */
enum tcx_table_id {
#define KERNEL_TABLE(index, id, survey, reader, title) TCX_TABLE_##id,
#include "mibs/tables.def"
	TCX_TABLES
};

enum tcx_survey_id {
#define SURVEY(id, title) TCX_SURVEY_##id,
#include "mibs/tables.def"
	TCX_SURVEYS
};

/* The columns that show a counter for each row: TCX_COUNTED_ifIp6InReceives ... */
enum tcx_counted {
#define COUNTED(table, sub_id, object, counter, text) TCX_COUNTED_##object,
#include "mibs/tables.def"
	TCX_COUNTED_COLUMNS
};

/* What a table holds, for people; table must be below TCX_TABLES. */
const char *tcx_catalogue_table_name(size_t table);

/* What the survey is of that makes the table, likewise. */
const char *tcx_catalogue_table_survey(size_t table);

#endif
