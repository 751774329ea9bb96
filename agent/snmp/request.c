/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request sees: tables and namespaces on first use, and sysUpTime. */
#include "snmp/request.h"

#include <string.h>

#define NS_PER_TICK 10000000ULL

/* Holds what the same reading made, so that the request sees one instant when it uses that, too. */
static void hold_others(struct tcx_request *request, const struct tcx_table *table)
{
	for (size_t id = 0; id < TCX_TABLES; id++) {
		struct tcx_table *other =
			request->held[id] == NULL ? tcx_tables_peek(request->tables, id) : NULL;

		if (other != NULL && other->taken_ns == table->taken_ns)
			request->held[id] = other;
		else
			tcx_table_unref(other);
	}
}

/* What is noted in the request here changes nothing that it sees. */
const struct tcx_table *tcx_request_table(const struct tcx_request *asking, enum tcx_table_id id,
					  bool *pending)
{
	struct tcx_request *request = (struct tcx_request *)asking;
	struct tcx_table *newest;

	*pending = false;
	if (request->tables != NULL && !request->known[id]) {
		newest = tcx_tables_get(request->tables, id, request->stale_ok, pending);
		request->known[id] = !*pending;
		if (newest != NULL && request->held[id] == NULL) {
			request->held[id] = newest;
			hold_others(request, newest);
		} else {
			tcx_table_unref(newest);
		}
	}
	return *pending ? NULL : request->held[id];
}

const struct tcx_namespace_rows *tcx_request_namespaces(const struct tcx_request *asking)
{
	struct tcx_request *request = (struct tcx_request *)asking;

	if (request->rows == NULL && request->namespaces != NULL)
		request->rows = tcx_namespace_rows_new(request->namespaces);
	return request->rows;
}

uint64_t tcx_request_uptime_at(const struct tcx_request *request, uint64_t moment_ns)
{
	uint64_t awake_ns =
		request->sleeps != NULL ? tcx_sleeps_awake(request->sleeps, moment_ns) : moment_ns;

	return awake_ns > request->uptime_zero_ns
		       ? (awake_ns - request->uptime_zero_ns) / NS_PER_TICK
		       : 0;
}

void tcx_request_release(struct tcx_request *request)
{
	tcx_snapshot_unref(request->latest);
	tcx_collector_status_clear(&request->status);
	for (int i = 0; i < TCX_TABLES; i++)
		tcx_table_unref(request->held[i]);
	tcx_namespace_rows_free(request->rows);
	memset(request, 0, sizeof(*request));
}
