/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses a file that holds one number. */
#include "kernel/reader.h"

#include <string.h>

#include "kernel/line.h"

static bool read_number(struct tcx_piece name, struct tcx_piece line, struct tcx_number *number,
			struct tcx_fault *fault)
{
	if (line.at == line.end || line.end[-1] != '\n')
		return tcx_fault_set(fault, "it is no line with a number");
	line.end--;
	if (!tcx_line_number(&line, number))
		return tcx_line_no_number(fault, name);
	if (tcx_line_skip_blanks(&line))
		return tcx_fault_set(fault, "it holds more than one number");
	return true;
}

bool tcx_read_number(struct tcx_builder *builder, const char *text, size_t len,
		     struct tcx_fault *fault)
{
	struct tcx_piece name = {builder->prefix, builder->prefix + strlen(builder->prefix)};
	struct tcx_piece line = {text, text + len};
	struct tcx_number number;

	if (!tcx_builder_name(builder, "", 0, name.at, tcx_piece_len(name), fault))
		return false;
	if (builder->collecting ||
	    (read_number(name, line, &number, fault) && tcx_builder_put(builder, &number, fault)))
		return true;
	tcx_builder_miss(builder, builder->position, builder->position + 1);
	return false;
}
