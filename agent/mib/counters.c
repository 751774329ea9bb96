/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counters of LINUX-TCPEXT-MIB: a scalar per row of mibs/counters.def that has a sub-id; of one
 * that is a counter per ICMP type, a column of icmpMsgTable or icmp6MsgTable.
 */
#include "mib/objects.h"

/* A row's number is its type. */
static const struct tcx_rows type_rows = TCX_ROWS_NUMBERED(0, TCX_ICMP_TYPES - 1);

/* The kernel prints ICMPv6 types among the other ICMPv6 counters; the MIB has a table for them. */
oid tcx_arc_of(const struct tcx_counter_row *row)
{
	if (row->column >= 0 && row->section == TCX_SECTION_Icmp6)
		return TCX_ARC_icmp6MsgTable;
	return tcx_catalogue_section(row->section)->arc;
}

/* The kernel prints an ICMP type only once it has counted it. */
static bool show_counter(const struct tcx_request *request, const struct tcx_object *object,
			 size_t row, struct tcx_value *value)
{
	static void (*const encode[])(struct tcx_value *, uint64_t) = {
		[TCX_counter] = tcx_value_counter64,
		[TCX_gauge] = tcx_value_gauge32_latched,
		[TCX_integer] = tcx_value_integer,
	};
	enum tcx_counter counter = (enum tcx_counter)object->arg;
	const struct tcx_counter_row *shown = tcx_catalogue_row(counter);
	uint64_t number;

	if (shown->column < 0
		    ? !tcx_snapshot_get(request->fresh, counter, request->oldest_ns, &number)
		    : !tcx_snapshot_get_type(request->fresh, (enum tcx_icmp_column)shown->column,
					     (uint8_t)row, request->oldest_ns, &number))
		return false;
	encode[shown->kind](value, number);
	return true;
}

static bool is_counted(const struct tcx_request *request, enum tcx_icmp_column column, size_t type)
{
	uint64_t number;

	return tcx_snapshot_get_type(request->fresh, column, (uint8_t)type, request->oldest_ns,
				     &number);
}

static void tcx_value_type(struct tcx_value *value, enum tcx_section section, size_t type)
{
	const char *name = tcx_catalogue_icmp_type(section, (uint8_t)type);

	if (name != NULL)
		tcx_value_text(value, name);
	else
		tcx_value_print(value, "type %zu", type);
}

/* Of the types that have a cell in either column. */
#define LABEL(name, section)                                                                       \
	TCX_SHOW_IF(name,                                                                          \
		    is_counted(request, TCX_ICMP_COLUMN_##section##InType, row) ||                 \
			    is_counted(request, TCX_ICMP_COLUMN_##section##OutType, row),          \
		    type, TCX_SECTION_##section, row)

LABEL(icmpMsgLabel, IcmpMsg)
LABEL(icmp6MsgLabel, Icmp6)

bool tcx_add_counters(struct tcx_tree *tree)
{
	struct tcx_object scalar = {.id_len = 2, .rows = &tcx_scalar_rows, .show = show_counter};
	struct tcx_object column = {
		.id = {0, 1, 0}, .id_len = 3, .rows = &type_rows, .show = show_counter};

	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = tcx_catalogue_row((enum tcx_counter)i);
		struct tcx_object *object = row->column < 0 ? &scalar : &column;

		object->id[0] = tcx_arc_of(row);
		object->id[object->id_len - 1] = row->sub_id;
		object->arg = i;
		if (row->sub_id > 0 && !tcx_tree_add(tree, object))
			return false;
	}
	return true;
}
