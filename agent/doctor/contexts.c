/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks that the contexts of namespaces can be read, as snmpd decides it (vacm_parse_access(),
 * vacm_create_simple()): a user by the contexts that its lines have, a community by the one that
 * com2sec puts it into.
 */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "collect/context_names.h"
#include "kernel/netns.h"
#include "kernel/netns_names.h"

/* How many contexts that nobody may read are named, with lines to add. */
#define NAMED_MAX 3

static void note_context(struct doctor *doctor, const char *context)
{
	size_t len = strlen(doctor->contexts);

	snprintf(doctor->contexts + len, sizeof(doctor->contexts) - len, "%s\n", context);
}

/* Whether it is the agent's own namespace, or one that has another name too. */
static bool is_known(const struct tcx_netns_names *names, size_t i, uint32_t own)
{
	bool known = names->all[i].id.inode == own;

	for (size_t k = 0; k < i; k++)
		known |= names->all[k].id.inode == names->all[i].id.inode;
	return known;
}

static void note_names(struct doctor *doctor, const struct tcx_netns_names *names)
{
	struct tcx_fault fault;
	struct tcx_netns *netns = tcx_netns_new(doctor->config->proc_root, &fault);
	uint32_t own = netns != NULL ? tcx_netns_id(netns).inode : 0;
	struct tcx_context_names taken = {0};
	char text[TCX_CONTEXT_MAX + 1];

	for (size_t i = 0; i < names->count; i++)
		if (!is_known(names, i, own) &&
		    tcx_context_names_take(&taken, names->all[i].name,
					   (size_t)doctor->config->namespace_limit, text))
			note_context(doctor, text);
	tcx_context_names_clear(&taken);
	tcx_netns_unref(netns);
}

/* Of namespacePid, whose contexts come one after the other, the first one stands for all. */
void tcx_doctor_find_contexts(struct doctor *doctor)
{
	struct tcx_netns_names names = TCX_NETNS_NAMES(TCX_NETNS_FOLDER);
	struct tcx_fault fault;
	uint64_t due_ns;

	if (doctor->config->namespace_pids.text[0] != '\0')
		note_context(doctor, "c1");
	if (doctor->config->namespaces.text[0] != '\0' &&
	    tcx_netns_names_list(&names, doctor->config->namespaces.text, &due_ns, &fault))
		note_names(doctor, &names);
	tcx_netns_names_clear(&names);
}

bool tcx_doctor_lets_in(const struct tcx_snmpd_access *access, const char *context)
{
	if (access->idle)
		return false;
	return access->prefix ? strncmp(context, access->context, strlen(access->context)) == 0
			      : strcmp(context, access->context) == 0;
}

/* Whether it is that of some process, c1, c2 ..., now or later. */
static bool is_numbered(const struct doctor *doctor, const char *context)
{
	return doctor->config->namespace_pids.text[0] != '\0' && context[0] == 'c' &&
	       context[1] != '\0' && context[strspn(context + 1, "0123456789") + 1] == '\0';
}

bool tcx_doctor_reads_contexts(const struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	const char *list = doctor->contexts;
	char context[PATH_MAX];

	if (!access->idle && is_numbered(doctor, access->context))
		return true;
	while (tcx_list_next(&list, "\n", context))
		if (tcx_doctor_lets_in(access, context))
			return true;
	return false;
}

static bool is_read(const struct doctor *doctor, const char *context)
{
	for (size_t i = 0; i < doctor->snmpd.access_count; i++)
		if (tcx_doctor_lets_in(&doctor->snmpd.accesses[i], context))
			return true;
	return false;
}

/* A view of the operator's, so that the line to add shows what the others do. */
static const char *usual_view(const struct tcx_snmpd_conf *snmpd)
{
	for (size_t i = 0; i < snmpd->access_count; i++)
		if (snmpd->accesses[i].oid[0] == '\0')
			return snmpd->accesses[i].view;
	return "_all_";
}

