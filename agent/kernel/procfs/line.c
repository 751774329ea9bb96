/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits text into lines and words. */
#include "kernel/line.h"

#include <ctype.h>
#include <string.h>

/* Characters of a name that a fault shows. */
#define SHOWN 40

const uint8_t tcx_line_hex_digits[256] = {
	['0'] = 1,  ['1'] = 2,	['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,	['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int shown(struct tcx_piece name)
{
	return tcx_piece_len(name) < SHOWN ? (int)tcx_piece_len(name) : SHOWN;
}

/* The program has no other locale than C. */
static bool is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

bool tcx_line_next(struct tcx_piece *text, struct tcx_piece *line)
{
	const char *newline;

	if (text->at == text->end)
		return false;
	newline = memchr(text->at, '\n', tcx_piece_len(*text));
	line->at = text->at;
	line->end = newline != NULL ? newline : text->end;
	text->at = newline != NULL ? newline + 1 : text->end;
	return true;
}

static struct tcx_piece take_name(struct tcx_piece *line)
{
	struct tcx_piece name = {line->at, line->at};

	if (line->at < line->end && isalpha((unsigned char)*line->at))
		while (line->at < line->end && is_name_char(*line->at))
			line->at++;
	name.end = line->at;
	return name;
}

bool tcx_line_label(struct tcx_piece *line, struct tcx_piece *label, struct tcx_fault *fault)
{
	*label = take_name(line);
	if (tcx_piece_len(*label) == 0 || line->at == line->end || *line->at != ':')
		return tcx_fault_set(fault,
				     "a line does not begin with a section's name and a colon");
	line->at++;
	return true;
}

bool tcx_line_name(struct tcx_piece *line, struct tcx_piece *name, struct tcx_fault *fault)
{
	*name = take_name(line);
	if (tcx_piece_len(*name) == 0)
		return tcx_fault_set(fault, "a name is expected where none begins");
	if (line->at < line->end && !tcx_is_blank(*line->at))
		return tcx_fault_set(fault,
				     "a name that begins with '%.*s' holds a wrong character",
				     shown(*name), name->at);
	return true;
}

bool tcx_line_no_number(struct tcx_fault *fault, struct tcx_piece of)
{
	return tcx_fault_set(fault, "the value of %.*s is no whole number of at most 64 bits",
			     shown(of), of.at);
}

bool tcx_text_cut(struct tcx_piece *text, struct tcx_fault *fault)
{
	const char *end = text->end;
	const char *newline;

	if (text->at == end)
		return tcx_fault_set(fault, "it is empty");
	if (end[-1] == '\n')
		return true;
	if (tcx_piece_len(*text) >= 2 && end[-1] == '0' && tcx_is_blank(end[-2]))
		return true;
	newline = memrchr(text->at, '\n', tcx_piece_len(*text));
	text->end = newline != NULL ? newline + 1 : text->at;
	return tcx_fault_set(fault, "it ends in the middle of a line");
}

bool tcx_text_read(struct tcx_builder *builder, const char *text, size_t len, tcx_line_reader *read,
		   struct tcx_fault *fault)
{
	struct tcx_piece rest = {text, text + len};
	struct tcx_piece line;
	bool good = tcx_text_cut(&rest, fault);

	while (!builder->diverged && tcx_line_next(&rest, &line))
		good = read(builder, line, &rest, good ? fault : NULL) && good;
	return good;
}
