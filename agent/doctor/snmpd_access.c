/* Who may read what: the directives of access control (agent/mibgroup/mibII/vacm_conf.c in
 * net-snmp). */
#include "snmpd_conf.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* A mask may be written in several words. */
static bool take_mask(const struct snmpd_words *words, size_t first,
		      struct tcx_snmpd_subtree *subtree)
{
	for (size_t i = first; i < words->count; i++)
		if (!tcx_snmpd_view_mask(words->word[i], subtree))
			return false;
	return true;
}

/* view NAME included|excluded OID [MASK] */
void tcx_snmpd_take_view(const struct snmpd_place *at, const struct snmpd_directive *directive,
			 char *rest)
{
	struct tcx_snmpd_subtree subtree = {.len = 0};
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	tcx_snmpd_copy(subtree.view, tcx_snmpd_word(&words, 0));
	subtree.included = strcmp(tcx_snmpd_word(&words, 1), "included") == 0;
	if (!subtree.included && strcmp(tcx_snmpd_word(&words, 1), "excluded") != 0)
		tcx_snmpd_note(at, "view '%s': '%s' is wrong: write included or excluded",
			       subtree.view, tcx_snmpd_word(&words, 1));
	else if (!tcx_snmpd_view_oid(tcx_snmpd_word(&words, 2), subtree.oid, &subtree.len))
		tcx_snmpd_note(at,
			       "view '%s': '%s' is not understood here; write the OID in numbers",
			       subtree.view, tcx_snmpd_word(&words, 2));
	else if (!take_mask(&words, 3, &subtree))
		tcx_snmpd_note(at,
			       "view '%s': the mask is wrong: write hexadecimal bytes, as in ff:a0",
			       subtree.view);
	else
		tcx_snmpd_add_subtree(at->conf, &subtree);
}

/* "name", "name*" and so on: only the empty context is the one that the agent serves. */
static bool is_default_context(const char *context)
{
	return context[0] == '\0' || strcmp(context, "*") == 0;
}

/* The OID in place of a view becomes a view with a name of our own. */
static void restrict_to(const struct snmpd_place *at, struct tcx_snmpd_access *access,
			const char *oid)
{
	struct tcx_snmpd_subtree subtree = {.included = true};

	tcx_snmpd_copy(access->oid, oid);
	snprintf(access->view, sizeof(access->view), "tcpext%zu", at->conf->access_count + 1);
	tcx_snmpd_copy(subtree.view, access->view);
	if (tcx_snmpd_view_oid(oid, subtree.oid, &subtree.len))
		tcx_snmpd_add_subtree(at->conf, &subtree);
	else
		tcx_snmpd_note(at, "'%s' is not understood here; write the OID in numbers", oid);
}

/*
 * [-v VERSION | -s MODEL] NAME [SOURCE | LEVEL [OID | -V VIEW [CONTEXT]]], from word i on
 * (vacm_create_simple())
 */
static void take_simple_words(const struct snmpd_place *at, const struct snmpd_directive *directive,
			      const struct snmpd_words *words, size_t i)
{
	struct tcx_snmpd_access access = {.view = "_all_"};
	bool has_view;

	if (strcmp(tcx_snmpd_word(words, i), "-v") == 0 ||
	    strcmp(tcx_snmpd_word(words, i), "-s") == 0)
		i += 2;
	snprintf(access.who, sizeof(access.who), "%s %.100s", directive->who,
		 tcx_snmpd_word(words, i));
	snprintf(access.place, sizeof(access.place), "%.300s:%u", at->path, at->line);
	i += 2;
	has_view = strcmp(tcx_snmpd_word(words, i), "-V") == 0;
	if (!is_default_context(tcx_snmpd_word(words, i + 1 + has_view)))
		return;
	if (has_view)
		tcx_snmpd_copy(access.view, tcx_snmpd_word(words, i + 1));
	else if (i < words->count)
		restrict_to(at, &access, tcx_snmpd_word(words, i));
	tcx_snmpd_add_access(at->conf, &access);
}

void tcx_snmpd_take_simple(const struct snmpd_place *at, const struct snmpd_directive *directive,
			   char *rest)
{
	struct snmpd_words words;

	tcx_snmpd_split(rest, &words);
	take_simple_words(at, directive, &words, 0);
}

/* "read", or "read,write" and so on (vacm_parse_authtokens()). */
static bool names_read(char *types)
{
	char *rest = NULL;

	for (char *type = strtok_r(types, ",|:", &rest); type != NULL;
	     type = strtok_r(NULL, ",|:", &rest))
		if (strcmp(type, "read") == 0)
			return true;
	return false;
}

/* TYPES and then as above */
void tcx_snmpd_take_auth(const struct snmpd_place *at, const struct snmpd_directive *directive,
			 char *rest)
{
	struct snmpd_words words;

	tcx_snmpd_split(rest, &words);
	if (words.count > 1 && names_read(words.word[0]))
		take_simple_words(at, directive, &words, 1);
}

