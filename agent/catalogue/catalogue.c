/* SPDX-License-Identifier: BSD-2-Clause */
/* The rows of mibs/: counters and the search by name, files of counters, tables of the kernel. */
#include "catalogue/catalogue.h"
#include "catalogue/table_ids.h"

#include <ctype.h>
#include <string.h>

static const struct tcx_section_row sections[TCX_SECTIONS] = {
#define SECTION(prefix, arc, node, source, title) {#prefix, arc, TCX_SOURCE_##source, title},
#include "mibs/counters.def"
};

/* The column of a row, by its name, so that rows need not say it. */
static const struct tcx_counter_row rows[TCX_COUNTERS] = {
#define ROW(prefix, sub_id, name, kind, unit, since, until, text, column)                          \
	{#prefix #name,                                                                            \
	 sizeof(#prefix #name) - 1,                                                                \
	 TCX_SECTION_##prefix,                                                                     \
	 sub_id,                                                                                   \
	 TCX_##kind,                                                                               \
	 column,                                                                                   \
	 #unit,                                                                                    \
	 since,                                                                                    \
	 until,                                                                                    \
	 text},
#define COUNTER(prefix, sub_id, name, kind, unit, since, until, text)                              \
	ROW(prefix, sub_id, name, kind, unit, since, until, text, -1)
#define PER_TYPE(prefix, sub_id, name, kind, unit, since, until, text)                             \
	ROW(prefix, sub_id, name, kind, unit, since, until, text, TCX_ICMP_COLUMN_##prefix##name)
#include "mibs/counters.def"
#undef ROW
};

static const struct tcx_source_row sources[TCX_SOURCES] = {
#define SOURCE(index, id, path, format, prefix, per, set, title, absent)                           \
	{path, prefix, TCX_SET_##set, TCX_PER_##per, title, sizeof(absent) > 1 ? absent : NULL},
#include "mibs/sources.def"
};

#define SURVEY(id, title) static const char survey_##id[] = title;
#include "mibs/tables.def"

static const struct {
	const char *name;
	const char *survey;
} tables[TCX_TABLES] = {
#define KERNEL_TABLE(index, id, survey, reader, title) {title, survey_##survey},
#include "mibs/tables.def"
};

static const struct {
	enum tcx_section section;
	uint8_t type;
	const char *name;
} icmp_types[] = {
#define ICMP_TYPE(section, type, name) {TCX_SECTION_##section, type, name},
#include "mibs/icmp_types.def"
};

const struct tcx_counter_row *tcx_catalogue_row(enum tcx_counter counter)
{
	return &rows[counter];
}

const struct tcx_section_row *tcx_catalogue_section(enum tcx_section section)
{
	return &sections[section];
}

const struct tcx_source_row *tcx_catalogue_source(size_t source)
{
	return &sources[source];
}

const char *tcx_catalogue_table_name(size_t table)
{
	return tables[table].name;
}

const char *tcx_catalogue_table_survey(size_t table)
{
	return tables[table].survey;
}

const char *tcx_catalogue_icmp_type(enum tcx_section section, uint8_t type)
{
	for (size_t i = 0; i < sizeof(icmp_types) / sizeof(icmp_types[0]); i++)
		if (icmp_types[i].section == section && icmp_types[i].type == type)
			return icmp_types[i].name;
	return NULL;
}

/* Compares by length first. Needed only when the kernel's names change, not at every refresh. */
static enum tcx_counter find(const char *name, size_t len, bool column)
{
	for (int i = 0; i < TCX_COUNTERS; i++) {
		const struct tcx_counter_row *row = &rows[i];

		if (row->name_len == len && (row->column >= 0) == column &&
		    memcmp(row->name, name, len) == 0)
			return (enum tcx_counter)i;
	}
	return TCX_NONE;
}

/* Splits "IcmpMsgInType3" before its number: 0 to 255 without leading zeros, else false. */
static bool split_type(const char *name, size_t len, size_t *stem, uint8_t *type)
{
	unsigned int value = 0;
	size_t first = len;

	while (first > 0 && len - first < 4 && isdigit((unsigned char)name[first - 1]))
		first--;
	if (first == len || (name[first] == '0' && len - first > 1))
		return false;
	for (size_t i = first; i < len; i++)
		value = value * 10 + (unsigned int)(name[i] - '0');
	*stem = first;
	*type = (uint8_t)value;
	return value < TCX_ICMP_TYPES;
}

enum tcx_counter tcx_catalogue_find(const char *name, size_t len, uint8_t *type)
{
	enum tcx_counter counter = find(name, len, false);
	size_t stem;

	*type = 0;
	if (counter == TCX_NONE && split_type(name, len, &stem, type))
		counter = find(name, stem, true);
	if (counter == TCX_NONE)
		*type = 0;
	return counter;
}
