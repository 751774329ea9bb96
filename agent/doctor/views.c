/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks who may see what the agent registers. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "mib/modules.h"
#include "mib/objects.h"

#define LEN(...)  (sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))
#define MIB2(...) {1, 3, 6, 1, 2, 1, __VA_ARGS__}, 6 + LEN(__VA_ARGS__), 6 + LEN(__VA_ARGS__)

/* What each word of "register" registers, and the subtree for its view line. */
static const struct part {
	const char *word;
	uint32_t oid[32];
	size_t len;
	size_t view_len;
} parts[] = {
	{"interfaces", MIB2(2)},
	{"at", MIB2(3)},
	{"ip", MIB2(4)},
	{"icmp", MIB2(5)},
	{"tcp", MIB2(6)},
	{"udp", MIB2(7)},
	{"tcpext", {TCX_OBJECTS_ROOT}, LEN(TCX_OBJECTS_ROOT), LEN(TCX_MIB_ROOT)},
	{"ipAddrTable", MIB2(4, 20)},
	{"ipRouteTable", MIB2(4, 21)},
	{"ipNetToMediaTable", MIB2(4, 22)},
	{"tcpConnTable", MIB2(6, 13)},
	{"udpTable", MIB2(7, 5)},
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static enum tcx_snmpd_sight sight(const struct doctor *doctor, const char *view,
				  const struct part *part)
{
	return (doctor->served & tcx_modules_bit(part->word)) != 0
		       ? tcx_snmpd_view_sight(&doctor->snmpd, view, part->oid, part->len)
		       : TCX_SNMPD_SHOWN;
}

/* Lists the parts that a view shows just so, "ip, tcp"; empty for none. */
static const char *list_parts(const struct doctor *doctor, const char *view,
			      enum tcx_snmpd_sight wanted, char text[DOCTOR_LIST_MAX])
{
	text[0] = '\0';
	for (size_t i = 0; i < PARTS; i++)
		if (sight(doctor, view, &parts[i]) == wanted)
			tcx_doctor_append(text, parts[i].word);
	return text;
}

/* The agent serves the default context, which is nameless. */
static bool is_ours(const struct tcx_snmpd_access *access)
{
	return access->context[0] == '\0';
}

static void list_readers(struct doctor *doctor, const char *view)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	for (size_t i = 0; i < snmpd->access_count; i++)
		if (strcmp(snmpd->accesses[i].view, view) == 0 && is_ours(&snmpd->accesses[i]))
			MORE("%s (%s)", snmpd->accesses[i].kind, snmpd->accesses[i].place);
}

static void print_view_line(const char *view, const uint32_t *name, size_t len)
{
	printf("         view %s included ", view);
	for (size_t i = 0; i < len; i++)
		printf(".%lu", (unsigned long)name[i]);
	putchar('\n');
}

/* Whether the line for another hidden part covers this one, as ip covers its tables. */
static bool is_covered(const struct doctor *doctor, const char *view, const struct part *part)
{
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i].view_len < part->view_len &&
		    memcmp(parts[i].oid, part->oid, parts[i].view_len * sizeof(part->oid[0])) ==
			    0 &&
		    sight(doctor, view, &parts[i]) == TCX_SNMPD_HIDDEN)
			return true;
	return false;
}

/* Prints the lines to add. A line with an OID instead of a view first needs a view with it. */
static void advise_view(struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	const char *view = access->view;

	if (access->oid[0] != '\0')
		MORE("in %s write '-V %s' in place of '%s'", access->place, view, access->oid);
	MORE("write to %s%s, and restart snmpd:", doctor->file_to_write,
	     snmpd->include_dir[0] != '\0' ? " (the name must end in .conf)" : "");
	for (size_t i = 0; i < snmpd->subtree_count && access->oid[0] != '\0'; i++)
		if (strcmp(snmpd->subtrees[i].view, view) == 0)
			print_view_line(view, snmpd->subtrees[i].oid, snmpd->subtrees[i].len);
	for (size_t i = 0; i < PARTS; i++)
		if (sight(doctor, view, &parts[i]) == TCX_SNMPD_HIDDEN &&
		    !is_covered(doctor, view, &parts[i]))
			print_view_line(view, parts[i].oid, parts[i].view_len);
}

static void check_view(struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	const char *name = access->oid[0] != '\0' ? access->oid : access->view;
	char text[DOCTOR_LIST_MAX];
	const char *hidden = list_parts(doctor, access->view, TCX_SNMPD_HIDDEN, text);

	if (hidden[0] != '\0') {
		WARN("view: %s hides %s from", name, hidden);
		list_readers(doctor, access->view);
		advise_view(doctor, access);
		return;
	}
	OK("view: %s shows all that is registered to", name);
	list_readers(doctor, access->view);
	hidden = list_parts(doctor, access->view, TCX_SNMPD_IN_PART, text);
	if (hidden[0] != '\0')
		MORE("but only in part: %s; see the lines of this view", hidden);
}

/* Whether somebody may read the default context. */
static bool reads_ours(const struct tcx_snmpd_conf *snmpd, const struct tcx_snmpd_access *access)
{
	for (size_t i = 0; i < snmpd->access_count; i++)
		if (is_ours(&snmpd->accesses[i]) && snmpd->accesses[i].kind == access->kind &&
		    strcmp(snmpd->accesses[i].name, access->name) == 0)
			return true;
	return false;
}

static void check_context(struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	if (reads_ours(&doctor->snmpd, access))
		return;
	WARN("view: %s: the %s has a context of its own only, in which there is nothing of the "
	     "agent",
	     access->place, access->kind);
	MORE("write lines without a context beside these (com2sec without -Cn, access with \"\"), "
	     "and restart snmpd");
}

static bool is_first_of_view(const struct tcx_snmpd_conf *snmpd, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (is_ours(&snmpd->accesses[k]) &&
		    strcmp(snmpd->accesses[k].view, snmpd->accesses[i].view) == 0)
			return false;
	return true;
}

void tcx_check_views(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	if (snmpd->access_count == 0)
		WARN("view: no community and no user may read anything, as far as these files "
		     "show; write for example 'rocommunity NAME 127.0.0.1' to %s",
		     doctor->file_to_write);
	for (size_t i = 0; i < snmpd->access_count; i++) {
		if (!is_ours(&snmpd->accesses[i]))
			check_context(doctor, &snmpd->accesses[i]);
		else if (!snmpd->accesses[i].unclear && is_first_of_view(snmpd, i))
			check_view(doctor, &snmpd->accesses[i]);
	}
}
