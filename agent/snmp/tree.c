/* SPDX-License-Identifier: BSD-2-Clause */
/* A sorted array of the objects of all modules, and GET and GETNEXT in it. */
#include "snmp/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "snmp/module.h"

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
	struct tcx_object added = *object;

	added.module = tree->module;
	added.root = tree->root;
	added.root_len = tree->root_len;
	return tcx_array_append(&tree->objects, &tree->count, &added, sizeof(added));
}

size_t tcx_object_name(const struct tcx_object *object, oid *name)
{
	if (object->root_len > 0)
		memcpy(name, object->root, object->root_len * sizeof(oid));
	memcpy(name + object->root_len, object->id, object->id_len * sizeof(oid));
	return object->root_len + object->id_len;
}

/* A name, or what is left of one. */
struct name {
	const oid *ids;
	size_t len;
};

/* As snmp_oid_compare(), here so that the compiler makes one of it and its many callers. */
static int compare(const oid *one, size_t one_len, const oid *other, size_t other_len)
{
	size_t len = one_len < other_len ? one_len : other_len;
	size_t i = 0;

	while (i < len && one[i] == other[i])
		i++;
	if (i < len)
		return one[i] < other[i] ? -1 : 1;
	return (one_len > other_len) - (one_len < other_len);
}

/* Of the object's name. */
static int compare_object(const struct tcx_object *object, const struct name *name)
{
	size_t len = object->root_len;
	int order = compare(object->root, len, name->ids, name->len < len ? name->len : len);

	return order != 0 ? order
			  : compare(object->id, object->id_len, name->ids + len, name->len - len);
}

static int compare_objects(const void *a, const void *b)
{
	oid name[MAX_OID_LEN];
	size_t len = tcx_object_name(b, name);

	return compare_object(a, &(struct name){name, len});
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

bool tcx_modules_build(struct tcx_built_modules *built, const struct tcx_module *modules,
		       size_t count)
{
	*built = (struct tcx_built_modules){.modules = modules, .count = count};
	for (size_t i = 0; i < count; i++) {
		built->tree.module = (uint8_t)i;
		built->tree.root = modules[i].root;
		built->tree.root_len = modules[i].root_len;
		if (!modules[i].add(&built->tree, modules[i].word))
			return false;
	}
	tcx_tree_sort(&built->tree);
	return true;
}

static bool is_object_upto(const void *objects, size_t i, const void *name)
{
	return compare_object((const struct tcx_object *)objects + i, name) <= 0;
}

/*
 * Whether an object contains the name: then place is its own, and the rest of the name is the
 * index. Else place is that of the first one behind the name, and the index is empty.
 */
static bool find_object(const struct tcx_tree *tree, const oid *name, size_t len, size_t *place,
			struct name *index)
{
	size_t i =
		tcx_search(tree->objects, tree->count, &(struct name){name, len}, is_object_upto);
	size_t own = i > 0 ? tree->objects[i - 1].root_len + tree->objects[i - 1].id_len : 0;

	*place = i;
	*index = (struct name){name, 0};
	if (i == 0 || len < own ||
	    compare_object(&tree->objects[i - 1], &(struct name){name, own}) != 0)
		return false;
	*place = i - 1;
	*index = (struct name){name + own, len - own};
	return true;
}

static bool is_seen(const struct tcx_object *object, const struct tcx_request *request)
{
	return (request->modules & 1U << object->module) != 0;
}

/* The rows of an object as a request sees them, and a place among them. */
struct seen {
	const struct tcx_rows *rows;
	const struct tcx_request *request;
	size_t count, row;
};

static int compare_row(const struct seen *seen, size_t row, const struct name *index)
{
	oid other[MAX_OID_LEN];
	size_t len = seen->rows->index(seen->rows, seen->request, row, other);

	return compare(other, len, index->ids, index->len);
}

static bool is_row_before(const void *seen, size_t row, const void *index)
{
	return compare_row(seen, row, index) < 0;
}

static bool is_row_upto(const void *seen, size_t row, const void *index)
{
	return compare_row(seen, row, index) <= 0;
}

/* Whether a scalar has nothing there, whatever its table has. */
static bool is_behind(const struct tcx_rows *rows, const struct name *index, bool include)
{
	return rows->scalar && index->len > 0 &&
	       !(include && index->len == 1 && index->ids[0] == 0);
}

/* Takes the first row behind an index or, with include, from it on. */
static enum tcx_found find_row(struct seen *seen, const struct name *index, bool include)
{
	enum tcx_found found = TCX_NO_INSTANCE;

	if (!is_behind(seen->rows, index, include))
		found = seen->rows->count(seen->rows, seen->request, &seen->count);
	if (found == TCX_FOUND)
		seen->row =
			tcx_search(seen, seen->count, index, include ? is_row_before : is_row_upto);
	return found;
}

static enum tcx_found read_cell(const struct tcx_object *object, const struct seen *seen,
				struct tcx_value *value)
{
	if (seen->rows->waits != NULL && seen->rows->waits(seen->request, object, seen->row))
		return TCX_PENDING;
	return object->show(seen->request, object, seen->row, value) ? TCX_FOUND : TCX_NO_INSTANCE;
}

/*
 * A column without an index has no value, even while the table is read: the library asks so when
 * the master's GETNEXT includes the column, and takes a delegated answer for the final one.
 */
enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value)
{
	struct name index;
	struct seen seen = {.request = request};
	enum tcx_found found;
	size_t i;

	if (!find_object(tree, name, len, &i, &index) || !is_seen(&tree->objects[i], request))
		return TCX_NO_OBJECT;
	if (index.len == 0)
		return TCX_NO_INSTANCE;
	seen.rows = tree->objects[i].rows;
	found = find_row(&seen, &index, true);
	if (found != TCX_FOUND)
		return found;
	if (seen.row == seen.count || compare_row(&seen, seen.row, &index) != 0)
		return TCX_NO_INSTANCE;
	return read_cell(&tree->objects[i], &seen, value);
}

/* The first cell of an object, as find_row(). Without one, next has the object's name. */
static enum tcx_found next_cell(const struct tcx_object *object, const struct tcx_request *request,
				const struct name *index, bool include, oid *next, size_t *next_len,
				struct tcx_value *value)
{
	struct seen seen = {object->rows, request, 0, 0};
	enum tcx_found found = find_row(&seen, index, include);

	*next_len = tcx_object_name(object, next);
	if (found != TCX_FOUND)
		return found;
	for (; seen.row < seen.count; seen.row++) {
		found = read_cell(object, &seen, value);
		if (found == TCX_FOUND)
			*next_len +=
				seen.rows->index(seen.rows, request, seen.row, next + *next_len);
		if (found != TCX_NO_INSTANCE)
			return found;
	}
	return TCX_NO_INSTANCE;
}

enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const struct tcx_range *range, oid *next, size_t *next_len,
			     struct tcx_value *value)
{
	struct name index;
	enum tcx_found found = TCX_NO_INSTANCE;
	size_t i;

	find_object(tree, range->begin, range->begin_len, &i, &index);
	for (; i < tree->count && found == TCX_NO_INSTANCE; i++) {
		if (is_seen(&tree->objects[i], request))
			found = next_cell(&tree->objects[i], request, &index, range->include, next,
					  next_len, value);
		index.len = 0;
	}
	if (found == TCX_NO_INSTANCE ||
	    (range->end_len > 0 &&
	     snmp_oid_compare(next, *next_len, range->end, range->end_len) >= 0))
		return TCX_NO_OBJECT;
	return found;
}
