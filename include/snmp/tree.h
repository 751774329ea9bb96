/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects, sorted by OID, and the search in them.
 *
 * An object is a scalar or a column; a scalar is a column with the single row .0. Its rows give the
 * instances and its show() gives a value. A search is a binary search for the object, then its
 * rows' own search. GETNEXT skips cells without a value.
 */
#ifndef TCX_SNMP_TREE_H
#define TCX_SNMP_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/request.h"
#include "snmp/value.h"

#define TCX_OBJECT_ID_MAX 4

/* TCX_PENDING: a table is being read; ask again later. */
enum tcx_found { TCX_FOUND, TCX_NO_INSTANCE, TCX_NO_OBJECT, TCX_PENDING };

/* How the octets with which a row of the kernel's begins become sub-identifiers. */
enum tcx_index_as {
	TCX_INDEX_END,		       /* no more fields */
	TCX_INDEX_OWN = TCX_INDEX_END, /* not a table of the kernel */
	TCX_INDEX_NUMBER,	       /* one sub-identifier, octets in network order */
	TCX_INDEX_SPREAD,	       /* a sub-identifier per octet, as in an IpAddress */
	TCX_INDEX_NETWORK,	       /* a NetworkAddress: 1 for internet, then as SPREAD */
	/* An InetAddress, its length first; the octet before is its type, 1 to 4. */
	TCX_INDEX_INET,
	TCX_INDEX_TEXT, /* of the length in the first octet, which comes first */
};

struct tcx_index_field {
	enum tcx_index_as as;
	uint8_t octets;
};

struct tcx_rows;

/* TCX_FOUND: *count is how many rows there are now, from 0 on; TCX_NO_INSTANCE; TCX_PENDING. */
typedef enum tcx_found tcx_rows_count(const struct tcx_rows *rows,
				      const struct tcx_request *request, size_t *count);

/* Writes a row's index, which is greater than that of the row before. Returns its length. */
typedef size_t tcx_rows_index(const struct tcx_rows *rows, const struct tcx_request *request,
			      size_t row, oid *index);

struct tcx_object;

/* Whether a cell waits for a table that is being read. */
typedef bool tcx_rows_waits(const struct tcx_request *request, const struct tcx_object *object,
			    size_t row);

/* The instances that the columns of a table share. */
struct tcx_rows {
	tcx_rows_count *count;
	tcx_rows_index *index;
	tcx_rows_waits *waits;	 /* NULL: none does, unless count() says that all do */
	bool scalar;		 /* the only row is .0 */
	oid first, last;	 /* of numbered rows */
	enum tcx_table_id table; /* of the rows of a table that is read from the kernel */
	const struct tcx_index_field *fields; /* likewise: of their index */
};

/* Rows that always exist, numbered from first to last. */
#define TCX_ROWS_NUMBERED(from, to)                                                                \
	{                                                                                          \
		.count = tcx_numbered_count, .index = tcx_numbered_index, .first = from,           \
		.last = to                                                                         \
	}

/* The row of a scalar that always exists. */
#define TCX_ROWS_SCALAR                                                                            \
	{                                                                                          \
		.count = tcx_numbered_count, .index = tcx_numbered_index, .scalar = true           \
	}

/* Those of a table that is read from the kernel: for columns, and for scalars about the whole. */
#define TCX_ROWS_OF_TABLE(id, index_fields)                                                        \
	{                                                                                          \
		.count = tcx_table_count, .index = tcx_table_index, .table = id,                   \
		.fields = index_fields                                                             \
	}
#define TCX_SCALARS_OF_TABLE(id)                                                                   \
	{                                                                                          \
		.count = tcx_table_count, .index = tcx_numbered_index, .scalar = true, .table = id \
	}

tcx_rows_count tcx_numbered_count, tcx_table_count;
tcx_rows_index tcx_numbered_index, tcx_table_index;

/* Reads a cell. False when it has no value now: noSuchInstance. */
typedef bool tcx_show(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value);

struct tcx_object {
	oid id[TCX_OBJECT_ID_MAX]; /* below the root */
	size_t id_len;
	const struct tcx_rows *rows;
	tcx_show *show;
	int arg; /* show()'s own: a counter, a column, a row of mib2.def */
	/* Set by tcx_tree_add(): */
	uint8_t module; /* its place among the modules (snmp/module.h) */
	const oid *root;
	size_t root_len;
};

/* For show(): an object's table, which exists. */
static inline const struct tcx_table *tcx_table_of(const struct tcx_request *request,
						   const struct tcx_object *object)
{
	return request->held[object->rows->table];
}

struct tcx_tree {
	size_t count;
	struct tcx_object *objects; /* owned */
	/* Of what is added: */
	uint8_t module;
	const oid *root;
	size_t root_len;
};

/* The single row .0 of every scalar that may lack a value. */
extern const struct tcx_rows tcx_scalar_rows;

/* Adds a copy of an object, in any order. False when memory is short. */
bool tcx_tree_add(struct tcx_tree *tree, const struct tcx_object *object);

/* Sorts the objects, once all are added. */
void tcx_tree_sort(struct tcx_tree *tree);

/* Frees what the tree owns. */
void tcx_tree_clear(struct tcx_tree *tree);

/* The OID of an object, its root included. Returns its length. */
size_t tcx_object_name(const struct tcx_object *object, oid *name);

/* GET: the value at exactly this OID. Both see the objects of request->modules alone. */
enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value);

/* The names of a GETNEXT (RFC 2741, 5.2): behind begin or, with include, from it on; before end. */
struct tcx_range {
	const oid *begin;
	size_t begin_len;
	bool include;
	const oid *end;
	size_t end_len; /* 0: there is no end */
};

/*
 * GETNEXT: the first value in the range, and its name, with room for MAX_OID_LEN. TCX_NO_OBJECT:
 * there is none.
 */
enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const struct tcx_range *range, oid *next, size_t *next_len,
			     struct tcx_value *value);

#endif
