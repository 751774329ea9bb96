/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses /proc/net/snmp6, sctp/snmp, xfrm_stat and tls_stat: one name and value a line. */
#include "kernel/reader.h"

#include <string.h>

#include "kernel/line.h"

static bool read_value(struct tcx_piece line, struct tcx_piece name, struct tcx_number *number,
		       struct tcx_fault *fault)
{
	/* The kernel fills names up to 32 characters: most blanks go eight at once. */
	while (tcx_piece_len(line) > 8 && memcmp(line.at, "        ", 8) == 0)
		line.at += 8;
	if (!tcx_line_value(&line, name, number, fault))
		return false;
	if (tcx_line_skip_blanks(&line))
		return tcx_fault_set(fault, "a line has more than one value");
	return true;
}

/* While names are collected, a name counts even without a value. */
static bool read_line(struct tcx_builder *builder, struct tcx_piece line, struct tcx_piece *rest,
		      struct tcx_fault *fault)
{
	size_t known = tcx_builder_known_name(builder, line.at, tcx_piece_len(line));
	struct tcx_piece name = {line.at, line.at + known};
	struct tcx_number number;

	(void)rest;
	line.at += known;
	if (known == 0 && (!tcx_line_name(&line, &name, fault) ||
			   !tcx_builder_name(builder, "", 0, name.at, tcx_piece_len(name), fault)))
		return false;
	if (builder->collecting ||
	    (read_value(line, name, &number, fault) && tcx_builder_put(builder, &number, fault)))
		return true;
	tcx_builder_miss(builder, builder->position, builder->position + 1);
	return false;
}

bool tcx_read_pairs(struct tcx_builder *builder, const char *text, size_t len,
		    struct tcx_fault *fault)
{
	return tcx_text_read(builder, text, len, read_line, fault);
}

bool tcx_read_signed_pairs(struct tcx_builder *builder, const char *text, size_t len,
			   struct tcx_fault *fault)
{
	bool good;

	builder->print_signed = true;
	good = tcx_read_pairs(builder, text, len, fault);
	builder->print_signed = false;
	return good;
}

bool tcx_read_wrapped_pairs(struct tcx_builder *builder, const char *text, size_t len,
			    struct tcx_fault *fault)
{
	bool good;

	builder->gauges_wrap = true;
	good = tcx_read_pairs(builder, text, len, fault);
	builder->gauges_wrap = false;
	return good;
}
