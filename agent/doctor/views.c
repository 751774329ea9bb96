/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks who may see what the agent registers. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

#include "mib/modules.h"

/* How much of its subtree's OID is a module's group: ifNumber is beside the table. */
static size_t group_len(const struct tcx_module *module)
{
	return module->subtree_len - (strcmp(module->word, "interfaces") == 0);
}

/* VACM_SUCCESS, VACM_NOTINVIEW or VACM_SUBTREE_UNKNOWN, of what `register' chooses. */
static int sight(const struct doctor *doctor, const char *view, size_t i)
{
	const struct tcx_module *module = &tcx_modules[i];

	return (doctor->served & 1U << i) != 0
		       ? vacm_checkSubtree(view, (oid *)module->subtree, group_len(module))
		       : VACM_SUCCESS;
}

/* The modules that a view shows just so, as bits. */
static unsigned int find_modules(const struct doctor *doctor, const char *view, int wanted)
{
	unsigned int found = 0;

	for (size_t i = 0; i < tcx_modules_count; i++)
		found |= (unsigned int)(sight(doctor, view, i) == wanted) << i;
	return found;
}

/* The default context is nameless. */
static bool is_default(const struct tcx_snmpd_access *access)
{
	return access->context[0] == '\0';
}

static bool is_served(const struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	return is_default(access) || tcx_doctor_reads_contexts(doctor, access);
}

static void list_readers(struct doctor *doctor, const char *view)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	for (size_t i = 0; i < snmpd->access_count; i++)
		if (strcmp(snmpd->accesses[i].view, view) == 0 &&
		    is_served(doctor, &snmpd->accesses[i]))
			MORE("%s (%s)", snmpd->accesses[i].kind, snmpd->accesses[i].place);
}

static void print_view_line(const char *view, const oid *name, size_t len)
{
	printf("         view %s included ", view);
	for (size_t i = 0; i < len; i++)
		printf(".%lu", (unsigned long)name[i]);
	putchar('\n');
}

/* Whether the line for another one of these modules covers this one, as ip covers its tables. */
static bool is_covered(const struct tcx_module *module, unsigned int hidden)
{
	for (size_t i = 0; i < tcx_modules_count; i++)
		if ((hidden & 1U << i) != 0 && group_len(&tcx_modules[i]) < group_len(module) &&
		    netsnmp_oid_is_subtree(tcx_modules[i].subtree, group_len(&tcx_modules[i]),
					   module->subtree, group_len(module)) == 0)
			return true;
	return false;
}

/* Prints the lines to add. A line with an OID instead of a view first needs a view with it. */
static void advise_view(struct doctor *doctor, const struct tcx_snmpd_access *access,
			unsigned int hidden)
{
	const char *view = access->view;
	const struct vacm_viewEntry *line;

	if (access->oid[0] != '\0')
		MORE("in %s write '-V %s' in place of '%s'", access->place, view, access->oid);
	MORE("write to %s%s, and %s:", doctor->file_to_write,
	     doctor->snmpd.include_dir[0] != '\0' ? " (the name must end in .conf)" : "",
	     doctor->server->apply);
	vacm_scanViewInit();
	while (access->oid[0] != '\0' && (line = vacm_scanViewNext()) != NULL)
		if (strcmp(line->viewName + 1, view) == 0)
			print_view_line(view, line->viewSubtree + 1, line->viewSubtreeLen - 1);
	for (size_t i = 0; i < tcx_modules_count; i++) {
		const struct tcx_module *module = &tcx_modules[i];

		/* Of LINUX-TCPEXT-MIB all, not only its objects. */
		if ((hidden & 1U << i) != 0 && !is_covered(module, hidden))
			print_view_line(view, module->subtree,
					group_len(module) - (module->how == TCX_MODULE_OWN));
	}
}

static void check_view(struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	const char *name = access->oid[0] != '\0' ? access->oid : access->view;
	char text[DOCTOR_LIST_MAX];
	unsigned int hidden = find_modules(doctor, access->view, VACM_NOTINVIEW);
	unsigned int in_part = find_modules(doctor, access->view, VACM_SUBTREE_UNKNOWN);

	if (hidden != 0) {
		WARN("view: %s hides %s from", name, tcx_doctor_list_modules(hidden, text));
		list_readers(doctor, access->view);
		advise_view(doctor, access, hidden);
		return;
	}
	OK("view: %s shows all that is registered to", name);
	list_readers(doctor, access->view);
	if (in_part != 0)
		MORE("but only in part: %s; see the lines of this view",
		     tcx_doctor_list_modules(in_part, text));
}

/* Whether it may read the default context as well. */
static bool reads_default(const struct tcx_snmpd_conf *snmpd, const struct tcx_snmpd_access *access)
{
	for (size_t i = 0; i < snmpd->access_count; i++)
		if (is_default(&snmpd->accesses[i]) && snmpd->accesses[i].kind == access->kind &&
		    strcmp(snmpd->accesses[i].name, access->name) == 0)
			return true;
	return false;
}

static void check_context(struct doctor *doctor, const struct tcx_snmpd_access *access)
{
	if (reads_default(&doctor->snmpd, access))
		return;
	WARN("view: %s: the %s has a context of its own only, in which there is nothing of the "
	     "agent",
	     access->place, access->kind);
	MORE("write lines without a context beside these (com2sec without -Cn, access with \"\"), "
	     "and %s",
	     doctor->server->apply);
}

static bool is_first_of_view(const struct doctor *doctor, size_t i)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;

	for (size_t k = 0; k < i; k++)
		if (is_served(doctor, &snmpd->accesses[k]) &&
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
		if (!is_served(doctor, &snmpd->accesses[i]))
			check_context(doctor, &snmpd->accesses[i]);
		else if (!snmpd->accesses[i].unclear && is_first_of_view(doctor, i))
			check_view(doctor, &snmpd->accesses[i]);
	}
}
