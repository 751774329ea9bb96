/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that counters are read from, and how a read of one may end. Constant data. */
#ifndef TCX_CATALOGUE_SOURCES_H
#define TCX_CATALOGUE_SOURCES_H

#include <stddef.h>

/* One of mibs/sources.def each: TCX_SOURCE_NETSTAT ... It is one less than counterSourceIndex. */
enum tcx_source {
#define SOURCE(index, id, path, format, prefix, per, title, absent) TCX_SOURCE_##id,
#include "mibs/sources.def"
	TCX_SOURCES
};

/* How the last read of a source went; the numbers are those of counterSourceState. */
enum tcx_source_state {
	TCX_SOURCE_GOOD = 1,
	TCX_SOURCE_PARTIAL, /* some of it has a fault, the rest was read */
	TCX_SOURCE_FAILED,  /* nothing of it could be read */
	TCX_SOURCE_ABSENT   /* there is no such file */
};

struct tcx_source_row {
	const char *path;   /* below the proc root */
	const char *prefix; /* of the names that its words become */
	const char *title;  /* what it holds, for people */
	const char *absent; /* what is missing where it does not exist; NULL: every Linux has it */
};

/* The row of a source; source must be below TCX_SOURCES. */
const struct tcx_source_row *tcx_catalogue_source(size_t source);

#endif
