/* SPDX-License-Identifier: BSD-2-Clause */
/* Shares with snmp/tree.c the rows and their values, but not the search. */
#include "model.h"

#include <string.h>

#include "base/array.h"

#include "fuzz.h"

int model_compare(const oid *one, size_t one_len, const oid *other, size_t other_len)
{
	for (size_t i = 0; i < one_len && i < other_len; i++)
		if (one[i] != other[i])
			return one[i] < other[i] ? -1 : 1;
	return one_len < other_len ? -1 : one_len > other_len;
}

/* --- Instances ---------------------------------------------------------------------------------*/

/* False: a table is being read. */
static bool add_rows(struct model *model, const struct tcx_request *request,
		     const struct tcx_object *object)
{
	const struct tcx_rows *rows = object->rows;
	size_t count = 0;
	enum tcx_found found = rows->count(rows, request, &count);
	bool whole = found != TCX_PENDING;

	for (size_t row = 0; found == TCX_FOUND && row < count; row++) {
		struct model_instance one = {.object = object, .row = row};

		one.len = tcx_object_name(object, one.ids);
		one.len += rows->index(rows, request, row, one.ids + one.len);
		MUST(one.len <= MAX_OID_LEN);
		whole = (rows->waits == NULL || !rows->waits(request, object, row)) && whole;
		MUST(tcx_array_append(&model->all, &model->count, &one, sizeof(one)));
	}
	return whole;
}

static int compare_instances(const void *a, const void *b)
{
	const struct model_instance *one = a, *other = b;

	return model_compare(one->ids, one->len, other->ids, other->len);
}

/* No two have one name. */
static void sort(struct model_instance *all, size_t count)
{
	qsort(all, count, sizeof(all[0]), compare_instances);
	for (size_t i = 1; i < count; i++)
		MUST(compare_instances(&all[i - 1], &all[i]) < 0);
}

static void add_object(struct model *model, const struct tcx_object *object)
{
	struct model_instance one = {.object = object};

	one.len = tcx_object_name(object, one.ids);
	MUST(tcx_array_append(&model->objects, &model->object_count, &one, sizeof(one)));
}

bool model_make(struct model *model, const struct tcx_built_modules *modules,
		const struct tcx_request *request)
{
	struct model made = {.all = NULL}, other = *model;
	bool whole = true;

	for (size_t i = 0; i < modules->tree.count; i++) {
		add_object(&made, &modules->tree.objects[i]);
		whole = add_rows(&made, request, &modules->tree.objects[i]) && whole;
	}
	if (whole) {
		sort(made.all, made.count);
		sort(made.objects, made.object_count);
		*model = made;
	} else {
		other = made;
	}
	free(other.all);
	free(other.objects);
	return whole;
}

static bool is_seen(const struct tcx_request *request, const struct tcx_object *object)
{
	return (request->modules >> object->module & 1) != 0;
}

static bool show(const struct model_instance *one, const struct tcx_request *request,
		 struct tcx_value *value)
{
	const struct tcx_rows *rows = one->object->rows;
	size_t count;

	/* Which also has the request take the table. */
	MUST(rows->count(rows, request, &count) == TCX_FOUND && one->row < count);
	MUST(rows->waits == NULL || !rows->waits(request, one->object, one->row));
	return one->object->show(request, one->object, one->row, value);
}

/* The place of the first one behind a name, or from it on. */
static size_t find(const struct model_instance *all, size_t count, const struct model_name *name,
		   bool include)
{
	size_t from = 0, to = count;

	while (from < to) {
		size_t at = (from + to) / 2;
		const struct model_instance *one = &all[at];

		if (model_compare(one->ids, one->len, name->ids, name->len) >= !include)
			to = at;
		else
			from = at + 1;
	}
	return from;
}

/* Whether the name is an object's, or below one. */
static bool is_within(const struct model *model, const struct tcx_request *request,
		      const struct model_name *name)
{
	size_t place = find(model->objects, model->object_count, name, false);
	const struct model_instance *one = &model->objects[place > 0 ? place - 1 : 0];

	return place > 0 && name->len >= one->len && is_seen(request, one->object) &&
	       model_compare(name->ids, one->len, one->ids, one->len) == 0;
}

enum tcx_found model_get(const struct model *model, const struct tcx_request *request,
			 const struct model_name *name, struct tcx_value *value)
{
	size_t place = find(model->all, model->count, name, true);
	const struct model_instance *one = &model->all[place];

	if (place < model->count && is_seen(request, one->object) &&
	    model_compare(one->ids, one->len, name->ids, name->len) == 0)
		return show(one, request, value) ? TCX_FOUND : TCX_NO_INSTANCE;
	return is_within(model, request, name) ? TCX_NO_INSTANCE : TCX_NO_OBJECT;
}