/* The com2sec line that leads into a context, and no further; NULL: there is none. */
static const struct tcx_snmpd_shut *find_shut(const struct tcx_snmpd_conf *snmpd,
					      const char *context)
{
	for (size_t i = 0; i < snmpd->shut_count; i++)
		if (strcmp(snmpd->shut[i].context, context) == 0)
			return &snmpd->shut[i];
	return NULL;
}

static void print_access_line(const char *group, const char *view)
{
	printf("         access %s \"\" any noauth prefix %s none none\n", group, view);
}

/* One line of prefix lets all in whose communities have com2sec lines. */
static void advise_access(struct doctor *doctor, const struct tcx_snmpd_shut *shut)
{
	MORE("%s puts a community into it, and no access line lets that in", shut->place);
	MORE("write to %s, and %s:", doctor->file_to_write, doctor->server->apply);
	if (shut->group[0] == '\0')
		printf("         group %s v2c %s\n", shut->name, shut->name);
	print_access_line(shut->group[0] != '\0' ? shut->group : shut->name,
			  usual_view(&doctor->snmpd));
}

static void advise_community(struct doctor *doctor, const char *context)
{
	MORE("with SNMPv2c each takes a community of its own, such as 'in-%s': write to %s, and "
	     "%s:",
	     context, doctor->file_to_write, doctor->server->apply);
	printf("         com2sec -Cn %s contexts default in-%s\n", context, context);
	puts("         group contexts v2c contexts");
	print_access_line("contexts", usual_view(&doctor->snmpd));
	MORE("with SNMPv3 write * behind the line of a rouser, or prefix in its access line; see "
	     "CONTEXTS in tcpextd.conf(5)");
}

static void say_unread(struct doctor *doctor, const char *context)
{
	const struct tcx_snmpd_shut *shut = find_shut(&doctor->snmpd, context);

	WARN("contexts: nobody may read the context %s, as far as these files show", context);
	if (shut != NULL)
		advise_access(doctor, shut);
	else
		advise_community(doctor, context);
}

/* Returns how many contexts nobody may read. */
static size_t look_for_readers(struct doctor *doctor)
{
	const char *list = doctor->contexts;
	char context[PATH_MAX];
	size_t unread = 0;

	while (tcx_list_next(&list, "\n", context))
		if (!is_read(doctor, context) && unread++ < NAMED_MAX)
			say_unread(doctor, context);
	if (unread > NAMED_MAX)
		MORE("likewise %zu others", unread - NAMED_MAX);
	return unread;
}

static void list_readers(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	const char *place = "";

	for (size_t i = 0; i < snmpd->access_count; i++) {
		const struct tcx_snmpd_access *access = &snmpd->accesses[i];

		if (!tcx_doctor_reads_contexts(doctor, access) || strcmp(access->place, place) == 0)
			continue;
		place = access->place;
		MORE("%s (%s)", access->kind, place);
	}
}

/* Before there were contexts such a line let into the default one alone. */
static void look_for_unsaid(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	for (size_t i = 0; i < snmpd->access_count; i++) {
		const struct tcx_snmpd_access *access = &snmpd->accesses[i];
		const char *view = access->oid[0] != '\0' ? access->oid : access->view;
		const char *option = access->oid[0] != '\0' ? "" : "-V ";

		if (!access->unsaid)
			continue;
		WARN("contexts: %s: the line of the user names no context, and so lets into all",
		     access->place);
		MORE("if so it is to be, end it with %s%s *; for the default context alone with "
		     "%s%s \"\"",
		     option, view, option, view);
	}
}

void tcx_check_contexts(struct doctor *doctor)
{
	if (doctor->config->namespaces.text[0] == '\0' &&
	    doctor->config->namespace_pids.text[0] == '\0')
		return;
	if (doctor->contexts[0] == '\0') {
		OK("contexts: none of these names of namespaces is there now");
	} else if (look_for_readers(doctor) == 0) {
		OK("contexts: all of namespaces that are there now can be read by");
		list_readers(doctor);
	}
	look_for_unsaid(doctor);
}
