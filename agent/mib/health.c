/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * health and healthTable, from the rows of mibs/health.def: a scalar for each, and a row. Those
 * that need a table of the kernel wait for it; the others do not.
 */
#include "sample/health.h"

#include "kernel/socket_tables.h"
#include "mib/objects.h"

/* What is known of the row's table, which the request holds if there is one. */
static void take_table(struct tcx_health_input *input, enum tcx_table_id id,
		       const struct tcx_table *table)
{
	if (table == NULL)
		return;
	if (id == TCX_TABLE_LIMITS)
		input->limits = tcx_table_row(table, 0);
	else
		input->uses[id] = tcx_worst_use(table);
}

static bool get(const struct tcx_request *request, enum tcx_health row, uint64_t *number)
{
	struct tcx_health_input input = {.snapshot = request->fresh,
					 .oldest_ns = request->oldest_ns};
	enum tcx_table_id table = tcx_health_table(row);

	if (table != TCX_TABLES)
		take_table(&input, table, request->held[table]);
	return tcx_health_value(row, &input, number);
}

static bool show(const struct tcx_request *request, enum tcx_health row, struct tcx_value *value)
{
	uint64_t number;

	if (!get(request, row, &number))
		return false;
	tcx_value_gauge32_latched(value, number);
	return true;
}

static bool show_scalar(const struct tcx_request *request, const struct tcx_object *object,
			size_t row, struct tcx_value *value)
{
	(void)row;
	return show(request, (enum tcx_health)object->arg, value);
}

TCX_SHOW_OF(healthLabel, text, tcx_health_label((enum tcx_health)row))
TCX_SHOW_OF(healthUnit, text,
	    tcx_health_is_percent((enum tcx_health)row) ? "hundredths of a percent"
							: tcx_health_unit((enum tcx_health)row))
TCX_SHOW(healthValue)
{
	return show(request, (enum tcx_health)row, value);
}

static bool waits(const struct tcx_request *request, enum tcx_health row)
{
	enum tcx_table_id table = tcx_health_table(row);
	bool pending = false;

	if (table != TCX_TABLES)
		tcx_request_table(request, table, &pending);
	return pending;
}

bool tcx_health_waits(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row)
{
	return object->show == tcx_show_healthValue && waits(request, (enum tcx_health)row);
}

static bool scalar_waits(const struct tcx_request *request, const struct tcx_object *object,
			 size_t row)
{
	(void)row;
	return waits(request, (enum tcx_health)object->arg);
}

bool tcx_add_health(struct tcx_tree *tree)
{
	static const struct tcx_rows rows = {
		.count = tcx_numbered_count,
		.index = tcx_numbered_index,
		.scalar = true,
		.waits = scalar_waits,
	};
	struct tcx_object object = {
		.id = {TCX_ARC_health}, .id_len = 2, .rows = &rows, .show = show_scalar};

	for (object.arg = 0; object.arg < TCX_HEALTHS; object.arg++) {
		object.id[1] = (oid)object.arg + 1;
		if (!tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