enum tcx_found model_next(const struct model *model, const struct tcx_request *request,
			  const struct model_name *begin, bool include,
			  const struct model_name *end, struct model_name *next,
			  struct tcx_value *value)
{
	for (size_t i = find(model->all, model->count, begin, include); i < model->count; i++) {
		const struct model_instance *one = &model->all[i];

		if (end->len > 0 && model_compare(one->ids, one->len, end->ids, end->len) >= 0)
			return TCX_NO_OBJECT;
		if (!is_seen(request, one->object) || !show(one, request, value))
			continue;
		memcpy(next->ids, one->ids, one->len * sizeof(oid));
		next->len = one->len;
		return TCX_FOUND;
	}
	return TCX_NO_OBJECT;
}

/* --- Names of an input -------------------------------------------------------------------------*/

#define MIB2	1, 3, 6, 1, 2, 1
#define OBJECTS TCX_MIB_ROOT, 1

static const oid outside[][12] = {
	{0},
	{0, 0},
	{0, 1},
	{1, 3},
	{1, 3, 6, 1, 1},
	{1, 3, 6, 1, 256, 1},
	{2, 5},
	{MIB2},
	{MIB2, 4},
	{MIB2, 6, 13, 1},
	{MIB2, 1, 1},
	{MIB2, 99},
	{OBJECTS},
	{OBJECTS, 2},
	{OBJECTS, 99},
	{1, 3, 6, 1, 6, 3},
};

static const oid extremes[] = {0,	  1, 127, 128, 255, 256, 65535, INT32_MAX, UINT32_MAX - 1,
			       UINT32_MAX};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

unsigned int script_byte(struct script *script)
{
	return script->at < script->end ? *script->at++ : 0;
}

unsigned int script_below(struct script *script, unsigned int limit)
{
	unsigned int number = script_byte(script);

	if (limit > 256)
		number = number << 8 | script_byte(script);
	return number % limit;
}

static void take_instance(struct script *script, const struct model *model, struct model_name *name)
{
	const struct model_instance *one =
		&model->all[script_below(script, (unsigned int)model->count)];

	memcpy(name->ids, one->ids, one->len * sizeof(oid));
	name->len = one->len;
}

static void append(struct model_name *name, size_t longest, oid id)
{
	if (name->len < longest)
		name->ids[name->len++] = id;
}

/* --- Changes of a name. Each may take more of the input. */

static void keep(struct script *script, struct model_name *name, size_t longest)
{
	(void)script;
	(void)name;
	(void)longest;
}

static void cut(struct script *script, struct model_name *name, size_t longest)
{
	(void)longest;
	if (name->len > 0)
		name->len -= script_below(script, (unsigned int)name->len);
}

static void change_last(struct script *script, struct model_name *name, size_t longest)
{
	(void)longest;
	if (name->len > 0)
		name->ids[name->len - 1] =
			(name->ids[name->len - 1] + script_below(script, 5) - 2) & UINT32_MAX;
}

static void put_extreme(struct script *script, struct model_name *name, size_t longest)
{
	(void)longest;
	if (name->len > 0)
		name->ids[script_below(script, (unsigned int)name->len)] =
			extremes[script_below(script, COUNT(extremes))];
}

static void append_some(struct script *script, struct model_name *name, size_t longest)
{
	for (unsigned int i = 1 + script_below(script, 5); i > 0; i--)
		append(name, longest, script_byte(script));
}

static void append_all(struct script *script, struct model_name *name, size_t longest)
{
	size_t few = 128 + script_below(script, 3);

	longest = few < longest && script_below(script, 4) != 0 ? few : longest;
	while (name->len < longest)
		append(name, longest, 1);
}

static void put_outside(struct script *script, struct model_name *name, size_t longest)
{
	const oid *ids = outside[script_below(script, COUNT(outside))];

	(void)longest;
	name->len = COUNT(outside[0]);
	while (name->len > 2 && ids[name->len - 1] == 0)
		name->len--;
	memcpy(name->ids, ids, name->len * sizeof(oid));
}

static void put_bytes(struct script *script, struct model_name *name, size_t longest)
{
	name->len = 0;
	for (unsigned int i = script_below(script, 12); i > 0; i--)
		append(name, longest, script_byte(script));
}

typedef void change(struct script *script, struct model_name *name, size_t longest);

static change *const changes[] = {keep,	       keep,	    keep,	 cut,
				  cut,	       change_last, change_last, put_extreme,
				  append_some, append_all,  put_outside, put_bytes};

void script_name(struct script *script, const struct model *model, size_t longest,
		 struct model_name *name)
{
	unsigned int what = script_byte(script);

	if (what < 192) /* else of the name before */
		take_instance(script, model, name);
	changes[what % COUNT(changes)](script, name, longest);
}
