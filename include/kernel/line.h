/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines and words of a text that is not zero-terminated, for the readers. */
#ifndef TCX_KERNEL_LINE_H
#define TCX_KERNEL_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "base/number.h"
#include "sample/builder.h"

/* A piece of the text: [at, end). */
struct tcx_piece {
	const char *at;
	const char *end;
};

static inline size_t tcx_piece_len(struct tcx_piece piece)
{
	return (size_t)(piece.end - piece.at);
}

/* Takes the next line off text, without its newline. False at the end of the text. */
bool tcx_line_next(struct tcx_piece *text, struct tcx_piece *line);

/* Takes the section in front of a colon off a line: "Ip: 1 2" gives "Ip" and leaves " 1 2". */
bool tcx_line_label(struct tcx_piece *line, struct tcx_piece *label, struct tcx_fault *fault);

static inline bool tcx_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Passes over blanks. False at the end of the line. */
static inline bool tcx_line_skip_blanks(struct tcx_piece *line)
{
	while (line->at < line->end && tcx_is_blank(*line->at))
		line->at++;
	return line->at < line->end;
}

/* Takes a name off a line that is not at its end: a letter, then letters, digits and "_-.". */
bool tcx_line_name(struct tcx_piece *line, struct tcx_piece *name, struct tcx_fault *fault);

/* Takes a number off a line. False unless it fits 64 bits. */
static inline bool tcx_line_number(struct tcx_piece *line, struct tcx_number *number)
{
	const char *behind = tcx_number_parse(line->at, line->end, number);

	if (behind == NULL)
		return false;
	line->at = behind;
	return behind == line->end || tcx_is_blank(*behind);
}

/* Sets the fault of a malformed number; of names the counter. Returns false. */
bool tcx_line_no_number(struct tcx_fault *fault, struct tcx_piece of);

/* Takes the number of a counter off a line, and blanks before it. */
static inline bool tcx_line_value(struct tcx_piece *line, struct tcx_piece of,
				  struct tcx_number *number, struct tcx_fault *fault)
{
	tcx_line_skip_blanks(line);
	return tcx_line_number(line, number) || tcx_line_no_number(fault, of);
}

/* By character: the value of a hexadecimal digit, and 1 more; 0: it is none. */
extern const uint8_t tcx_line_hex_digits[256];

/* Takes a hexadecimal number off a line, without sign or prefix. False unless it fits 64 bits. */
static inline bool tcx_line_hex(struct tcx_piece *line, uint64_t *number)
{
	const char *at = line->at;
	unsigned int digit;
	uint64_t v = 0;

	while (at < line->end && (digit = tcx_line_hex_digits[(unsigned char)*at]) != 0) {
		if (v >> 60 != 0)
			return false;
		v = v << 4 | (digit - 1);
		at++;
	}
	*number = v;
	if (at == line->at || (at < line->end && !tcx_is_blank(*at)))
		return false;
	line->at = at;
	return true;
}

/* Drops a truncated last line (kernel/reader.h). False when there is one, or no text at all. */
bool tcx_text_cut(struct tcx_piece *text, struct tcx_fault *fault);

/*
 * Reads a text line by line; a reader may take more lines off rest. Skips a line with a fault and
 * reports the first one. Skips a truncated last line. False with any fault, and
 * at once when the builder diverged.
 */
typedef bool tcx_line_reader(struct tcx_builder *builder, struct tcx_piece line,
			     struct tcx_piece *rest, struct tcx_fault *fault);
bool tcx_text_read(struct tcx_builder *builder, const char *text, size_t len, tcx_line_reader *read,
		   struct tcx_fault *fault);

#endif
