/* SPDX-License-Identifier: BSD-2-Clause */
/* kernelTable, of the snapshot group: how fresh and how whole each table is that is read from the
 * kernel. Looking here reads none of them. */
#include "base/clock.h"
#include "mib/objects.h"
#include "snmp/table_rows.h"

/* TruthValue */
enum { IS_TRUE = 1, IS_FALSE = 2 };

static const struct tcx_numbered_rows info_rows = TCX_ROWS_NUMBERED(1, TCX_TABLES);

/* From the table itself; not there while the agent does not hold it. */
static void read_rows(const struct tcx_table *table, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, table->count);
}

static void read_age(const struct tcx_table *table, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, (tcx_clock_now() - table->taken_ns) / TCX_NS_PER_MS);
}

static void read_cost(const struct tcx_table *table, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, table->cost_ns / 1000);
}

static void read_cut(const struct tcx_table *table, struct tcx_value *value)
{
	tcx_value_integer(value, table->cut ? IS_TRUE : IS_FALSE);
}

static void read_source(const struct tcx_table *table, struct tcx_value *value)
{
	tcx_value_text(value, table->source);
}

static const struct {
	oid column;
	void (*read)(const struct tcx_table *table, struct tcx_value *value);
} columns[] = {{3, read_rows}, {4, read_age}, {5, read_cost}, {6, read_cut}, {7, read_source}};

#define TABLE	    13
#define NAME_COLUMN 2

static bool read_cell(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value)
{
	struct tcx_tables *tables = request->held->tables;
	struct tcx_table *table = tables != NULL ? tcx_tables_peek(tables, row - 1) : NULL;
	bool there = table != NULL;

	if (there)
		columns[object->arg].read(table, value);
	tcx_table_unref(table); /* source is a constant: the value may point to it */
	return there;
}

static bool read_name(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value)
{
	(void)object;
	if (request->held->tables == NULL)
		return false;
	tcx_value_text(value, tcx_tables_name(request->held->tables, row - 1));
	return true;
}

bool tcx_add_table_info(struct tcx_tree *tree)
{
	struct tcx_object object = {.id = {TCX_ARC_SNAPSHOT, TABLE, 1, NAME_COLUMN},
				    .id_len = 4,
				    .rows = &info_rows.rows,
				    .read = read_name};
	bool added = tcx_tree_add(tree, &object);

	object.read = read_cell;
	for (object.arg = 0; object.arg < (int)(sizeof(columns) / sizeof(columns[0]));
	     object.arg++) {
		object.id[3] = columns[object.arg].column;
		added = added && tcx_tree_add(tree, &object);
	}
	return added;
}
