/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses /proc/net/sockstat and sockstat6: a label, then keys and values. */
#include "kernel/reader.h"

#include <ctype.h>
#include <string.h>

#include "kernel/line.h"

/* Appends a word to a name, "inuse" as "Inuse" and "TCP" as "Tcp". Returns the new length. */
static size_t append_part(char *name, size_t len, struct tcx_piece word)
{
	for (const char *p = word.at; p < word.end && len <= TCX_NAME_MAX; p++)
		name[len++] = (char)(p == word.at ? toupper(*p) : tolower(*p));
	return len;
}

static bool read_words(struct tcx_builder *builder, struct tcx_piece label, struct tcx_piece line,
		       struct tcx_fault *fault)
{
	char name[TCX_NAME_MAX + 1];
	size_t label_len = append_part(name, 0, label);
	struct tcx_piece key;
	struct tcx_number number;

	while (tcx_line_skip_blanks(&line)) {
		size_t len;

		if (!tcx_line_name(&line, &key, fault) ||
		    !tcx_line_value(&line, key, &number, fault))
			return false;
		len = append_part(name, label_len, key);
		if (!tcx_builder_name(builder, builder->prefix, strlen(builder->prefix), name, len,
				      fault) ||
		    !tcx_builder_put(builder, &number, fault))
			return false;
	}
	return true;
}

/* Reads a line whole or not at all. */
static bool read_line(struct tcx_builder *builder, struct tcx_piece line, struct tcx_piece *rest,
		      struct tcx_fault *fault)
{
	size_t first = builder->position;
	struct tcx_piece label;

	(void)rest;
	if (!tcx_line_label(&line, &label, fault))
		return false;
	if (read_words(builder, label, line, fault))
		return true;
	tcx_builder_miss(builder, first, builder->position);
	return false;
}

bool tcx_read_labels(struct tcx_builder *builder, const char *text, size_t len,
		     struct tcx_fault *fault)
{
	return tcx_text_read(builder, text, len, read_line, fault);
}
