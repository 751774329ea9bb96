#include "tcx_draft.h"

#include <string.h>

const struct tcx_entry *tcx_draft_next(const struct tcx_draft *draft)
{
	return &draft->layout->entries[draft->position];
}

static bool is_next(const struct tcx_draft *draft, const char *prefix, size_t prefix_len,
		    const char *name, size_t name_len)
{
	const struct tcx_entry *entry;

	if (draft->position == draft->layout->count)
		return false;
	entry = tcx_draft_next(draft);
	return entry->name_len == prefix_len + name_len &&
	       memcmp(entry->name + prefix_len, name, name_len) == 0 &&
	       memcmp(entry->name, prefix, prefix_len) == 0;
}

/*
 * Only settings may be negative (Tcp MaxConn is); of a name that nobody knows everything is
 * possible.
 */
static bool may_be_negative(const struct tcx_entry *entry)
{
	return entry->counter == TCX_NONE || tcx_catalogue_row(entry->counter)->kind == TCX_integer;
}

bool tcx_draft_put(struct tcx_draft *draft, const struct tcx_number *number,
		   struct tcx_fault *fault)
{
	const struct tcx_entry *entry = tcx_draft_next(draft);

	if (number->negative && !may_be_negative(entry))
		return tcx_fault_set(fault, "%s is negative, which a %s cannot be", entry->name,
				     tcx_catalogue_row(entry->counter)->kind == TCX_counter
					     ? "counter"
					     : "gauge");
	draft->values[draft->position++] = number->value;
	return true;
}

bool tcx_draft_add(struct tcx_draft *draft, const char *prefix, size_t prefix_len, const char *name,
		   size_t name_len, const struct tcx_number *number, struct tcx_fault *fault)
{
	if (draft->collecting)
		return tcx_layout_append(draft->layout, prefix, prefix_len, name, name_len, fault);
	if (is_next(draft, prefix, prefix_len, name, name_len))
		return tcx_draft_put(draft, number, fault);
	draft->diverged = true;
	return tcx_fault_set(fault, "the kernel prints other names than before");
}

size_t tcx_draft_known_line(struct tcx_draft *draft, const char *text, size_t len)
{
	const struct tcx_line *line;

	if (draft->collecting || draft->line == draft->layout->line_count)
		return 0;
	line = &draft->layout->lines[draft->line];
	if (line->first != draft->position || line->len != len ||
	    memcmp(line->text, text, len) != 0)
		return 0;
	draft->line++;
	return line->count;
}

size_t tcx_draft_known_name(const struct tcx_draft *draft, const char *text, size_t len)
{
	const struct tcx_entry *entry;

	if (draft->collecting || draft->position == draft->layout->count)
		return 0;
	entry = tcx_draft_next(draft);
	if (len <= entry->name_len || text[entry->name_len] != ' ' ||
	    memcmp(text, entry->name, entry->name_len) != 0)
		return 0;
	return entry->name_len;
}
