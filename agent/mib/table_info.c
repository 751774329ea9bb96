/* SPDX-License-Identifier: BSD-2-Clause */
/* kernelTable of the snapshot group: the state of each table. Reads none of them. */
#include "base/clock.h"
#include "mib/objects.h"

/* TruthValue */
enum { IS_TRUE = 1, IS_FALSE = 2 };

TCX_SHOW_IF(kernelTableName, request->held->tables != NULL,
	    tcx_value_text(value, tcx_catalogue_table_name(row)))
TCX_SHOW_IF(kernelTableSurvey, request->held->tables != NULL,
	    tcx_value_text(value, tcx_catalogue_table_survey(row)))

/* The table with a reference; NULL while the agent holds none. */
static struct tcx_table *peek(const struct tcx_request *request, size_t row)
{
	return request->held->tables != NULL ? tcx_tables_peek(request->held->tables, row) : NULL;
}

/* source is a constant, so a value may point to it when the table is gone. */
#define INFO_OF(name, put)                                                                         \
	TCX_SHOW(name)                                                                             \
	{                                                                                          \
		struct tcx_table *table = peek(request, row);                                      \
                                                                                                   \
		if (table == NULL)                                                                 \
			return false;                                                              \
		put;                                                                               \
		tcx_table_unref(table);                                                            \
		return true;                                                                       \
	}

INFO_OF(kernelTableRows, tcx_value_gauge32_latched(value, table->count))
INFO_OF(kernelTableAge,
	tcx_value_gauge32_latched(value, (tcx_clock_now() - table->taken_ns) / TCX_NS_PER_MS))
INFO_OF(kernelTableCost, tcx_value_gauge32_latched(value, table->cost_ns / 1000))
INFO_OF(kernelTableCut, tcx_value_integer(value, table->cut ? IS_TRUE : IS_FALSE))
INFO_OF(kernelTableSource, tcx_value_text(value, table->source))
