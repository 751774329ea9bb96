/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names that one kernel prints, in the order in which it prints them. A layout is found once
 * and shared by all snapshots that have the same names: a refresh then only fills in values.
 */
#ifndef TCX_SAMPLE_LAYOUT_H
#define TCX_SAMPLE_LAYOUT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "catalogue/catalogue.h"

/* The longest name that a counter can have (nstatName's SIZE in LINUX-TCPEXT-MIB). */
#define TCX_NAME_MAX 64

struct tcx_entry {
	char name[TCX_NAME_MAX + 1]; /* nstat's name */
	uint8_t name_len;
	uint8_t source; /* of the file that printed it: enum tcx_source */
	bool ambiguous; /* the kernel printed the name twice: nobody knows which is meant */
	enum tcx_counter counter; /* its row, or TCX_NONE */
	uint8_t type;		  /* ICMP type, where the row is a column */
};

/* A line of names, kept so that the next read need only see that it is the same. */
struct tcx_line {
	char *text; /* owned */
	size_t len;
	size_t first; /* entry of its first name */
	size_t count; /* of its names */
};

struct tcx_layout {
	atomic_uint references;
	size_t count;
	size_t capacity;
	struct tcx_entry *entries;
	size_t line_count;
	struct tcx_line *lines;

	/*
	 * Set by tcx_layout_finish(); an index into entries, or -1 where the kernel prints no such
	 * counter.
	 */
	int32_t slot[TCX_COUNTERS];
	int32_t type_slot[TCX_ICMP_COLUMNS][TCX_ICMP_TYPES];
	size_t *by_name; /* the counters of nstatTable, in the order of its index */
	size_t by_name_count;
};

/* An empty layout with one reference, or NULL when memory is short. */
struct tcx_layout *tcx_layout_new(void);

/* Appends the name prefix + name. False when it is too long or memory is short. */
bool tcx_layout_append(struct tcx_layout *layout, uint8_t source, const char *prefix,
		       size_t prefix_len, const char *name, size_t name_len,
		       struct tcx_fault *fault);

/*
 * Appends what another layout has of a source, and this one, whose entries of it begin at first,
 * has not: names of a file that could not be read whole. False when memory is short.
 */
bool tcx_layout_adopt(struct tcx_layout *layout, size_t first, const struct tcx_layout *other,
		      uint8_t source);

/*
 * Remembers a line whose names are the entries from first on to the last. False when memory is
 * short.
 */
bool tcx_layout_append_line(struct tcx_layout *layout, const char *text, size_t len, size_t first,
			    struct tcx_fault *fault);

/*
 * Looks all names up and builds the indexes; the layout does not change from then on. False when
 * memory is short.
 */
bool tcx_layout_finish(struct tcx_layout *layout);

/*
 * The entry of a name in a layout that is finished; -1 when there is none, or more than one.
 */
int32_t tcx_layout_find(const struct tcx_layout *layout, const char *name, size_t len);

/* One more owner. Returns layout. */
struct tcx_layout *tcx_layout_ref(struct tcx_layout *layout);

/* One owner less; the last one frees it. layout may be NULL. */
void tcx_layout_unref(struct tcx_layout *layout);

/*
 * The order of nstatTable: SNMP compares a string index by its length first, then byte by byte.
 * Less than, equal to or greater than zero, as memcmp().
 */
int tcx_layout_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
