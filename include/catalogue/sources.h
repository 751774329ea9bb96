/* The files that counters are read from, and how a read of one may end. Constant data. */
#ifndef TCX_SOURCES_H
#define TCX_SOURCES_H

#include <stddef.h>

/* One less than counterSourceIndex of LINUX-TCPEXT-MIB: a new one goes last. */
enum tcx_source {
	TCX_SOURCE_SNMP,
	TCX_SOURCE_SNMP6,
	TCX_SOURCE_NETSTAT,
	TCX_SOURCE_SOCKSTAT,
	TCX_SOURCE_SOCKSTAT6,
	TCX_SOURCE_IPFRAG_TIME,
	TCX_SOURCE_SCTP,
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
	const char *path;    /* below the proc root */
	const char *name;    /* what it holds, for people */
	const char *without; /* what is so where it does not exist; NULL: every Linux has it */
};

/* The row of a source; source must be below TCX_SOURCES. */
const struct tcx_source_row *tcx_catalogue_source(size_t source);

#endif
