#include "snmp/tree.h"

#include <stdlib.h>
#include <string.h>

enum tcx_row tcx_numbered_find(const struct tcx_rows *rows, const struct tcx_request *request,
			       const oid *index, size_t len, size_t *row)
{
	const struct tcx_numbered_rows *numbered = (const struct tcx_numbered_rows *)rows;

	(void)request;
	if (len != 1 || index[0] < numbered->first || index[0] > numbered->last)
		return TCX_ROW_NONE;
	*row = index[0];
	return TCX_ROW_FOUND;
}

enum tcx_row tcx_numbered_after(const struct tcx_rows *rows, const struct tcx_request *request,
				const oid *index, size_t len, size_t *row)
{
	const struct tcx_numbered_rows *numbered = (const struct tcx_numbered_rows *)rows;

	(void)request;
	if (len > 0 && index[0] >= numbered->last)
		return TCX_ROW_NONE;
	*row = len > 0 && index[0] >= numbered->first ? index[0] + 1 : numbered->first;
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

const struct tcx_numbered_rows tcx_scalar_rows = TCX_ROWS_NUMBERED(0, 0);

bool tcx_tree_add(struct tcx_tree *tree, const struct tcx_leaf *leaf)
{
	if (tree->count == tree->capacity) {
		size_t capacity = tree->capacity > 0 ? tree->capacity * 2 : 64;
		struct tcx_leaf *leaves = reallocarray(tree->leaves, capacity, sizeof(*leaves));

		if (leaves == NULL)
			return false;
		tree->leaves = leaves;
		tree->capacity = capacity;
	}
	tree->leaves[tree->count++] = *leaf;
	return true;
}

static int compare_leaves(const void *a, const void *b)
{
	const struct tcx_leaf *left = a;
	const struct tcx_leaf *right = b;

	return snmp_oid_compare(left->id, left->id_len, right->id, right->id_len);
}

void tcx_tree_sort(struct tcx_tree *tree)
{
	qsort(tree->leaves, tree->count, sizeof(tree->leaves[0]), compare_leaves);
}

void tcx_tree_clear(struct tcx_tree *tree)
{
	free(tree->leaves);
	memset(tree, 0, sizeof(*tree));
}

/*
 * The number of leaves whose id is not greater than name: a leaf that name lies in is the last of
 * them.
 */
static size_t leaves_upto(const struct tcx_tree *tree, const oid *name, size_t len)
{
	size_t low = 0;
	size_t high = tree->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct tcx_leaf *leaf = &tree->leaves[middle];

		if (snmp_oid_compare(leaf->id, leaf->id_len, name, len) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool lies_in(const struct tcx_leaf *leaf, const oid *name, size_t len)
{
	return len >= leaf->id_len &&
	       snmp_oid_compare(leaf->id, leaf->id_len, name, leaf->id_len) == 0;
}

static enum tcx_found read_cell(const struct tcx_leaf *leaf, const struct tcx_request *request,
				size_t row, struct tcx_value *value)
{
	return leaf->read(request, leaf, row, value) ? TCX_FOUND : TCX_NO_INSTANCE;
}

enum tcx_found tcx_tree_get(const struct tcx_tree *tree, const struct tcx_request *request,
			    const oid *name, size_t len, struct tcx_value *value)
{
	size_t upto = leaves_upto(tree, name, len);
	const struct tcx_leaf *leaf;
	size_t row;

	if (upto == 0 || !lies_in(&tree->leaves[upto - 1], name, len))
		return TCX_NO_OBJECT;
	leaf = &tree->leaves[upto - 1];
	switch (leaf->rows->find(leaf->rows, request, name + leaf->id_len, len - leaf->id_len,
				 &row)) {
	case TCX_ROW_FOUND:
		return read_cell(leaf, request, row, value);
	case TCX_ROW_PENDING:
		return TCX_PENDING;
	default:
		return TCX_NO_INSTANCE;
	}
}

/* The first cell of a leaf behind an index. next holds the leaf's id already. */
static enum tcx_found next_cell(const struct tcx_leaf *leaf, const struct tcx_request *request,
				const oid *index, size_t len, oid *next, size_t *next_len,
				struct tcx_value *value)
{
	const struct tcx_rows *rows = leaf->rows;
	oid *next_index = next + leaf->id_len;
	enum tcx_row found;
	size_t row;

	while ((found = rows->after(rows, request, index, len, &row)) == TCX_ROW_FOUND) {
		len = rows->index(rows, request, row, next_index);
		index = next_index;
		*next_len = leaf->id_len + len;
		if (read_cell(leaf, request, row, value) == TCX_FOUND)
			return TCX_FOUND;
	}
	return found == TCX_ROW_PENDING ? TCX_PENDING : TCX_NO_INSTANCE;
}

enum tcx_found tcx_tree_next(const struct tcx_tree *tree, const struct tcx_request *request,
			     const oid *name, size_t len, oid *next, size_t *next_len,
			     struct tcx_value *value)
{
	size_t i = leaves_upto(tree, name, len);
	size_t skip = 0; /* how much of name is the id of the leaf that it lies in */
	enum tcx_found found = TCX_NO_INSTANCE;

	if (i > 0 && lies_in(&tree->leaves[i - 1], name, len))
		skip = tree->leaves[--i].id_len;
	for (; i < tree->count && found == TCX_NO_INSTANCE; i++) {
		const struct tcx_leaf *leaf = &tree->leaves[i];

		memcpy(next, leaf->id, leaf->id_len * sizeof(oid));
		found = next_cell(leaf, request, name + skip, skip > 0 ? len - skip : 0, next,
				  next_len, value);
		skip = 0;
	}
	return found == TCX_NO_INSTANCE ? TCX_NO_OBJECT : found;
}
