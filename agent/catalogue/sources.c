/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that hold counters, made from mibs/sources.def. They are read elsewhere. */
#include "catalogue/sources.h"

static const struct tcx_source_row rows[TCX_SOURCES] = {
#define SOURCE(index, id, path, format, prefix, per, title, absent)                                \
	{path, prefix, title, sizeof(absent) > 1 ? absent : NULL},
#include "mibs/sources.def"
};

const struct tcx_source_row *tcx_catalogue_source(size_t source)
{
	return &rows[source];
}
