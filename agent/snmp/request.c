#include "snmp/request.h"

#include <string.h>

#define NS_PER_TICK 10000000ULL

const struct tcx_table *tcx_view_table(const struct tcx_view *view, enum tcx_table_id id,
				       bool *pending)
{
	struct tcx_held_tables *held = view->held;

	*pending = false;
	if (held->tables != NULL && !held->known[id]) {
		held->held[id] = tcx_tables_get(held->tables, id, view->impatient, pending);
		held->known[id] = !*pending;
	}
	return held->held[id];
}

uint64_t tcx_view_uptime_at(const struct tcx_view *view, uint64_t moment_ns)
{
	return moment_ns > view->uptime_zero_ns ? (moment_ns - view->uptime_zero_ns) / NS_PER_TICK
						: 0;
}

void tcx_view_release(struct tcx_view *view)
{
	struct tcx_tables *tables = view->held->tables;

	tcx_snapshot_unref(view->latest);
	view->latest = NULL;
	view->fresh = NULL;
	for (int i = 0; i < TCX_TABLES; i++)
		tcx_table_unref(view->held->held[i]);
	memset(view->held, 0, sizeof(*view->held));
	view->held->tables = tables;
}
