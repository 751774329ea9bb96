#include "sample/builder.h"

#include <string.h>

const struct tcx_entry *tcx_draft_next(const struct tcx_draft *draft)
{
	return &draft->layout->entries[draft->position];
}

/* Whether the layout has an entry of this source there. */
static bool is_ours(const struct tcx_draft *draft, size_t position)
{
	return position < draft->layout->count &&
	       draft->layout->entries[position].source == draft->source;
}

static bool is_named(const struct tcx_entry *entry, const char *prefix, size_t prefix_len,
		     const char *name, size_t name_len)
{
	return entry->name_len == prefix_len + name_len &&
	       memcmp(entry->name + prefix_len, name, name_len) == 0 &&
	       memcmp(entry->name, prefix, prefix_len) == 0;
}

void tcx_draft_miss(struct tcx_draft *draft, size_t first, size_t end)
{
	draft->position = end;
	if (first == end || draft->collecting || draft->diverged)
		return;
	draft->missing = true;
	if (!tcx_snapshot_keep(draft->snapshot, draft->before, first, end))
		draft->no_memory = true;
}

void tcx_draft_end_source(struct tcx_draft *draft)
{
	size_t end = draft->position;

	while (is_ours(draft, end))
		end++;
	tcx_draft_miss(draft, draft->position, end);
}

bool tcx_draft_name(struct tcx_draft *draft, const char *prefix, size_t prefix_len,
		    const char *name, size_t name_len, struct tcx_fault *fault)
{
	size_t at = draft->position;

	if (prefix_len + name_len > TCX_NAME_MAX)
		return tcx_fault_set(fault, "a counter's name is longer than %d characters",
				     TCX_NAME_MAX);
	if (draft->collecting)
		return tcx_layout_append(draft->layout, draft->source, prefix, prefix_len, name,
					 name_len, fault);
	while (is_ours(draft, at) &&
	       !is_named(&draft->layout->entries[at], prefix, prefix_len, name, name_len))
		at++;
	draft->diverged = !is_ours(draft, at);
	if (draft->diverged)
		return tcx_fault_set(fault, "the kernel prints other names than before");
	tcx_draft_miss(draft, draft->position, at);
	return true;
}

/*
 * Only settings may be negative (Tcp MaxConn is); of a name that nobody knows everything is
 * possible. Where the kernel prints counters with a sign, a negative one has 32 bits, and a gauge
 * below its minimum is at its minimum (RFC 2578, 7.1.7).
 */
static bool put_negative(struct tcx_draft *draft, uint64_t value, struct tcx_fault *fault)
{
	const struct tcx_entry *entry = tcx_draft_next(draft);
	enum tcx_kind kind =
		entry->counter != TCX_NONE ? tcx_catalogue_row(entry->counter)->kind : TCX_unknown;
	bool counts = kind == TCX_counter;

	if (draft->print_signed && counts && (int64_t)value >= INT32_MIN)
		value = (uint32_t)value;
	else if (draft->print_signed && kind == TCX_gauge)
		value = 0;
	else if (counts || kind == TCX_gauge)
		return tcx_fault_set(fault, "%s is negative, which a %s cannot be", entry->name,
				     counts ? "counter" : "gauge");
	draft->snapshot->values[draft->position++] = value;
	return true;
}

bool tcx_draft_put(struct tcx_draft *draft, const struct tcx_number *number,
		   struct tcx_fault *fault)
{
	if (draft->collecting)
		return true;
	if (number->negative)
		return put_negative(draft, number->value, fault);
	draft->snapshot->values[draft->position++] = number->value;
	return true;
}

static bool is_line(const struct tcx_line *line, const char *text, size_t len)
{
	return line->len == len && memcmp(line->text, text, len) == 0;
}

/* As a rule it is the first one: the lines come in the order in which they came before. */
size_t tcx_draft_known_line(struct tcx_draft *draft, const char *text, size_t len)
{
	for (size_t i = draft->line; !draft->collecting && i < draft->layout->line_count; i++) {
		const struct tcx_line *line = &draft->layout->lines[i];

		if (line->first < draft->position || !is_line(line, text, len) ||
		    !is_ours(draft, line->first))
			continue;
		draft->line = i + 1;
		tcx_draft_miss(draft, draft->position, line->first);
		return line->count;
	}
	return 0;
}

size_t tcx_draft_known_name(const struct tcx_draft *draft, const char *text, size_t len)
{
	const struct tcx_entry *entry;

	if (draft->collecting || !is_ours(draft, draft->position))
		return 0;
	entry = tcx_draft_next(draft);
	if (len <= entry->name_len || text[entry->name_len] != ' ' ||
	    memcmp(text, entry->name, entry->name_len) != 0)
		return 0;
	return entry->name_len;
}
