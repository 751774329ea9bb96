/* SPDX-License-Identifier: BSD-2-Clause */
/* A sorted array of objects, and GET and GETNEXT in it. */
#include "snmp/tree.h"

#include <stdlib.h>
#include <string.h>

enum tcx_row tcx_numbered_find(const struct tcx_rows *rows, const struct tcx_request *request,
			       const oid *index, size_t len, size_t *row)
{
	(void)request;
	if (len != 1 || index[0] < rows->first || index[0] > rows->last)
		return TCX_ROW_NONE;
	*row = index[0];
	return TCX_ROW_FOUND;
}

enum tcx_row tcx_numbered_after(const struct tcx_rows *rows, const struct tcx_request *request,
				const oid *index, size_t len, size_t *row)
{
	(void)request;
	if (len > 0 && index[0] >= rows->last)
		return TCX_ROW_NONE;
	*row = len > 0 && index[0] >= rows->first ? index[0] + 1 : rows->first;
	return TCX_ROW_FOUND;
}

size_t tcx_numbered_index(const struct tcx_rows *rows, const struct tcx_request *request,
			  size_t row, oid *index)
{
	(void)rows;
	(void)request;
	index[0] = row;
	return 1;
}

const struct tcx_rows tcx_scalar_rows = TCX_ROWS_NUMBERED(0, 0);

bool tcx_tree_add(struct tcx_tree *tree, const struct tcx_object *object)
{
	if (tree->count == tree->capacity) {
		size_t capacity = tree->capacity > 0 ? tree->capacity * 2 : 64;
		struct tcx_object *objects =
			reallocarray(tree->objects, capacity, sizeof(*objects));

		if (objects == NULL)
			return false;
		tree->objects = objects;
		tree->capacity = capacity;
	}
	tree->objects[tree->count++] = *object;
	return true;
}

static int compare_objects(const void *a, const void *b)
{
	const struct tcx_object *left = a;
	const struct tcx_object *right = b;

	return snmp_oid_compare(left->id, left->id_len, right->id, right->id_len);
}

void tcx_tree_sort(struct tcx_tree *tree)
{
	qsort(tree->objects, tree->count, sizeof(tree->objects[0]), compare_objects);
}

void tcx_tree_clear(struct tcx_tree *tree)
{
	free(tree->objects);
	memset(tree, 0, sizeof(*tree));
}

/* Counts the objects with no greater id; the last one may contain name. */
static size_t objects_upto(const struct tcx_tree *tree, const oid *name, size_t len)
{
	size_t low = 0;
	size_t high = tree->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct tcx_object *object = &tree->objects[middle];

		if (snmp_oid_compare(object->id, object->id_len, name, len) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
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

enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value)
{
	size_t upto = objects_upto(tree, name, len);
	const struct tcx_object *object;
	size_t row;

	if (upto == 0 || !lies_in(&tree->objects[upto - 1], name, len))
		return TCX_NO_OBJECT;
	object = &tree->objects[upto - 1];
	switch (object->rows->find(object->rows, request, name + object->id_len,
				   len - object->id_len, &row)) {
	case TCX_ROW_FOUND:
		return read_cell(object, request, row, value);
	case TCX_ROW_PENDING:
		return TCX_PENDING;
	default:
		return TCX_NO_INSTANCE;
	}
}

/* The first cell of an object behind an index. next already has the object's id. */
static enum tcx_found next_cell(const struct tcx_object *object, const struct tcx_request *request,
				const oid *index, size_t len, oid *next, size_t *next_len,
				struct tcx_value *value)
{
	const struct tcx_rows *rows = object->rows;
	oid *next_index = next + object->id_len;
	enum tcx_row found;
	size_t row;

	while ((found = rows->after(rows, request, index, len, &row)) == TCX_ROW_FOUND) {
		len = rows->index(rows, request, row, next_index);
		index = next_index;
		*next_len = object->id_len + len;
		if (read_cell(object, request, row, value) == TCX_FOUND)
			return TCX_FOUND;
	}
	return found == TCX_ROW_PENDING ? TCX_PENDING : TCX_NO_INSTANCE;
}

enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const oid *name, size_t len, oid *next, size_t *next_len,
			     struct tcx_value *value)
{
	size_t i = objects_upto(tree, name, len);
	size_t skip = 0; /* length of the id of the object that contains name */
	enum tcx_found found = TCX_NO_INSTANCE;

	if (i > 0 && lies_in(&tree->objects[i - 1], name, len))
		skip = tree->objects[--i].id_len;
	for (; i < tree->count && found == TCX_NO_INSTANCE; i++) {
		const struct tcx_object *object = &tree->objects[i];

		memcpy(next, object->id, object->id_len * sizeof(oid));
		found = next_cell(object, request, name + skip, skip > 0 ? len - skip : 0, next,
				  next_len, value);
		skip = 0;
	}
	return found == TCX_NO_INSTANCE ? TCX_NO_OBJECT : found;
}
