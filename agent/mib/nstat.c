/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nstatTable: every counter that this kernel prints, by nstat's name, known or not. A row's number
 * is its place in the layout's by_name, which is sorted as the index: by length, then bytes.
 */
#include "mib/objects.h"
#include "sample/rates.h"

static const struct tcx_entry *entry_at(const struct tcx_request *request, size_t row)
{
	const struct tcx_layout *layout = request->fresh->layout;

	return &layout->entries[layout->by_name[row]];
}

enum tcx_found tcx_nstat_count(const struct tcx_rows *rows, const struct tcx_request *request,
			       size_t *count)
{
	(void)rows;
	*count = request->fresh != NULL ? request->fresh->layout->by_name_count : 0;
	return TCX_FOUND;
}

size_t tcx_nstat_index(const struct tcx_rows *rows, const struct tcx_request *request, size_t row,
		       oid *index)
{
	const struct tcx_entry *entry = entry_at(request, row);

	(void)rows;
	index[0] = entry->name_len;
	for (size_t i = 0; i < entry->name_len; i++)
		index[1 + i] = (u_char)entry->name[i];
	return 1 + (size_t)entry->name_len;
}

/* An ICMP type is an instance of its column; all others are scalars. */
static size_t private_object(const struct tcx_entry *entry, oid *object)
{
	static const oid root[] = {TCX_OBJECTS_ROOT};
	const struct tcx_counter_row *row = tcx_catalogue_row(entry->counter);
	size_t len = sizeof(root) / sizeof(root[0]);

	memcpy(object, root, sizeof(root));
	object[len++] = tcx_arc_of(row);
	if (row->column >= 0)
		object[len++] = 1;
	object[len++] = row->sub_id;
	object[len++] = entry->type;
	return len;
}

/* zeroDotZero where no object shows the counter. */
static void tcx_value_object(struct tcx_value *value, const struct tcx_entry *entry)
{
	oid object[MAX_OID_LEN] = {0, 0};
	size_t len = 0;

	if (entry->counter != TCX_NONE && tcx_catalogue_row(entry->counter)->sub_id > 0) {
		len = private_object(entry, object);
	} else if (entry->counter != TCX_NONE) {
		len = tcx_mib2_object(entry->counter, object);
		object[len++] = 0;
	}
	tcx_value_oid(value, object, len > 1 ? len : 2);
}

static bool is_shown(const struct tcx_request *request, size_t row)
{
	return tcx_snapshot_has(request->fresh, request->fresh->layout->by_name[row],
				request->oldest_ns);
}

/* NULL for an unknown counter. */
static const struct tcx_counter_row *known_at(const struct tcx_request *request, size_t row)
{
	enum tcx_counter counter = entry_at(request, row)->counter;

	return counter != TCX_NONE ? tcx_catalogue_row(counter) : NULL;
}

static uint64_t value_at(const struct tcx_request *request, size_t row)
{
	return request->fresh->values[request->fresh->layout->by_name[row]];
}

static enum tcx_kind kind_at(const struct tcx_request *request, size_t row)
{
	const struct tcx_counter_row *known = known_at(request, row);

	return known != NULL ? known->kind : TCX_unknown;
}

static const char *text_at(const struct tcx_request *request, size_t row)
{
	const struct tcx_counter_row *known = known_at(request, row);

	return known != NULL ? known->text : "";
}

#define SHOW(name, ...) TCX_SHOW_IF(name, is_shown(request, row), __VA_ARGS__)

SHOW(nstatValue, counter64, value_at(request, row))
SHOW(nstatKind, integer, kind_at(request, row))
SHOW(nstatObject, object, entry_at(request, row))
SHOW(nstatDescription, text, text_at(request, row))
TCX_SHOW_IF(nstatInteger, is_shown(request, row) && kind_at(request, row) == TCX_integer, integer,
	    value_at(request, row))
SHOW(nstatPosition, gauge32_latched, entry_at(request, row)->position)
SHOW(nstatLabel, text, entry_at(request, row)->name)

/* Events per second. */
static bool has_rate(const struct tcx_request *request, size_t row, double *rate)
{
	return is_shown(request, row) &&
	       tcx_rates_get(request->fresh, request->fresh->layout->by_name[row], rate);
}

#define SHOW_RATE(name, as, unit)                                                                  \
	TCX_SHOW_WITH(double rate, name, has_rate(request, row, &rate), as,                        \
		      tcx_rates_round(rate *(unit)))

SHOW_RATE(nstatRate, counter64, 1000)
SHOW_RATE(nstatRate32, gauge32_latched, 1)

static uint64_t growth_at(const struct tcx_request *request, size_t row)
{
	const struct tcx_numbers *minute = request->fresh->minute;

	return minute != NULL ? minute->of[request->fresh->layout->by_name[row]] : TCX_NO_NUMBER;
}

TCX_SHOW_IF(nstatGrowth, is_shown(request, row) && growth_at(request, row) != TCX_NO_NUMBER,
	    counter64, growth_at(request, row))
