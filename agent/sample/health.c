/* SPDX-License-Identifier: BSD-2-Clause */
/* The formulas of mibs/health.def as constants, and the one way in which all are worked out. */
#include "sample/health.h"

#include <string.h>

#include "base/ratio.h"
#include "sample/numbers.h"

enum part { NUMERATOR, DENOMINATOR, END };
enum as { PLUS, MINUS, PLUS_IF, MINUS_IF };
enum over { WINDOW, NOW };

struct term {
	enum part part;
	enum as as;
	enum tcx_counter counter;
};

/* The terms of each row, with an end before each and behind the last. */
static const struct term terms[] = {
#define HEALTH(sub_id, object, over, unit, minimum, text, advice) {.part = END},
#define TERM(object, part, as, counter)				  {part, as, TCX_##counter},
#include "mibs/health.def"
	{.part = END},
};

/* The places of the rows' terms. */
enum {
#define HEALTH(sub_id, object, over, unit, minimum, text, advice) END_BEFORE_##object,
#define TERM(object, part, as, counter)				  TERM_##object##_##part##_##counter,
#include "mibs/health.def"
};

static const struct row {
	const char *label, *unit;
	const struct term *terms;
	enum over over;
	uint64_t minimum; /* of the divisor; 0: there is none */
	int limit;	  /* that is the divisor, plus 1; 0: none */
	int table;	  /* that it needs, plus 1; 0: none */
} rows[TCX_HEALTHS] = {
#define HEALTH(sub_id, object, over_, unit_, minimum_, text, advice)                               \
	[TCX_##object].label = #object, [TCX_##object].unit = #unit_,                              \
	[TCX_##object].terms = &terms[END_BEFORE_##object + 1], [TCX_##object].over = over_,       \
	[TCX_##object].minimum = minimum_,
#define LIMIT(object, limit_, shown)                                                               \
	[TCX_##object].limit = TCX_LIMIT_##limit_ + 1, [TCX_##object].table = TCX_TABLE_LIMITS + 1,
#define WORST(object, table_, column) [TCX_##object].table = TCX_TABLE_##table_ + 1,
#include "mibs/health.def"
};

const char *tcx_health_label(enum tcx_health row)
{
	return rows[row].label;
}

const char *tcx_health_unit(enum tcx_health row)
{
	return rows[row].unit;
}

bool tcx_health_is_percent(enum tcx_health row)
{
	return strcmp(rows[row].unit, "percent") == 0;
}

static bool is_in_divisor(const struct row *row, enum tcx_counter counter)
{
	for (const struct term *term = row->terms; term->part != END; term++)
		if (term->part == DENOMINATOR && term->counter == counter &&
		    (term->as == PLUS || term->as == PLUS_IF))
			return true;
	return false;
}

bool tcx_health_is_part(enum tcx_health which)
{
	const struct row *row = &rows[which];

	if (row->over == NOW)
		return tcx_health_is_percent(which);
	for (const struct term *term = row->terms; term->part != END; term++)
		if (term->part == NUMERATOR && (term->as == PLUS || term->as == PLUS_IF) &&
		    !is_in_divisor(row, term->counter))
			return false;
	return true;
}

enum tcx_table_id tcx_health_table(enum tcx_health row)
{
	return rows[row].table > 0 ? (enum tcx_table_id)(rows[row].table - 1) : TCX_TABLES;
}

/* A counter that there never was here is 0 where the row says so; one that is hidden may be any. */
static bool read_term(const struct row *row, const struct term *term,
		      const struct tcx_health_input *input, uint64_t *number)
{
	const struct tcx_snapshot *snapshot = input->snapshot;
	int32_t slot = snapshot->layout->slot[term->counter];
	bool optional = term->as == PLUS_IF || term->as == MINUS_IF;

	*number = 0;
	if (slot < 0)
		return optional && !tcx_snapshot_hides(snapshot, term->counter);
	if (!tcx_snapshot_has(snapshot, (size_t)slot, input->oldest_ns))
		return false;
	*number = row->over == WINDOW ? snapshot->window->of[slot] : snapshot->values[slot];
	return row->over != WINDOW || *number != TCX_NO_NUMBER;
}

static void add(uint64_t *sum, uint64_t number)
{
	*sum = number < UINT64_MAX - *sum ? *sum + number : UINT64_MAX;
}

/* The files are not read all at one moment, so that what is to be taken away can be the greater. */
static bool read_part(const struct row *row, enum part part, const struct tcx_health_input *input,
		      uint64_t *number)
{
	uint64_t plus = 0, minus = 0, one;

	for (const struct term *term = row->terms; term->part != END; term++) {
		if (term->part != part)
			continue;
		if (!read_term(row, term, input, &one))
			return false;
		add(term->as == PLUS || term->as == PLUS_IF ? &plus : &minus, one);
	}
	*number = plus > minus ? plus - minus : 0;
	return true;
}

static bool read_limit(const struct row *row, const struct tcx_health_input *input,
		       uint64_t *number)
{
	int limit = row->limit - 1;

	if (input->limits == NULL || !input->limits->known[limit])
		return false;
	*number = input->limits->numbers[limit];
	return true;
}

static bool read_divisor(const struct row *row, const struct tcx_health_input *input,
			 uint64_t *number)
{
	bool known = row->limit > 0 ? read_limit(row, input, number)
				    : read_part(row, DENOMINATOR, input, number);

	return known && *number >= row->minimum;
}

static bool is_worst(const struct row *row)
{
	return row->terms->part == END;
}

bool tcx_health_value(enum tcx_health which, const struct tcx_health_input *input, uint64_t *value)
{
	const struct row *row = &rows[which];
	uint64_t divisor;

	if (is_worst(row)) {
		*value = input->uses[row->table - 1].worst;
		return input->uses[row->table - 1].known;
	}
	if (input->snapshot == NULL || (row->over == WINDOW && input->snapshot->window == NULL) ||
	    !read_part(row, NUMERATOR, input, value))
		return false;
	if (row->minimum == 0)
		return true;
	if (!read_divisor(row, input, &divisor))
		return false;
	*value = tcx_health_is_percent(which) ? tcx_hundredths(*value, divisor) : *value / divisor;
	return true;
}
