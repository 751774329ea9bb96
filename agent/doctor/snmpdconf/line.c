/* SPDX-License-Identifier: BSD-2-Clause */
/* What the directives of snmpd.conf share: notes, lists, OIDs. */
#include "line.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void tcx_snmpd_copy(char *to, const char *from)
{
	snprintf(to, TCX_SNMPD_WORD_MAX, "%s", from);
}

void tcx_snmpd_append(struct tcx_snmpd_conf *conf, void *list, size_t *count, const void *item,
		      size_t size)
{
	conf->short_of_memory |= !tcx_array_append(list, count, item, size);
}

void tcx_snmpd_note(const struct snmpd_place *at, const char *format, ...)
{
	char text[TCX_SNMPD_NOTE_MAX];
	int len = snprintf(text, sizeof(text), "%.300s:%u: ", at->path, at->line);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - (size_t)len, format, args);
	va_end(args);
	tcx_snmpd_append(at->conf, &at->conf->notes, &at->conf->note_count, text, sizeof(text));
}

/* Names that views use, though snmpd knows them only with its MIB files. */
static const struct {
	const char *name;
	const char *oid;
} names[] = {
	{"iso", "1"},
	{"org", "1.3"},
	{"dod", "1.3.6"},
	{"internet", "1.3.6.1"},
	{"mgmt", "1.3.6.1.2"},
	{"mib-2", "1.3.6.1.2.1"},
	{"system", "1.3.6.1.2.1.1"},
	{"interfaces", "1.3.6.1.2.1.2"},
	{"at", "1.3.6.1.2.1.3"},
	{"ip", "1.3.6.1.2.1.4"},
	{"icmp", "1.3.6.1.2.1.5"},
	{"tcp", "1.3.6.1.2.1.6"},
	{"udp", "1.3.6.1.2.1.7"},
	{"snmp", "1.3.6.1.2.1.11"},
	{"ifMIB", "1.3.6.1.2.1.31"},
	{"host", "1.3.6.1.2.1.25"},
	{"private", "1.3.6.1.4"},
	{"enterprises", "1.3.6.1.4.1"},
	{"ucdavis", "1.3.6.1.4.1.2021"},
	{"netSnmp", "1.3.6.1.4.1.8072"},
	{"snmpV2", "1.3.6.1.6"},
	{"snmpModules", "1.3.6.1.6.3"},
};

static const char *find_name(const char *label, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i].name) == len && strncmp(names[i].name, label, len) == 0)
			return names[i].oid;
	return NULL;
}

static bool add_number(const char *label, size_t len, oid *name, size_t *count)
{
	unsigned long long number = strtoull(label, NULL, 10);

	if (len == 0 || len > 10 || strspn(label, "0123456789") < len || number > UINT32_MAX ||
	    *count == MAX_OID_LEN)
		return false;
	name[(*count)++] = (oid)number;
	return true;
}

/* A name is its whole OID at the beginning, and its last number behind its parent's name. */
static bool add_labels(const char *text, oid *name, size_t *count)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ".");
		const char *dotted = find_name(text, len);
		const char *last = dotted != NULL ? strrchr(dotted, '.') : NULL;

		if (*count > 0 && last != NULL)
			dotted = last + 1;
		if (dotted != NULL ? !add_labels(dotted, name, count)
				   : !add_number(text, len, name, count))
			return false;
		text += len + (text[len] == '.');
	}
	return true;
}

/* A module's name in front, as in "SNMPv2-SMI::mib-2", adds nothing. */
bool tcx_snmpd_oid(const char *text, oid *name, size_t *count)
{
	const char *module_end = strstr(text, "::");

	*count = 0;
	if (module_end != NULL)
		text = module_end + 2;
	return add_labels(text + (*text == '.'), name, count) && *count > 0;
}
