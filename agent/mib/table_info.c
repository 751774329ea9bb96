/* SPDX-License-Identifier: BSD-2-Clause */
/* kernelTable, of the snapshot group: how fresh and how whole each table is that is read from the
 * kernel. Looking here reads none of them. */
#include "base/clock.h"
#include "mib/objects.h"

/* TruthValue */
enum { IS_TRUE = 1, IS_FALSE = 2 };

TCX_SHOW(kernelTableName)
{
	tcx_value_text(value, tcx_catalogue_table_name(row - 1));
	return request->held->tables != NULL;
}

/* The table itself, with a reference; NULL while the agent does not hold it. */
static struct tcx_table *peek(const struct tcx_request *request, size_t row)
{
	return request->held->tables != NULL ? tcx_tables_peek(request->held->tables, row - 1)
					     : NULL;
}

/* What a value points to has to outlive the table: source is a constant. */
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
