/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's scalars, from the rows of mibs/mib2.def. */
#include "mib/objects.h"

/* Sources of mib2.def that are no counter. */
enum { TCX_CONSTANT_0 = -2 };

struct scalar {
	const char *module;
	enum tcx_mib2_group group;
	oid sub_id;
	void (*encode)(struct tcx_value *value, uint64_t number);
	int source;
	int second;
};

#define INTEGER	  tcx_value_integer
#define COUNTER32 tcx_value_counter32
#define GAUGE32	  tcx_value_gauge32
#define COUNTER64 tcx_value_counter64

static const struct scalar scalars[] = {
#define SCALAR(node, sub_id, object, syntax, source, second)                                       \
	{#node, TCX_MIB2_##node, sub_id, syntax, TCX_##source, TCX_##second},
#include "mibs/mib2.def"
};

#define SCALARS ((int)(sizeof(scalars) / sizeof(scalars[0])))

static bool get(const struct tcx_request *request, int counter, uint64_t *number)
{
	return tcx_snapshot_get(request->fresh, (enum tcx_counter)counter, request->oldest_ns,
				number);
}

/*
 * Only hosts with IPv6 have the second counter; elsewhere the sum is the first one. But while its
 * file cannot be read, the sum is unknown.
 */
static bool add_second(const struct tcx_request *request, int counter, uint64_t *number)
{
	uint64_t more = 0;

	if (counter != TCX_NONE && !get(request, counter, &more) &&
	    tcx_snapshot_hides(request->fresh, (enum tcx_counter)counter))
		return false;
	*number += more;
	return true;
}

static bool show_scalar(const struct tcx_request *request, const struct tcx_object *object,
			size_t row, struct tcx_value *value)
{
	const struct scalar *scalar = &scalars[object->arg];
	uint64_t number = 0;

	(void)row;
	if (request->fresh == NULL)
		return false;
	if (scalar->source != TCX_CONSTANT_0 && !get(request, scalar->source, &number))
		return false;
	if (!add_second(request, scalar->second, &number))
		return false;
	scalar->encode(value, number);
	return true;
}

/* Of what says nothing of the kernel: whether a group has anything to show does not depend on it.
 */
static const struct tcx_rows constant_rows = TCX_ROWS_SCALAR;

bool tcx_add_mib2(struct tcx_tree *tree, const char *word)
{
	struct tcx_object object = {.id_len = 2, .show = show_scalar};

	for (object.arg = 0; object.arg < SCALARS; object.arg++) {
		object.id[0] = scalars[object.arg].group;
		object.id[1] = scalars[object.arg].sub_id;
		object.rows = scalars[object.arg].source == TCX_CONSTANT_0 ? &constant_rows
									   : &tcx_scalar_rows;
		if (strcmp(scalars[object.arg].module, word) == 0 && !tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}

size_t tcx_mib2_object(enum tcx_counter counter, oid *object)
{
	static const oid mib2[] = {1, 3, 6, 1, 2, 1};
	size_t len = sizeof(mib2) / sizeof(mib2[0]);

	for (int i = 0; i < SCALARS; i++) {
		if (scalars[i].source != (int)counter || scalars[i].second != TCX_NONE)
			continue;
		memcpy(object, mib2, sizeof(mib2));
		object[len++] = scalars[i].group;
		object[len++] = scalars[i].sub_id;
		return len;
	}
	return 0;
}
