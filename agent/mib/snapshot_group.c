/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The snapshot group: how fresh and how whole the counters are, from the rows of mibs/snapshot.def.
 */
#include "mib/objects.h"

#include "base/clock.h"

typedef bool read_object(const struct tcx_request *request, struct tcx_value *value);

static bool read_snapshotSequence(const struct tcx_request *request, struct tcx_value *value)
{
	tcx_value_counter64(value, request->latest != NULL ? request->latest->sequence : 0);
	return true;
}

static bool read_snapshotAge(const struct tcx_request *request, struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  (request->now_ns - request->latest->taken_ns) / TCX_NS_PER_MS);
	return true;
}

static bool read_snapshotTime(const struct tcx_request *request, struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_date(value, &request->latest->when);
	return true;
}

static bool read_snapshotInterval(const struct tcx_request *request, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, request->interval_ns / TCX_NS_PER_MS);
	return true;
}

static bool read_snapshotMaxAge(const struct tcx_request *request, struct tcx_value *value)
{
	tcx_value_gauge32_latched(value, request->max_age_ns / TCX_NS_PER_MS);
	return true;
}

static bool read_snapshotCost(const struct tcx_request *request, struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value, request->latest->cost_ns / 1000);
	return true;
}

static bool read_snapshotFailures(const struct tcx_request *request, struct tcx_value *value)
{
	tcx_value_counter64(value, request->status.failures);
	return true;
}

static bool read_snapshotLastFailure(const struct tcx_request *request, struct tcx_value *value)
{
	tcx_value_text(value, request->status.last_failure.text);
	return true;
}

static bool read_snapshotKnown(const struct tcx_request *request, struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  tcx_snapshot_count(request->latest, true, request->oldest_ns));
	return true;
}

static bool read_snapshotUnknown(const struct tcx_request *request, struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_gauge32_latched(value,
				  tcx_snapshot_count(request->latest, false, request->oldest_ns));
	return true;
}

static bool read_snapshotAgentVersion(const struct tcx_request *request, struct tcx_value *value)
{
	(void)request;
	tcx_value_text(value, TCX_VERSION);
	return true;
}

static bool read_snapshotDiscontinuityTime(const struct tcx_request *request,
					   struct tcx_value *value)
{
	if (request->latest == NULL)
		return false;
	tcx_value_ticks(value, tcx_request_uptime_at(request, request->latest->discontinuity_ns));
	return true;
}

static const struct {
	oid sub_id;
	read_object *read;
} objects[] = {
#define SNAPSHOT(sub_id, name, syntax, units, text) {sub_id, read_##name},
#include "mibs/snapshot.def"
};

static bool read_scalar(const struct tcx_request *request, const struct tcx_object *object,
			size_t row, struct tcx_value *value)
{
	(void)row;
	return objects[object->arg].read(request, value);
}

bool tcx_add_snapshot(struct tcx_tree *tree)
{
	struct tcx_object object = {.id = {TCX_ARC_SNAPSHOT, 0},
				    .id_len = 2,
				    .rows = &tcx_scalar_rows.rows,
				    .read = read_scalar};

	for (object.arg = 0; object.arg < (int)(sizeof(objects) / sizeof(objects[0]));
	     object.arg++) {
		object.id[1] = objects[object.arg].sub_id;
		if (!tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}
