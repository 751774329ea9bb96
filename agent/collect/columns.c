#include "tcx_reader.h"

#include <string.h>

#include "line.h"

static bool same(struct tcx_piece a, struct tcx_piece b)
{
	return tcx_piece_len(a) == tcx_piece_len(b) && memcmp(a.at, b.at, tcx_piece_len(a)) == 0;
}

static bool read_value(struct tcx_piece *values, struct tcx_piece name, struct tcx_number *number,
		       struct tcx_fault *fault)
{
	if (!tcx_line_skip_blanks(values))
		return tcx_fault_set(fault, "it has fewer values than names");
	if (!tcx_line_number(values, number))
		return tcx_line_no_number(fault, name.at, tcx_piece_len(name));
	return true;
}

/*
 * The values of a line of names that is the same as in the last read: the names need no second
 * look.
 */
static bool read_known(struct tcx_draft *draft, struct tcx_piece section, size_t count,
		       struct tcx_piece *values, struct tcx_fault *fault)
{
	struct tcx_number number;

	for (size_t i = 0; i < count; i++) {
		const struct tcx_entry *entry = tcx_draft_next(draft);
		struct tcx_piece name = {entry->name + tcx_piece_len(section),
					 entry->name + entry->name_len};

		if (!read_value(values, name, &number, fault) ||
		    !tcx_draft_put(draft, &number, fault))
			return false;
	}
	return true;
}

static bool read_named(struct tcx_draft *draft, struct tcx_piece section, struct tcx_piece names,
		       struct tcx_piece *values, struct tcx_fault *fault)
{
	struct tcx_piece name;
	struct tcx_number number;

	while (tcx_line_skip_blanks(&names)) {
		if (!tcx_line_name(&names, &name, fault) ||
		    !read_value(values, name, &number, fault) ||
		    !tcx_draft_add(draft, section.at, tcx_piece_len(section), name.at,
				   tcx_piece_len(name), &number, fault))
			return false;
	}
	return true;
}

/* One pair of lines, both behind the colon; line is the whole line of names. */
static bool read_pair(struct tcx_draft *draft, struct tcx_piece section, struct tcx_piece names,
		      struct tcx_piece values, struct tcx_fault *fault)
{
	size_t len = (size_t)(names.end - section.at);
	size_t count = tcx_draft_known_line(draft, section.at, len);
	size_t first = draft->layout->count;

	if (count > 0 ? !read_known(draft, section, count, &values, fault)
		      : !read_named(draft, section, names, &values, fault))
		return false;
	if (tcx_line_skip_blanks(&values))
		return tcx_fault_set(fault, "it has more values than names");
	return !draft->collecting ||
	       tcx_layout_append_line(draft->layout, section.at, len, first, fault);
}

/* Says which section the fault is in, unless the draft only wants a new layout. */
static bool fault_in(const struct tcx_draft *draft, struct tcx_piece section,
		     struct tcx_fault *fault)
{
	char name[TCX_NAME_MAX + 1] = "";

	if (draft->diverged || tcx_piece_len(section) > TCX_NAME_MAX)
		return false;
	memcpy(name, section.at, tcx_piece_len(section));
	return tcx_fault_prefix(fault, name);
}

static bool read_section(struct tcx_draft *draft, struct tcx_piece names, struct tcx_piece *text,
			 struct tcx_fault *fault)
{
	struct tcx_piece section, values, again;

	if (!tcx_line_label(&names, &section, fault))
		return false;
	if (!tcx_line_next(text, &values)) {
		tcx_fault_set(fault, "the names have no values");
		return fault_in(draft, section, fault);
	}
	if (!tcx_line_label(&values, &again, fault))
		return false;
	if (!same(section, again)) {
		tcx_fault_set(fault, "the line of names is not followed by its values");
		return fault_in(draft, section, fault);
	}
	return read_pair(draft, section, names, values, fault) || fault_in(draft, section, fault);
}

bool tcx_read_columns(struct tcx_draft *draft, const char *text, size_t len,
		      struct tcx_fault *fault)
{
	struct tcx_piece rest = {text, text + len};
	struct tcx_piece names;

	if (!tcx_text_whole(text, len, fault))
		return false;
	while (tcx_line_next(&rest, &names))
		if (!read_section(draft, names, &rest, fault))
			return false;
	return true;
}
