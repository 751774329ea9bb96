/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects of a table that is read from the kernel. A row begins with its index in octets; the
 * fields say how these are sub-identifiers. The columns say what each shows.
 */
#ifndef TCX_SNMP_TABLE_ROWS_H
#define TCX_SNMP_TABLE_ROWS_H

#include "catalogue/table_ids.h"
#include "snmp/tree.h"

#define TCX_INDEX_FIELDS 6

enum tcx_index_as {
	TCX_INDEX_END,	  /* no more fields */
	TCX_INDEX_NUMBER, /* octets in network order, one sub-identifier */
	TCX_INDEX_SPREAD, /* a sub-identifier per octet, as in an IpAddress */
	TCX_INDEX_ONE,	  /* no octet: the sub-identifier 1, as before a NetworkAddress */
	/* InetAddress of the type in the octet before, 1 to 4: its length, then its octets. */
	TCX_INDEX_INET,
};

struct tcx_index_field {
	enum tcx_index_as as;
	uint8_t octets;
};

/* The instances of the columns of one table, or of scalars that are about the table as a whole. */
struct tcx_table_rows {
	struct tcx_rows rows; /* first: an object points to it */
	enum tcx_table_id id;
	struct tcx_index_field fields[TCX_INDEX_FIELDS];
};

/* Initialisers of rows: for columns, and for scalars that are about the table as a whole. */
#define TCX_ROWS_OF_TABLE                                                                          \
	{                                                                                          \
		tcx_table_row_find, tcx_table_row_after, tcx_table_row_index                       \
	}
#define TCX_SCALARS_OF_TABLE                                                                       \
	{                                                                                          \
		tcx_table_scalar_find, tcx_table_scalar_after, tcx_numbered_index                  \
	}

tcx_rows_search tcx_table_row_find, tcx_table_row_after, tcx_table_scalar_find,
	tcx_table_scalar_after;
tcx_rows_index tcx_table_row_index;

/* One column. row is the table's row; for a scalar the struct tcx_table itself. */
struct tcx_column {
	oid sub_id;
	void (*read)(const void *row, const struct tcx_request *request, struct tcx_value *value);
	bool (*is_known)(const void *row); /* whether the cell has a value; NULL: always */
};

/*
 * Defines read_NAME() for a column: put is a call of tcx_value_...() that sees value and the row,
 * by the name of its type.
 */
#define TCX_COLUMN_OF(type, name, put)                                                             \
	static void read_##name(const void *row, const struct tcx_request *request,                \
				struct tcx_value *value)                                           \
	{                                                                                          \
		const struct type *type = row;                                                     \
                                                                                                   \
		(void)request;                                                                     \
		(void)type;                                                                        \
		put;                                                                               \
	}

/* A table of columns and their number. */
#define TCX_COLUMNS(table) table, sizeof(table) / sizeof(table[0])

/*
 * Adds objects for the columns, each with the id prefix + sub_id. rows must live as long as the
 * tree. False when memory is short.
 */
bool tcx_add_columns(struct tcx_tree *tree, const oid *prefix, size_t prefix_len,
		     const struct tcx_table_rows *rows, const struct tcx_column *columns,
		     size_t count);

#endif
