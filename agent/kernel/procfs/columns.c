/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses /proc/net/snmp and netstat: a line of names, then a line of values. */
#include "kernel/reader.h"

#include <string.h>

#include "kernel/line.h"

static bool same(struct tcx_piece a, struct tcx_piece b)
{
	return tcx_piece_len(a) == tcx_piece_len(b) && memcmp(a.at, b.at, tcx_piece_len(a)) == 0;
}

static bool read_value(struct tcx_piece *values, struct tcx_piece name, struct tcx_number *number,
		       struct tcx_fault *fault)
{
	if (!tcx_line_skip_blanks(values))
		return tcx_fault_set(fault, "it has fewer values than names");
	return tcx_line_value(values, name, number, fault);
}

/* Reads the values of a known line of names, without parsing the names again. */
static bool read_known(struct tcx_builder *builder, struct tcx_piece section, size_t count,
		       struct tcx_piece *values, struct tcx_fault *fault)
{
	struct tcx_number number;

	for (size_t i = 0; i < count; i++) {
		const struct tcx_entry *entry = tcx_builder_next(builder);
		struct tcx_piece name = {entry->name + tcx_piece_len(section),
					 entry->name + entry->name_len};

		if (!read_value(values, name, &number, fault) ||
		    !tcx_builder_put(builder, &number, fault))
			return false;
	}
	return true;
}

/* Without values, NULL, while names are collected. */
static bool read_named(struct tcx_builder *builder, struct tcx_piece section,
		       struct tcx_piece names, struct tcx_piece *values, struct tcx_fault *fault)
{
	struct tcx_piece name;
	struct tcx_number number;

	while (tcx_line_skip_blanks(&names)) {
		if (!tcx_line_name(&names, &name, fault) ||
		    !tcx_builder_name(builder, section.at, tcx_piece_len(section), name.at,
				      tcx_piece_len(name), fault))
			return false;
		if (values != NULL && (!read_value(values, name, &number, fault) ||
				       !tcx_builder_put(builder, &number, fault)))
			return false;
	}
	return true;
}

/* The names of a section belong to the layout, whatever its values are. */
static bool collect_pair(struct tcx_builder *builder, struct tcx_piece section,
			 struct tcx_piece names, struct tcx_fault *fault)
{
	size_t first = builder->layout->count;

	return read_named(builder, section, names, NULL, fault) &&
	       tcx_layout_append_line(builder->layout, section.at, (size_t)(names.end - section.at),
				      first, fault);
}

/* Reads the two lines of a section, both behind the colon, whole or not at all. */
static bool read_pair(struct tcx_builder *builder, struct tcx_piece section, struct tcx_piece names,
		      struct tcx_piece values, struct tcx_fault *fault)
{
	size_t count =
		tcx_builder_known_line(builder, section.at, (size_t)(names.end - section.at));
	size_t first = builder->position;
	bool good = count > 0 ? read_known(builder, section, count, &values, fault)
			      : read_named(builder, section, names, &values, fault);

	if (good && tcx_line_skip_blanks(&values))
		good = tcx_fault_set(fault, "it has more values than names");
	if (!good)
		tcx_builder_miss(builder, first, count > 0 ? first + count : builder->position);
	return good;
}

/* Adds the section to a fault, unless the builder only needs a new layout. */
static bool fault_in(const struct tcx_builder *builder, struct tcx_piece section,
		     struct tcx_fault *fault)
{
	char name[TCX_NAME_MAX + 1] = "";

	if (builder->diverged || tcx_piece_len(section) > TCX_NAME_MAX)
		return false;
	memcpy(name, section.at, tcx_piece_len(section));
	return tcx_fault_prefix(fault, name);
}

/* Takes the line of values off rest, unless it is of another section. */
static bool take_values(struct tcx_piece section, struct tcx_piece *rest, struct tcx_piece *values,
			struct tcx_fault *fault)
{
	struct tcx_piece behind = *rest;
	struct tcx_piece label;

	if (!tcx_line_next(&behind, values))
		return tcx_fault_set(fault, "the names have no values");
	if (!tcx_line_label(values, &label, NULL) || !same(section, label))
		return tcx_fault_set(fault, "the line of names is not followed by its values");
	*rest = behind;
	return true;
}

static bool read_section(struct tcx_builder *builder, struct tcx_piece names,
			 struct tcx_piece *rest, struct tcx_fault *fault)
{
	struct tcx_piece section, values;

	if (!tcx_line_label(&names, &section, fault))
		return false;
	if (take_values(section, rest, &values, fault) &&
	    (builder->collecting ? collect_pair(builder, section, names, fault)
				 : read_pair(builder, section, names, values, fault)))
		return true;
	return fault_in(builder, section, fault);
}

bool tcx_read_columns(struct tcx_builder *builder, const char *text, size_t len,
		      struct tcx_fault *fault)
{
	return tcx_text_read(builder, text, len, read_section, fault);
}
