/* SPDX-License-Identifier: BSD-2-Clause */
/* Joins com2sec, group and access lines to what each community and user may read. */
#include "line.h"

#include <string.h>
#include <strings.h>

static bool is_community_model(const char *model)
{
	return strcasecmp(model, "v1") == 0 || strcasecmp(model, "v2c") == 0 ||
	       strcasecmp(model, "any") == 0;
}

static bool models_meet(const char *a, const char *b)
{
	return strcasecmp(a, "any") == 0 || strcasecmp(b, "any") == 0 || strcasecmp(a, b) == 0;
}

static bool admits(const struct tcx_snmpd_row *row, const char *context)
{
	return row->prefix ? strncmp(context, row->context, strlen(row->context)) == 0
			   : strcmp(context, row->context) == 0;
}

static void join_accesses(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_row *whom,
			  const struct tcx_snmpd_row *group)
{
	struct tcx_snmpd_access access = {.kind = whom->kind};

	tcx_snmpd_copy(access.name, whom->value);
	tcx_snmpd_copy(access.source, whom->source);
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *row = &conf->rows[i];

		if (row->type != TCX_SNMPD_ACCESS || strcmp(row->name, group->value) != 0 ||
		    !models_meet(row->model, group->model))
			continue;
		if (!admits(row, whom->context) && whom->context[0] != '\0')
			continue;
		tcx_snmpd_copy(access.context,
			       admits(row, whom->context) ? whom->context : row->context);
		tcx_snmpd_copy(access.view, row->value);
		access.versions = row->versions & group->versions;
		memcpy(access.place, row->place, sizeof(access.place));
		tcx_snmpd_add_access(conf, &access);
	}
}

static void join_communities(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_row *group)
{
	for (size_t i = 0; i < conf->row_count; i++)
		if (conf->rows[i].type == TCX_SNMPD_COM2SEC &&
		    strcmp(conf->rows[i].name, group->name) == 0)
			join_accesses(conf, &conf->rows[i], group);
}

void tcx_snmpd_conf_finish(struct tcx_snmpd_conf *conf)
{
	struct vacm_viewEntry *view = vacm_createViewEntry("_all_", (oid[]){1}, 1);

	conf->short_of_memory |= view == NULL;
	if (view != NULL)
		view->viewType = SNMP_VIEW_INCLUDED;
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *group = &conf->rows[i];
		struct tcx_snmpd_row user = {.kind = "user"};

		if (group->type != TCX_SNMPD_GROUP)
			continue;
		if (is_community_model(group->model)) {
			join_communities(conf, group);
			continue;
		}
		tcx_snmpd_copy(user.value, group->name);
		join_accesses(conf, &user, group);
	}
}
