/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that one kernel prints, in its order. All snapshots with the same names share one
 * layout, so that a refresh only fills in values.
 */
#ifndef TCX_SAMPLE_LAYOUT_H
#define TCX_SAMPLE_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/reference.h"
#include "catalogue/catalogue.h"
#include "sample/numbers.h"

/* The longest name that a counter can have (nstatName's SIZE in LINUX-TCPEXT-MIB). */
#define TCX_NAME_MAX 64

struct tcx_entry {
	char name[TCX_NAME_MAX + 1]; /* nstat's name */
	uint8_t name_len;
	uint8_t source; /* of the file that printed it: enum tcx_source */
	bool ambiguous; /* the kernel printed the name twice, so it has no certain value */
	enum tcx_counter counter; /* its row, or TCX_NONE */
	uint8_t type;		  /* ICMP type, where the row is a column */
	uint32_t position;	  /* in by_position, from 1 */
};

/* A line of names, kept to be compared with that of the next read. */
struct tcx_line {
	char *text; /* owned */
	size_t len;
	size_t first; /* entry of its first name */
	size_t count; /* of its names */
};

struct tcx_layout {
	atomic_uint references;
	size_t count;
	struct tcx_entry *entries;
	size_t line_count;
	struct tcx_line *lines;

	/* After tcx_layout_finish(): */
	bool *counts; /* owned; whether each entry is a counter, which only grows */
	bool *grows;  /* owned; whether it is one as far as is known: unknown names included */
	struct tcx_numbers *still; /* what they grow by while nothing happens; with a reference */
	/* Index into entries, -1: no such counter. */
	int32_t slot[TCX_COUNTERS];
	int32_t type_slot[TCX_ICMP_COLUMNS][TCX_ICMP_TYPES];
	size_t *by_name;     /* owned; the counters of nstatTable, in the order of its index */
	size_t *by_position; /* owned; the same in the order in which nstat prints them */
	size_t by_name_count;
};

/* An empty layout with one reference; NULL when memory is short. */
struct tcx_layout *tcx_layout_new(void);

/* Appends the name prefix + name. False when it is too long or memory is short. */
bool tcx_layout_append(struct tcx_layout *layout, uint8_t source, const char *prefix,
		       size_t prefix_len, const char *name, size_t name_len,
		       struct tcx_fault *fault);

/*
 * Appends the names that another layout has of a source and this one, from entry first on, lacks:
 * its file could not be read whole. False when memory is short.
 */
bool tcx_layout_adopt(struct tcx_layout *layout, size_t first, const struct tcx_layout *other,
		      uint8_t source);

/* Keeps a line whose names are the entries from first to the last. False when memory is short. */
bool tcx_layout_append_line(struct tcx_layout *layout, const char *text, size_t len, size_t first,
			    struct tcx_fault *fault);

/* Builds the indexes; the layout must not change any more. False when memory is short. */
bool tcx_layout_finish(struct tcx_layout *layout);

/* The entry of a name in a finished layout; -1 when there is none or the name is ambiguous. */
int32_t tcx_layout_find(const struct tcx_layout *layout, const char *name, size_t len);

/*
 * For each entry of a finished layout the one of another that has its name, or -1; to be freed.
 * NULL when memory is short.
 */
int32_t *tcx_layout_map(const struct tcx_layout *from, const struct tcx_layout *to);

TCX_REFERENCE_DECLARE(tcx_layout);

/* Compares as memcmp(), in the order of nstatTable: by length, then by bytes, as SNMP does. */
int tcx_layout_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
