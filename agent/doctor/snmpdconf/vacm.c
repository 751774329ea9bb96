/* SPDX-License-Identifier: BSD-2-Clause */
/* Evaluates the views of snmpd.conf as snmpd does: View-based Access Control Model, RFC 3415. */
#include "conf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"

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

static bool add_number(const char *label, size_t len, uint32_t *oid, size_t *count)
{
	unsigned long long number = strtoull(label, NULL, 10);

	if (len == 0 || len > 10 || strspn(label, "0123456789") < len || number > UINT32_MAX ||
	    *count == TCX_SNMPD_OID_MAX)
		return false;
	oid[(*count)++] = (uint32_t)number;
	return true;
}

/* A name is its whole OID at the beginning, and its last number behind its parent's name. */
static bool add_labels(const char *text, uint32_t *oid, size_t *count)
{
	while (*text != '\0') {
		size_t len = strcspn(text, ".");
		const char *dotted = find_name(text, len);
		const char *last = dotted != NULL ? strrchr(dotted, '.') : NULL;

		if (*count > 0 && last != NULL)
			dotted = last + 1;
		if (dotted != NULL ? !add_labels(dotted, oid, count)
				   : !add_number(text, len, oid, count))
			return false;
		text += len + (text[len] == '.');
	}
	return true;
}

/* A module's name in front, as in "SNMPv2-SMI::mib-2", adds nothing. */
bool tcx_snmpd_view_oid(const char *text, uint32_t *oid, size_t *count)
{
	const char *module_end = strstr(text, "::");

	*count = 0;
	if (module_end != NULL)
		text = module_end + 2;
	return add_labels(text + (*text == '.'), oid, count) && *count > 0;
}

bool tcx_snmpd_view_mask(const char *text, struct tcx_snmpd_subtree *subtree)
{
	char byte[PATH_MAX];

	while (tcx_list_next(&text, ".:", byte)) {
		char *end;
		unsigned long value = strtoul(byte, &end, 16);

		if (*end != '\0' || value > 0xff || subtree->mask_len == TCX_SNMPD_MASK_MAX)
			return false;
		subtree->mask[subtree->mask_len++] = (uint8_t)value;
	}
	return true;
}

/* Whether line and OID have the same numbers as far as both go. */
static bool meets(const struct tcx_snmpd_subtree *subtree, const uint32_t *oid, size_t len)
{
	for (size_t i = 0; i < len && i < subtree->len; i++) {
		bool any = i / 8 < subtree->mask_len &&
			   (subtree->mask[i / 8] & (0x80 >> (i % 8))) == 0;

		if (!any && subtree->oid[i] != oid[i])
			return false;
	}
	return true;
}

/* vacmViewTreeFamilyTable: the longest line wins, then the one with the greatest numbers. */
static bool outranks(const struct tcx_snmpd_subtree *a, const struct tcx_snmpd_subtree *b)
{
	if (b == NULL || a->len != b->len)
		return b == NULL || a->len > b->len;
	for (size_t i = 0; i < a->len; i++)
		if (a->oid[i] != b->oid[i])
			return a->oid[i] > b->oid[i];
	return false;
}

enum tcx_snmpd_sight tcx_snmpd_view_sight(const struct tcx_snmpd_conf *conf, const char *view,
					  const uint32_t *oid, size_t len)
{
	const struct tcx_snmpd_subtree *best = NULL;
	size_t deeper[2] = {0, 0}; /* lines below the OID, excluded and included */
	bool shown;

	if (strcmp(view, "_all_") == 0)
		return TCX_SNMPD_SHOWN;
	for (size_t i = 0; i < conf->subtree_count; i++) {
		const struct tcx_snmpd_subtree *subtree = &conf->subtrees[i];

		if (strcmp(subtree->view, view) != 0 || !meets(subtree, oid, len))
			continue;
		if (subtree->len > len)
			deeper[subtree->included]++;
		else if (outranks(subtree, best))
			best = subtree;
	}
	shown = best != NULL && best->included;
	if (deeper[!shown] > 0)
		return TCX_SNMPD_IN_PART;
	return shown ? TCX_SNMPD_SHOWN : TCX_SNMPD_HIDDEN;
}
