/* icmpMsgTable and icmp6MsgTable: messages by ICMP type. A row's number is its type. */
#include "tcx_objects.h"

static enum tcx_row find(const struct tcx_rows *rows, const struct tcx_view *view, const oid *index,
			 size_t len, size_t *row)
{
	(void)rows;
	(void)view;
	if (len != 1 || index[0] >= TCX_ICMP_TYPES)
		return TCX_ROW_NONE;
	*row = index[0];
	return TCX_ROW_FOUND;
}

static enum tcx_row after(const struct tcx_rows *rows, const struct tcx_view *view,
			  const oid *index, size_t len, size_t *row)
{
	(void)rows;
	(void)view;
	if (len > 0 && index[0] >= TCX_ICMP_TYPES - 1)
		return TCX_ROW_NONE;
	*row = len > 0 ? index[0] + 1 : 0;
	return TCX_ROW_FOUND;
}

static size_t index_of(const struct tcx_rows *rows, const struct tcx_view *view, size_t row,
		       oid *index)
{
	(void)rows;
	(void)view;
	index[0] = row;
	return 1;
}

static const struct tcx_rows type_rows = {find, after, index_of};

/* The kernel prints a type once it has counted it; until then the cell does not exist. */
static bool read_type(const struct tcx_view *view, const struct tcx_leaf *leaf, size_t row,
		      struct tcx_value *value)
{
	uint64_t number;

	if (!tcx_snapshot_get_type(view->fresh, (enum tcx_column)leaf->arg, (uint8_t)row, &number))
		return false;
	tcx_value_counter64(value, number);
	return true;
}

bool tcx_add_icmp_types(struct tcx_tree *tree)
{
	struct tcx_leaf leaf = {
		.id = {0, 1, 0}, .id_len = 3, .rows = &type_rows, .read = read_type};

	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);

		leaf.id[0] = tcx_arc_of(row);
		leaf.id[2] = row->sub_id;
		leaf.arg = row->column;
		if (row->column >= 0 && !tcx_tree_add(tree, &leaf))
			return false;
	}
	return true;
}
