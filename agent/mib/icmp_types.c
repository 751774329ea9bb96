/* SPDX-License-Identifier: BSD-2-Clause */
/* icmpMsgTable and icmp6MsgTable: messages by ICMP type. A row's number is its type. */
#include "mib/objects.h"

static const struct tcx_rows type_rows = TCX_ROWS_NUMBERED(0, TCX_ICMP_TYPES - 1);

/* The kernel prints a type only once it has counted it. */
static bool show_type(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value)
{
	uint64_t number;

	if (!tcx_snapshot_get_type(request->fresh, (enum tcx_icmp_column)object->arg, (uint8_t)row,
				   request->oldest_ns, &number))
		return false;
	tcx_value_counter64(value, number);
	return true;
}

bool tcx_add_icmp_types(struct tcx_tree *tree)
{
	struct tcx_object object = {
		.id = {0, 1, 0}, .id_len = 3, .rows = &type_rows, .show = show_type};

	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);

		object.id[0] = tcx_arc_of(row);
		object.id[2] = row->sub_id;
		object.arg = row->column;
		if (row->column >= 0 && !tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
