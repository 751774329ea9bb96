/* SPDX-License-Identifier: BSD-2-Clause */
/* The scalars of LINUX-TCPEXT-MIB: one per row of mibs/counters.def that has a sub-id. */
#include "mib/objects.h"

/* The kernel prints ICMPv6 types among the other ICMPv6 counters; the MIB has a table for them. */
oid tcx_arc_of(const struct tcx_counter_row *row)
{
	if (row->column >= 0 && row->section == TCX_SECTION_Icmp6)
		return TCX_ARC_icmp6MsgTable;
	return tcx_catalogue_section(row->section)->arc;
}

static bool show_counter(const struct tcx_request *request, const struct tcx_object *object,
			 size_t row, struct tcx_value *value)
{
	static void (*const encode[])(struct tcx_value *, uint64_t) = {
		[TCX_counter] = tcx_value_counter64,
		[TCX_gauge] = tcx_value_gauge32_latched,
		[TCX_integer] = tcx_value_integer,
	};
	enum tcx_counter counter = (enum tcx_counter)object->arg;
	uint64_t number;

	(void)row;
	if (!tcx_snapshot_get(request->fresh, counter, request->oldest_ns, &number))
		return false;
	encode[tcx_catalogue_row(counter)->kind](value, number);
	return true;
}

bool tcx_add_counters(struct tcx_tree *tree)
{
	struct tcx_object object = {.id_len = 2, .rows = &tcx_scalar_rows, .show = show_counter};

	for (object.arg = 0; object.arg < TCX_COUNTERS; object.arg++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)object.arg);

		object.id[0] = tcx_arc_of(row);
		object.id[1] = row->sub_id;
		if (row->sub_id > 0 && row->column < 0 && !tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
