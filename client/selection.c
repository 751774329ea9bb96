/* SPDX-License-Identifier: BSD-2-Clause */
/* Which counters are meant: by patterns any that a host has, without patterns those that nstat
 * reads. */
#include "selection.h"

#include <fnmatch.h>
#include <string.h>

#include "catalogue/catalogue.h"
#include "counters.h"
#include "sample/print.h"

bool tcx_selection_is_names(const struct tcx_selection *selection)
{
	for (size_t i = 0; i < selection->count; i++) {
		const char *pattern = selection->patterns[i];

		if (strpbrk(pattern, "*?[") != NULL ||
		    !tcx_counters_is_name(pattern, strlen(pattern)))
			return false;
	}
	return selection->count > 0;
}

static enum tcx_counter find(const char *name)
{
	uint8_t type;

	return tcx_catalogue_find(name, strlen(name), &type);
}

/* An unknown counter is of the section with the longest prefix that fits; TCX_SECTIONS: of none. */
static enum tcx_section section_of(const char *name)
{
	enum tcx_counter counter = find(name);
	enum tcx_section found = TCX_SECTIONS;
	size_t longest = 0;

	if (counter != TCX_NONE)
		return tcx_catalogue_row(counter)->section;
	for (int i = 0; i < TCX_SECTIONS; i++) {
		const char *prefix = tcx_catalogue_section(i)->prefix;
		size_t len = strlen(prefix);

		if (len > longest && strncmp(prefix, name, len) == 0) {
			longest = len;
			found = i;
		}
	}
	return found;
}

/* New sections come in the files that nstat reads. */
static bool is_read_by_nstat(const char *name)
{
	enum tcx_section section = section_of(name);

	if (section == TCX_SECTIONS)
		return true;
	switch (tcx_catalogue_section(section)->source) {
	case TCX_SOURCE_SNMP:
	case TCX_SOURCE_SNMP6:
	case TCX_SOURCE_NETSTAT:
	case TCX_SOURCE_SCTP:
		return true;
	default:
		return false;
	}
}

bool tcx_selection_matches(const struct tcx_selection *selection, const char *name)
{
	for (size_t i = 0; i < selection->count; i++)
		if (fnmatch(selection->patterns[i], name, 0) == 0)
			return true;
	return selection->count == 0;
}

bool tcx_selection_has(const struct tcx_selection *selection, const char *name)
{
	return tcx_selection_matches(selection, name) &&
	       (selection->count > 0 || is_read_by_nstat(name));
}

bool tcx_selection_omits(const char *name)
{
	return tcx_print_omits(find(name));
}
