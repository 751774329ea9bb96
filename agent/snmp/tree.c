/* SPDX-License-Identifier: BSD-2-Clause */
/* A sorted array of objects, and GET and GETNEXT in it. */
#include "snmp/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/search.h"

enum tcx_found tcx_numbered_count(const struct tcx_rows *rows, const struct tcx_request *request,
				  size_t *count)
{
	(void)request;
	*count = rows->last - rows->first + 1;
	return TCX_FOUND;
}

size_t tcx_numbered_index(const struct tcx_rows *rows, const struct tcx_request *request,
			  size_t row, oid *index)
{
	(void)request;
	index[0] = rows->first + row;
	return 1;
}

const struct tcx_rows tcx_scalar_rows = TCX_ROWS_SCALAR;

bool tcx_tree_add(struct tcx_tree *tree, const struct tcx_object *object)
{
	return tcx_array_append(&tree->objects, &tree->count, object, sizeof(*object));
}

static int compare_objects(const void *a, const void *b)
{
	const struct tcx_object *left = a;
	const struct tcx_object *right = b;

	return snmp_oid_compare(left->id, left->id_len, right->id, right->id_len);
}

void tcx_tree_sort(struct tcx_tree *tree)
{
	if (tree->count > 0)
		qsort(tree->objects, tree->count, sizeof(tree->objects[0]), compare_objects);
}

void tcx_tree_clear(struct tcx_tree *tree)
{
	free(tree->objects);
	memset(tree, 0, sizeof(*tree));
}

/* What is searched for: a name below the root, or an index. */
struct name {
	const oid *ids;
	size_t len;
};

static bool is_object_upto(const void *objects, size_t i, const void *key)
{
	const struct tcx_object *object = (const struct tcx_object *)objects + i;
	const struct name *name = key;

	return snmp_oid_compare(object->id, object->id_len, name->ids, name->len) <= 0;
}

/* Counts the objects with no greater id; the last one may contain name. */
static size_t objects_upto(const struct tcx_tree *tree, const oid *name, size_t len)
{
	return tcx_search(tree->objects, tree->count, &(struct name){name, len}, is_object_upto);
}

/* The rows of an object as a request sees them. */
struct seen {
	const struct tcx_rows *rows;
	const struct tcx_request *request;
};

static int compare_row(const struct seen *seen, size_t row, const struct name *index)
{
	oid other[MAX_OID_LEN];
	size_t len = seen->rows->index(seen->rows, seen->request, row, other);

	return snmp_oid_compare(other, len, index->ids, index->len);
}

static bool is_row_upto(const void *seen, size_t row, const void *index)
{
	return compare_row(seen, row, index) <= 0;
}

static bool lies_in(const struct tcx_object *object, const oid *name, size_t len)
{
	return len >= object->id_len &&
	       snmp_oid_compare(object->id, object->id_len, name, object->id_len) == 0;
}

static enum tcx_found read_cell(const struct tcx_object *object, const struct tcx_request *request,
				size_t row, struct tcx_value *value)
{
	return object->show(request, object, row, value) ? TCX_FOUND : TCX_NO_INSTANCE;
}

/*
 * The cell with exactly this index. A column without an index has none, even while the table is
 * read: the library asks so when the master's GETNEXT includes the column, and takes a delegated
 * answer for the final one.
 */
static enum tcx_found get_cell(const struct tcx_object *object, const struct tcx_request *request,
			       const struct name *index, struct tcx_value *value)
{
	const struct seen seen = {object->rows, request};
	enum tcx_found found;
	size_t count, upto;

	if (index->len == 0 || (seen.rows->scalar && (index->len > 1 || index->ids[0] != 0)))
		return TCX_NO_INSTANCE;
	found = seen.rows->count(seen.rows, request, &count);
	if (found != TCX_FOUND)
		return found;
	upto = tcx_search(&seen, count, index, is_row_upto);
	if (upto == 0 || compare_row(&seen, upto - 1, index) != 0)
		return TCX_NO_INSTANCE;
	return read_cell(object, request, upto - 1, value);
}

/* Before the root -1, below it 0, behind it 1. */
static int place(const struct tcx_tree *tree, const oid *name, size_t len)
{
	return snmp_oid_compare(name, len < tree->root_len ? len : tree->root_len, tree->root,
				tree->root_len);
}

static bool is_seen(const struct tcx_object *object, const struct tcx_request *request)
{
	return (request->modules & 1U << object->module) != 0;
}

enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value)
{
	const struct tcx_object *object;
	size_t upto;

	if (place(tree, name, len) != 0)
		return TCX_NO_OBJECT;
	name += tree->root_len;
	len -= tree->root_len;
	upto = objects_upto(tree, name, len);
	if (upto == 0)
		return TCX_NO_OBJECT;
	object = &tree->objects[upto - 1];
	if (!lies_in(object, name, len) || !is_seen(object, request))
		return TCX_NO_OBJECT;
	return get_cell(object, request,
			&(struct name){name + object->id_len, len - object->id_len}, value);
}

/* The first cell of an object behind an index. next already has the object's id. */
static enum tcx_found next_cell(const struct tcx_object *object, const struct tcx_request *request,
				const struct name *index, oid *next, size_t *next_len,
				struct tcx_value *value)
{
	const struct seen seen = {object->rows, request};
	enum tcx_found found;
	size_t count;

	if (seen.rows->scalar && index->len > 0)
		return TCX_NO_INSTANCE;
	found = seen.rows->count(seen.rows, request, &count);
	if (found != TCX_FOUND)
		return found;
	for (size_t row = tcx_search(&seen, count, index, is_row_upto); row < count; row++) {
		if (read_cell(object, request, row, value) != TCX_FOUND)
			continue;
		*next_len = object->id_len +
			    seen.rows->index(seen.rows, request, row, next + object->id_len);
		return TCX_FOUND;
	}
	return TCX_NO_INSTANCE;
}

/* The same below the root. */
static enum tcx_found next_below(const struct tcx_tree *tree, const struct tcx_request *request,
				 const struct name *name, oid *next, size_t *next_len,
				 struct tcx_value *value)
{
	size_t i = objects_upto(tree, name->ids, name->len);
	size_t skip = 0; /* length of the id of the object that contains name */
	enum tcx_found found = TCX_NO_INSTANCE;

	if (i > 0 && lies_in(&tree->objects[i - 1], name->ids, name->len))
		skip = tree->objects[--i].id_len;
	for (; i < tree->count && found == TCX_NO_INSTANCE; i++) {
		const struct tcx_object *object = &tree->objects[i];
		const struct name index = {name->ids + skip, skip > 0 ? name->len - skip : 0};

		skip = 0;
		if (!is_seen(object, request))
			continue;
		memcpy(next, object->id, object->id_len * sizeof(oid));
		*next_len = object->id_len;
		found = next_cell(object, request, &index, next, next_len, value);
	}
	return found == TCX_NO_INSTANCE ? TCX_NO_OBJECT : found;
}

enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const oid *name, size_t len, oid *next, size_t *next_len,
			     struct tcx_value *value)
{
	size_t root_len = tree->root_len;
	int order = place(tree, name, len);
	size_t skip = order == 0 ? root_len : len; /* nothing is left of a name before the root */
	enum tcx_found found;

	if (order > 0)
		return TCX_NO_OBJECT;
	if (root_len > 0)
		memcpy(next, tree->root, root_len * sizeof(oid));
	found = next_below(tree, request, &(struct name){name + skip, len - skip}, next + root_len,
			   next_len, value);
	*next_len += root_len;
	return found;
}
