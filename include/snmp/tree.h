/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The objects of one registration, in the order of their OIDs, and the search for the one that a
 * request names.
 *
 * An object is a scalar or a column. Its rows say which instances it has and its show() gives the
 * value of one; a scalar is a column with the single row .0. Whichever it is, it is looked up the
 * same way: a binary search for the object, then its rows' own search for the instance. A cell
 * without a value is passed over by GETNEXT.
 */
#ifndef TCX_SNMP_TREE_H
#define TCX_SNMP_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/request.h"
#include "snmp/value.h"

#define TCX_OBJECT_ID_MAX 4

/* Whether a row was found; TCX_ROW_PENDING: the table is being read, ask again once it has come. */
enum tcx_row { TCX_ROW_FOUND, TCX_ROW_NONE, TCX_ROW_PENDING };

struct tcx_rows;
struct tcx_index_field;

typedef enum tcx_row tcx_rows_search(const struct tcx_rows *rows, const struct tcx_request *request,
				     const oid *index, size_t len, size_t *row);
typedef size_t tcx_rows_index(const struct tcx_rows *rows, const struct tcx_request *request,
			      size_t row, oid *index);

/* The instances that the columns of one table share. row is a number of the table's own choice. */
struct tcx_rows {
	tcx_rows_search *find; /* the row with exactly this index */
	/* The first row whose index is greater; every row is greater than an index of length 0. */
	tcx_rows_search *after;
	tcx_rows_index *index;	 /* writes a row's index and returns its length */
	oid first, last;	 /* of numbered rows */
	enum tcx_table_id table; /* of the rows of a table of the kernel (snmp/table_rows.h) */
	const struct tcx_index_field *fields; /* likewise */
};

/* Rows of a table that has always the same ones, numbered from first to last: row is the number. */
#define TCX_ROWS_NUMBERED(from, to)                                                                \
	{                                                                                          \
		tcx_numbered_find, tcx_numbered_after, tcx_numbered_index, .first = from,          \
									   .last = to              \
	}

tcx_rows_search tcx_numbered_find, tcx_numbered_after;
tcx_rows_index tcx_numbered_index;

struct tcx_object;

/* The value of a row's cell. False when there is none now: noSuchInstance. */
typedef bool tcx_show(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value);

struct tcx_object {
	oid id[TCX_OBJECT_ID_MAX]; /* below the tree's root */
	size_t id_len;
	const struct tcx_rows *rows;
	tcx_show *show;
	int arg; /* show()'s own: a counter, a column, a row of mib2.def */
};

struct tcx_tree {
	size_t count;
	size_t capacity;
	struct tcx_object *objects; /* owned */
};

/* TCX_PENDING: what decides it is being read; ask again once it has come. */
enum tcx_found { TCX_FOUND, TCX_NO_INSTANCE, TCX_NO_OBJECT, TCX_PENDING };

/* The single row .0 of every scalar. */
extern const struct tcx_rows tcx_scalar_rows;

/* Adds a copy of an object, in any order. False when memory is short. */
bool tcx_tree_add(struct tcx_tree *tree, const struct tcx_object *object);

/* Puts the objects in order; to be called once all are there. */
void tcx_tree_sort(struct tcx_tree *tree);

/* Frees what the tree owns. */
void tcx_tree_clear(struct tcx_tree *tree);

/* GET: the value at exactly this OID below the root. */
enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value);

/*
 * GETNEXT: the first value behind this OID. Its OID below the root goes to next (room for
 * MAX_OID_LEN) and *next_len. TCX_NO_OBJECT at the end of the tree.
 */
enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const oid *name, size_t len, oid *next, size_t *next_len,
			     struct tcx_value *value);

#endif
