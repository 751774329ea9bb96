#include "kernel/reader.h"

#include "kernel/line.h"

static bool read_value(struct tcx_piece line, struct tcx_piece name, struct tcx_number *number,
		       struct tcx_fault *fault)
{
	tcx_line_skip_blanks(&line);
	if (!tcx_line_number(&line, number))
		return tcx_line_no_number(fault, name.at, tcx_piece_len(name));
	if (tcx_line_skip_blanks(&line))
		return tcx_fault_set(fault, "a line has more than one value");
	return true;
}

/* While names are collected, one without a value is a name all the same. */
static bool read_line(struct tcx_draft *draft, struct tcx_piece line, struct tcx_piece *rest,
		      struct tcx_fault *fault)
{
	size_t known = tcx_draft_known_name(draft, line.at, tcx_piece_len(line));
	struct tcx_piece name = {line.at, line.at + known};
	struct tcx_number number;

	(void)rest;
	line.at += known;
	if (known == 0 && (!tcx_line_name(&line, &name, fault) ||
			   !tcx_draft_name(draft, "", 0, name.at, tcx_piece_len(name), fault)))
		return false;
	if (draft->collecting ||
	    (read_value(line, name, &number, fault) && tcx_draft_put(draft, &number, fault)))
		return true;
	tcx_draft_miss(draft, draft->position, draft->position + 1);
	return false;
}

bool tcx_read_pairs(struct tcx_draft *draft, const char *text, size_t len, struct tcx_fault *fault)
{
	return tcx_text_read(draft, text, len, read_line, fault);
}

bool tcx_read_signed_pairs(struct tcx_draft *draft, const char *text, size_t len,
			   struct tcx_fault *fault)
{
	bool good;

	draft->print_signed = true;
	good = tcx_read_pairs(draft, text, len, fault);
	draft->print_signed = false;
	return good;
}
