/* SPDX-License-Identifier: BSD-2-Clause */
/* Which readers make the tables of each survey, from mibs/tables.def. */
#include "kernel/read_table.h"

const struct tcx_survey tcx_surveys[TCX_SURVEYS] = {
#define KERNEL_TABLE(index, id, survey, reader, title)                                             \
	[TCX_SURVEY_##survey].members[TCX_TABLE_##id] = &tcx_##reader,
#include "mibs/tables.def"
};