/* [-Cn CONTEXT] SECNAME SOURCE COMMUNITY */
void tcx_snmpd_take_com2sec(const struct snmpd_place *at, const struct snmpd_directive *directive,
			    char *rest)
{
	struct tcx_snmpd_row row = {.kind = TCX_SNMPD_COM2SEC};
	struct snmpd_words words;
	size_t i = 0;

	tcx_snmpd_split(rest, &words);
	if (strcmp(tcx_snmpd_word(&words, 0), "-Cn") == 0) {
		if (!is_default_context(tcx_snmpd_word(&words, 1)))
			return;
		i = 2;
	}
	if (words.count < i + 3)
		return;
	tcx_snmpd_copy(row.name, tcx_snmpd_word(&words, i));
	snprintf(row.value, sizeof(row.value), "%s %.100s", directive->who,
		 tcx_snmpd_word(&words, i + 2));
	tcx_snmpd_add_row(at, &row);
}

/* GROUP MODEL SECNAME */
void tcx_snmpd_take_group(const struct snmpd_place *at, const struct snmpd_directive *directive,
			  char *rest)
{
	struct tcx_snmpd_row row = {.kind = TCX_SNMPD_GROUP};
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (words.count < 3)
		return;
	tcx_snmpd_copy(row.value, tcx_snmpd_word(&words, 0));
	tcx_snmpd_copy(row.model, tcx_snmpd_word(&words, 1));
	tcx_snmpd_copy(row.name, tcx_snmpd_word(&words, 2));
	tcx_snmpd_add_row(at, &row);
}

static void add_group_access(const struct snmpd_place *at, const char *group, const char *model,
			     const char *context, const char *view)
{
	struct tcx_snmpd_row row = {.kind = TCX_SNMPD_ACCESS};

	if (view[0] == '\0' || !is_default_context(context))
		return;
	tcx_snmpd_copy(row.name, group);
	tcx_snmpd_copy(row.model, model);
	tcx_snmpd_copy(row.value, view);
	tcx_snmpd_add_row(at, &row);
}

/* GROUP CONTEXT MODEL LEVEL MATCH READ WRITE NOTIFY */
void tcx_snmpd_take_access(const struct snmpd_place *at, const struct snmpd_directive *directive,
			   char *rest)
{
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	add_group_access(at, tcx_snmpd_word(&words, 0), tcx_snmpd_word(&words, 2),
			 tcx_snmpd_word(&words, 1), tcx_snmpd_word(&words, 5));
}

/* GROUP CONTEXT MODEL LEVEL MATCH TYPE VIEW */
void tcx_snmpd_take_setaccess(const struct snmpd_place *at, const struct snmpd_directive *directive,
			      char *rest)
{
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (strcmp(tcx_snmpd_word(&words, 5), "read") == 0)
		add_group_access(at, tcx_snmpd_word(&words, 0), tcx_snmpd_word(&words, 2),
				 tcx_snmpd_word(&words, 1), tcx_snmpd_word(&words, 6));
}

/* TYPES GROUP [-s MODEL] VIEW [LEVEL [CONTEXT]] */
void tcx_snmpd_take_authaccess(const struct snmpd_place *at,
			       const struct snmpd_directive *directive, char *rest)
{
	const char *model = "any";
	struct snmpd_words words;
	size_t i = 2;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (words.count < 3 || !names_read(words.word[0]))
		return;
	if (strcmp(tcx_snmpd_word(&words, 2), "-s") == 0) {
		model = tcx_snmpd_word(&words, 3);
		i = 4;
	}
	add_group_access(at, tcx_snmpd_word(&words, 1), model, tcx_snmpd_word(&words, i + 2),
			 tcx_snmpd_word(&words, i));
}

static bool is_community_model(const char *model)
{
	return strcasecmp(model, "v1") == 0 || strcasecmp(model, "v2c") == 0 ||
	       strcasecmp(model, "any") == 0;
}

static bool models_meet(const char *a, const char *b)
{
	return strcasecmp(a, "any") == 0 || strcasecmp(b, "any") == 0 || strcasecmp(a, b) == 0;
}

/* Gives who all that the access lines of a group allow. */
static void join_accesses(struct tcx_snmpd_conf *conf, const char *who,
			  const struct tcx_snmpd_row *group)
{
	struct tcx_snmpd_access access = {.who = ""};

	tcx_snmpd_copy(access.who, who);
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *row = &conf->rows[i];

		if (row->kind != TCX_SNMPD_ACCESS || strcmp(row->name, group->value) != 0 ||
		    !models_meet(row->model, group->model))
			continue;
		tcx_snmpd_copy(access.view, row->value);
		memcpy(access.place, row->place, sizeof(access.place));
		tcx_snmpd_add_access(conf, &access);
	}
}

static void join_communities(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_row *group)
{
	for (size_t i = 0; i < conf->row_count; i++)
		if (conf->rows[i].kind == TCX_SNMPD_COM2SEC &&
		    strcmp(conf->rows[i].name, group->name) == 0)
			join_accesses(conf, conf->rows[i].value, group);
}

void tcx_snmpd_conf_finish(struct tcx_snmpd_conf *conf)
{
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *group = &conf->rows[i];
		char who[TCX_SNMPD_WORD_MAX];

		if (group->kind != TCX_SNMPD_GROUP)
			continue;
		if (is_community_model(group->model)) {
			join_communities(conf, group);
			continue;
		}
		snprintf(who, sizeof(who), "user %.100s", group->name);
		join_accesses(conf, who, group);
	}
}
