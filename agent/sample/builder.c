/* SPDX-License-Identifier: BSD-2-Clause */
/* Fills a snapshot name by name, in step with its layout. */
#include "sample/builder.h"

#include <string.h>

/* Whether the layout has an entry of this source there. */
static bool is_ours(const struct tcx_builder *builder, size_t position)
{
	return position < builder->layout->count &&
	       builder->layout->entries[position].source == builder->source;
}

static bool is_named(const struct tcx_entry *entry, const char *prefix, size_t prefix_len,
		     const char *name, size_t name_len)
{
	return entry->name_len == prefix_len + name_len &&
	       memcmp(entry->name + prefix_len, name, name_len) == 0 &&
	       memcmp(entry->name, prefix, prefix_len) == 0;
}

void tcx_builder_miss(struct tcx_builder *builder, size_t first, size_t end)
{
	builder->position = end;
	if (first == end || builder->collecting || builder->diverged)
		return;
	builder->missing = true;
	if (!tcx_snapshot_keep(builder->snapshot, builder->before, first, end))
		builder->no_memory = true;
}

void tcx_builder_end_source(struct tcx_builder *builder)
{
	size_t end = builder->position;

	while (is_ours(builder, end))
		end++;
	tcx_builder_miss(builder, builder->position, end);
}

bool tcx_builder_name(struct tcx_builder *builder, const char *prefix, size_t prefix_len,
		      const char *name, size_t name_len, struct tcx_fault *fault)
{
	size_t at = builder->position;

	if (prefix_len + name_len > TCX_NAME_MAX)
		return tcx_fault_set(fault, "a counter's name is longer than %d characters",
				     TCX_NAME_MAX);
	if (builder->collecting)
		return tcx_layout_append(builder->layout, builder->source, prefix, prefix_len, name,
					 name_len, fault);
	while (is_ours(builder, at) &&
	       !is_named(&builder->layout->entries[at], prefix, prefix_len, name, name_len))
		at++;
	builder->diverged = !is_ours(builder, at);
	if (builder->diverged)
		return tcx_fault_set(fault, "the kernel prints other names than before");
	tcx_builder_miss(builder, builder->position, at);
	return true;
}

static enum tcx_kind kind_of_next(const struct tcx_builder *builder)
{
	enum tcx_counter counter = tcx_builder_next(builder)->counter;

	return counter != TCX_NONE ? tcx_catalogue_row(counter)->kind : TCX_unknown;
}

/*
 * Only settings (Tcp MaxConn) and unknown names may be negative. Where the kernel prints counters
 * as signed, a negative counter has 32 bits, and a negative gauge is at its minimum (RFC 2578,
 * 7.1.7).
 */
static bool put_negative(struct tcx_builder *builder, uint64_t value, struct tcx_fault *fault)
{
	enum tcx_kind kind = kind_of_next(builder);
	bool counts = kind == TCX_counter;

	if (builder->print_signed && counts && (int64_t)value >= INT32_MIN)
		value = (uint32_t)value;
	else if (builder->print_signed && kind == TCX_gauge)
		value = 0;
	else if (counts || kind == TCX_gauge)
		return tcx_fault_set(fault, "%s is negative, which a %s cannot be",
				     tcx_builder_next(builder)->name, counts ? "counter" : "gauge");
	builder->snapshot->values[builder->position++] = value;
	return true;
}

bool tcx_builder_put(struct tcx_builder *builder, const struct tcx_number *number,
		     struct tcx_fault *fault)
{
	if (builder->collecting)
		return true;
	if (number->negative)
		return put_negative(builder, number->value, fault);
	builder->snapshot->values[builder->position] =
		builder->gauges_wrap && number->value > INT32_MAX &&
				kind_of_next(builder) == TCX_gauge
			? 0
			: number->value;
	builder->position++;
	return true;
}

static bool is_line(const struct tcx_line *line, const char *text, size_t len)
{
	return line->len == len && memcmp(line->text, text, len) == 0;
}

/* The first line is nearly always the right one. */
size_t tcx_builder_known_line(struct tcx_builder *builder, const char *text, size_t len)
{
	for (size_t i = builder->line; !builder->collecting && i < builder->layout->line_count;
	     i++) {
		const struct tcx_line *line = &builder->layout->lines[i];

		if (line->first < builder->position || !is_line(line, text, len) ||
		    !is_ours(builder, line->first))
			continue;
		builder->line = i + 1;
		tcx_builder_miss(builder, builder->position, line->first);
		return line->count;
	}
	return 0;
}

size_t tcx_builder_known_name(const struct tcx_builder *builder, const char *text, size_t len)
{
	const struct tcx_entry *entry;

	if (builder->collecting || !is_ours(builder, builder->position))
		return 0;
	entry = tcx_builder_next(builder);
	if (len <= entry->name_len || text[entry->name_len] != ' ' ||
	    memcmp(text, entry->name, entry->name_len) != 0)
		return 0;
	return entry->name_len;
}
