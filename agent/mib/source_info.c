/* SPDX-License-Identifier: BSD-2-Clause */
/* counterSourceTable, of the snapshot group: how each file of counters can be read. */
#include "base/clock.h"
#include "mib/objects.h"

#define TABLE 14

static const struct tcx_numbered_rows source_rows = TCX_ROWS_NUMBERED(1, TCX_SOURCES);

static bool read_name(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	(void)request;
	tcx_value_text(value, tcx_catalogue_source(source)->name);
	return true;
}

static bool read_file(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	(void)request;
	tcx_value_text(value, tcx_catalogue_source(source)->path);
	return true;
}

static bool read_state(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	tcx_value_integer(value, request->status.sources[source].state);
	return true;
}

static bool read_age(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	uint64_t good_ns = request->status.sources[source].good_ns;

	tcx_value_gauge32_latched(value, (request->now_ns - good_ns) / TCX_NS_PER_MS);
	return good_ns > 0;
}

static bool read_cost(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, request->status.sources[source].cost_ns / 1000);
	return request->status.sources[source].state != TCX_SOURCE_ABSENT;
}

static bool read_failures(const struct tcx_request *request, size_t source, struct tcx_value *value)
{
	tcx_value_counter64(value, request->status.sources[source].failures);
	return true;
}

static bool read_last_failure(const struct tcx_request *request, size_t source,
			      struct tcx_value *value)
{
	tcx_value_text(value, request->status.sources[source].cause.text);
	return true;
}

static bool read_discontinuity(const struct tcx_request *request, size_t source,
			       struct tcx_value *value)
{
	uint64_t when_ns = request->status.sources[source].discontinuity_ns;

	tcx_value_ticks(value, tcx_request_uptime_at(request, when_ns));
	return when_ns > 0;
}

/* From column 2 on: column 1 is the index. */
static bool (*const columns[])(const struct tcx_request *request, size_t source,
			       struct tcx_value *value) = {
	read_name, read_file,	  read_state,	     read_age,
	read_cost, read_failures, read_last_failure, read_discontinuity,
};

static bool read_cell(const struct tcx_request *request, const struct tcx_object *object,
		      size_t row, struct tcx_value *value)
{
	return columns[object->arg](request, row - 1, value);
}

bool tcx_add_source_info(struct tcx_tree *tree)
{
	struct tcx_object object = {.id = {TCX_ARC_SNAPSHOT, TABLE, 1, 0},
				    .id_len = 4,
				    .rows = &source_rows.rows,
				    .read = read_cell};

	for (object.arg = 0; object.arg < (int)(sizeof(columns) / sizeof(columns[0]));
	     object.arg++) {
		object.id[3] = (oid)object.arg + 2;
		if (!tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
