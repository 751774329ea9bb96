/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request sees: tables on first use, and sysUpTime. */
#include "snmp/request.h"

#include <string.h>

#define NS_PER_TICK 10000000ULL

/* Holds what the same reading made, so that the request sees one instant when it uses that, too. */
static void hold_others(struct tcx_held_tables *held, const struct tcx_table *table)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		struct tcx_table *other =
			held->held[id] == NULL ? tcx_tables_peek(held->tables, id) : NULL;

		if (other != NULL && other->taken_ns == table->taken_ns)
			held->held[id] = other;
		else
			tcx_table_unref(other);
	}
}

const struct tcx_table *tcx_request_table(const struct tcx_request *request, enum tcx_table_id id,
					  bool *pending)
{
	struct tcx_held_tables *held = request->held;
	struct tcx_table *newest;

	*pending = false;
	if (held->tables != NULL && !held->known[id]) {
		newest = tcx_tables_get(held->tables, id, request->stale_ok, pending);
		held->known[id] = !*pending;
		if (newest != NULL && held->held[id] == NULL) {
			held->held[id] = newest;
			hold_others(held, newest);
		} else {
			tcx_table_unref(newest);
		}
	}
	return *pending ? NULL : held->held[id];
}

uint64_t tcx_request_uptime_at(const struct tcx_request *request, uint64_t moment_ns)
{
	return moment_ns > request->uptime_zero_ns
		       ? (moment_ns - request->uptime_zero_ns) / NS_PER_TICK
		       : 0;
}

void tcx_request_release(struct tcx_request *request)
{
	struct tcx_tables *tables = request->held->tables;

	tcx_snapshot_unref(request->latest);
	request->latest = NULL;
	request->fresh = NULL;
	for (int i = 0; i < TCX_TABLES; i++)
		tcx_table_unref(request->held->held[i]);
	memset(request->held, 0, sizeof(*request->held));
	request->held->tables = tables;
}
