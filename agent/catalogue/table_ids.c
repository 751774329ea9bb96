/* SPDX-License-Identifier: BSD-2-Clause */
/* The names of the tables that are read from the kernel, and of their surveys. */
#include "catalogue/table_ids.h"

#define SURVEY(id, title) static const char survey_##id[] = title;
#include "mibs/tables.def"

static const char *const names[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, survey, reader, title) title,
#include "mibs/tables.def"
};

static const char *const surveys[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, survey, reader, title) survey_##survey,
#include "mibs/tables.def"
};

const char *tcx_catalogue_table_name(size_t table)
{
	return names[table];
}

const char *tcx_catalogue_table_survey(size_t table)
{
	return surveys[table];
}
