/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every counter that Linux is known to print, and the files that they are read from: constant rows,
 * made from mibs/counters.def and mibs/sources.def.
 */
#ifndef TCX_CATALOGUE_CATALOGUE_H
#define TCX_CATALOGUE_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One of mibs/sources.def each: TCX_SOURCE_NETSTAT ... It is one less than counterSourceIndex. */
enum tcx_source {
#define SOURCE(index, id, path, format, prefix, per, set, title, absent) TCX_SOURCE_##id,
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

/* Whom a source concerns beyond nstatTable and its own objects. */
enum tcx_source_set {
	TCX_SET_core, /* plain --print has it, and snapshotDiscontinuityTime tells of it */
	TCX_SET_more  /* only --print all has it, and only counterSourceTable tells of it */
};

/* What a source tells of. */
enum tcx_source_per { TCX_PER_netns, TCX_PER_host };

struct tcx_source_row {
	const char *path;   /* below the proc root */
	const char *prefix; /* of the names that its words become */
	enum tcx_source_set set;
	enum tcx_source_per per;
	const char *title;  /* what it holds, for people */
	const char *absent; /* what is missing where it does not exist; NULL: every Linux has it */
};

enum tcx_kind {
	TCX_counter = 1, /* only grows */
	TCX_gauge,	 /* goes both ways */
	TCX_integer,	 /* a setting or constant; may be negative */
	TCX_unknown	 /* a name that the catalogue lacks */
};

/* One per section of the kernel's files: TCX_SECTION_TcpExt ... */
enum tcx_section {
#define SECTION(prefix, arc, node, source, title) TCX_SECTION_##prefix,
#include "mibs/counters.def"
	TCX_SECTIONS
};

/* One per row, named as nstat names it: TCX_TcpExtListenOverflows ... */
enum tcx_counter {
	TCX_NONE = -1,
#define COUNTER(prefix, sub_id, name, kind, unit, since, until, text)  TCX_##prefix##name,
#define PER_TYPE(prefix, sub_id, name, kind, unit, since, until, text) TCX_##prefix##name,
#include "mibs/counters.def"
	TCX_COUNTERS
};

/* The rows that are one counter per ICMP type: IcmpMsgInType<N> and so on. */
enum tcx_icmp_column {
#define PER_TYPE(prefix, sub_id, name, kind, unit, since, until, text)                             \
	TCX_ICMP_COLUMN_##prefix##name,
#include "mibs/counters.def"
	TCX_ICMP_COLUMNS
};

#define TCX_ICMP_TYPES 256

struct tcx_section_row {
	const char *prefix; /* as nstat writes it: "TcpExt" */
	uint32_t arc;	    /* sub-id below linuxTcpExtObjects; 0: has no node there */
	enum tcx_source source;
	const char *title;
};

struct tcx_counter_row {
	const char *name;	  /* nstat's name: "TcpExtListenOverflows" */
	uint8_t name_len;	  /* of name, without the zero byte */
	enum tcx_section section; /* where the kernel prints it */
	uint32_t sub_id; /* in its section's node; 0: LINUX-TCPEXT-MIB has no object for it */
	enum tcx_kind kind;
	int8_t column; /* enum tcx_icmp_column, or -1 for a plain counter */
	const char *unit;
	const char
		*since; /* first mainline release, "<=" in front where older ones were not seen */
	const char *until; /* last mainline release, empty while the newest prints it */
	const char *text;  /* what it counts and what a rise means */
};

/* The row of a counter; counter must be below TCX_COUNTERS. */
const struct tcx_counter_row *tcx_catalogue_row(enum tcx_counter counter);

/* The row of a section; section must be below TCX_SECTIONS. */
const struct tcx_section_row *tcx_catalogue_section(enum tcx_section section);

/* The row of a source; source must be below TCX_SOURCES. */
const struct tcx_source_row *tcx_catalogue_source(size_t source);

/* IANA's name of a type in the section of a column; NULL: it has none. */
const char *tcx_catalogue_icmp_type(enum tcx_section section, uint8_t type);

/*
 * Finds the row of nstat's name, len bytes, or returns TCX_NONE. *type becomes the ICMP type of a
 * column's name, else 0.
 */
enum tcx_counter tcx_catalogue_find(const char *name, size_t len, uint8_t *type);

#endif
