#include "tcx_reader.h"

#include "line.h"

static char upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/*
 * Appends a word as one part of a name, "inuse" as "Inuse" and "TCP" as "Tcp". Returns the new
 * length.
 */
static size_t append_part(char *name, size_t len, struct tcx_piece word)
{
	for (const char *p = word.at; p < word.end && len <= TCX_NAME_MAX; p++)
		name[len++] = p == word.at ? upper(*p) : lower(*p);
	return len;
}

static bool read_line(struct tcx_draft *draft, struct tcx_piece line, struct tcx_fault *fault)
{
	static const char prefix[] = "Sockstat";
	char name[TCX_NAME_MAX + 1];
	struct tcx_piece label, key;
	struct tcx_number number;
	size_t label_len, len;

	if (!tcx_line_label(&line, &label, fault))
		return false;
	label_len = append_part(name, 0, label);
	while (tcx_line_skip_blanks(&line)) {
		if (!tcx_line_name(&line, &key, fault))
			return false;
		tcx_line_skip_blanks(&line);
		if (!tcx_line_number(&line, &number))
			return tcx_line_no_number(fault, key.at, tcx_piece_len(key));
		len = append_part(name, label_len, key);
		if (!tcx_draft_add(draft, prefix, sizeof(prefix) - 1, name, len, &number, fault))
			return false;
	}
	return true;
}

bool tcx_read_labels(struct tcx_draft *draft, const char *text, size_t len, struct tcx_fault *fault)
{
	struct tcx_piece rest = {text, text + len};
	struct tcx_piece line;

	if (!tcx_text_whole(text, len, fault))
		return false;
	while (tcx_line_next(&rest, &line))
		if (!read_line(draft, line, fault))
			return false;
	return true;
}
