/* Who may read what: the directives of access control (agent/mibgroup/mibII/vacm_conf.c in
 * net-snmp). */
#include "line.h"

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

/* "name*" means all contexts that begin with name, and "*" all. */
static bool take_context(char *context, const char *word)
{
	size_t len = strlen(word);
	bool prefix = len > 0 && word[len - 1] == '*';

	snprintf(context, TCX_SNMPD_WORD_MAX, "%.*s", (int)(len - prefix), word);
	return prefix;
}

/* Of the versions of SNMP, those that a model is. */
static unsigned int versions_of(const char *model)
{
	static const struct {
		const char *model;
		unsigned int versions;
	} models[] = {
		{"v1", TCX_SNMPD_V1},
		{"1", TCX_SNMPD_V1},
		{"v2c", TCX_SNMPD_V2C},
		{"2c", TCX_SNMPD_V2C},
		{"any", TCX_SNMPD_V1 | TCX_SNMPD_V2C | TCX_SNMPD_V3},
	};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		if (strcasecmp(model, models[i].model) == 0)
			return models[i].versions;
	return TCX_SNMPD_V3;
}

/* The OID in place of a view becomes a view with a name of our own. What is none is not printed: on
 * a line whose words are in a wrong order it may be a password. */
static void restrict_to(const struct snmpd_place *at, struct tcx_snmpd_access *access,
			const char *oid)
{
	struct tcx_snmpd_subtree subtree = {.included = true};

	tcx_snmpd_copy(access->oid, oid);
	snprintf(access->view, sizeof(access->view), "tcpext%zu", at->conf->access_count + 1);
	tcx_snmpd_copy(subtree.view, access->view);
	access->unclear = !tcx_snmpd_view_oid(oid, subtree.oid, &subtree.len);
	if (!access->unclear)
		tcx_snmpd_add_subtree(at->conf, &subtree);
	else
		tcx_snmpd_note(at, "what stands in the place of a view is not understood here; "
				   "write -V and the name of a view, or an OID in numbers");
}

/*
 * [-v VERSION | -s MODEL] NAME [SOURCE | LEVEL [OID | -V VIEW [CONTEXT]]], from word i on
 * (vacm_create_simple())
 */
static void take_simple_words(const struct snmpd_place *at, const struct snmpd_directive *directive,
			      const struct snmpd_words *words, size_t i)
{
	bool is_user = strcmp(directive->kind, "user") == 0;
	struct tcx_snmpd_access access = {.view = "_all_", .kind = directive->kind};
	bool has_view;

	access.versions = is_user ? TCX_SNMPD_V3 : TCX_SNMPD_V1 | TCX_SNMPD_V2C;
	if (strcmp(tcx_snmpd_word(words, i), "-v") == 0 ||
	    strcmp(tcx_snmpd_word(words, i), "-s") == 0) {
		access.versions = versions_of(tcx_snmpd_word(words, i + 1));
		i += 2;
	}
	tcx_snmpd_copy(access.name, tcx_snmpd_word(words, i));
	tcx_snmpd_copy(is_user ? access.level : access.source, tcx_snmpd_word(words, i + 1));
	snprintf(access.place, sizeof(access.place), "%.300s:%u", at->path, at->line);
	i += 2;
	has_view = strcmp(tcx_snmpd_word(words, i), "-V") == 0;
	take_context(access.context, tcx_snmpd_word(words, i + 1 + has_view));
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
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_COM2SEC, .kind = directive->kind};
	struct snmpd_words words;
	size_t i = 0;

	tcx_snmpd_split(rest, &words);
	if (strcmp(tcx_snmpd_word(&words, 0), "-Cn") == 0) {
		tcx_snmpd_copy(row.context, tcx_snmpd_word(&words, 1));
		i = 2;
	}
	if (words.count < i + 3)
		return;
	tcx_snmpd_copy(row.name, tcx_snmpd_word(&words, i));
	tcx_snmpd_copy(row.source, tcx_snmpd_word(&words, i + 1));
	tcx_snmpd_copy(row.value, tcx_snmpd_word(&words, i + 2));
	tcx_snmpd_add_row(at, &row);
}

/* [-e ENGINEID] NAME [AUTH-TYPE AUTH [PRIV-TYPE [PRIV]]]; without -m or -l, words to make keys of
 */
void tcx_snmpd_take_create_user(const struct snmpd_place *at,
				const struct snmpd_directive *directive, char *rest)
{
	struct tcx_snmpd_user user = {.name = ""};
	struct snmpd_words words;
	size_t i = 0;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (strcmp(tcx_snmpd_word(&words, 0), "-e") == 0)
		i = 2;
	tcx_snmpd_copy(user.name, tcx_snmpd_word(&words, i));
	tcx_snmpd_copy(user.auth_type, tcx_snmpd_word(&words, i + 1));
	tcx_snmpd_copy(user.auth, tcx_snmpd_word(&words, i + 2));
	tcx_snmpd_copy(user.priv_type, tcx_snmpd_word(&words, i + 3));
	tcx_snmpd_copy(user.priv, tcx_snmpd_word(&words, i + (i + 4 < words.count ? 4 : 2)));
	tcx_snmpd_add_user(at->conf, &user);
}

/* GROUP MODEL SECNAME */
void tcx_snmpd_take_group(const struct snmpd_place *at, const struct snmpd_directive *directive,
			  char *rest)
{
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_GROUP};
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

/* Words of a line that names a group, by their places in it. */
struct group_words {
	size_t group, context, model, level, match, view;
};

static void add_group_access(const struct snmpd_place *at, const struct snmpd_words *words,
			     const struct group_words *place)
{
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_ACCESS};

	if (place->view >= words->count)
		return;
	tcx_snmpd_copy(row.name, tcx_snmpd_word(words, place->group));
	tcx_snmpd_copy(row.model, place->model > 0 ? tcx_snmpd_word(words, place->model) : "any");
	tcx_snmpd_copy(row.level, tcx_snmpd_word(words, place->level));
	tcx_snmpd_copy(row.value, tcx_snmpd_word(words, place->view));
	row.prefix = take_context(row.context, tcx_snmpd_word(words, place->context));
	if (place->match > 0)
		row.prefix = strcmp(tcx_snmpd_word(words, place->match), "prefix") == 0;
	tcx_snmpd_add_row(at, &row);
}

/* GROUP CONTEXT MODEL LEVEL MATCH READ WRITE NOTIFY */
void tcx_snmpd_take_access(const struct snmpd_place *at, const struct snmpd_directive *directive,
			   char *rest)
{
	static const struct group_words places = {0, 1, 2, 3, 4, 5};
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	add_group_access(at, &words, &places);
}

/* GROUP CONTEXT MODEL LEVEL MATCH TYPE VIEW */
void tcx_snmpd_take_setaccess(const struct snmpd_place *at, const struct snmpd_directive *directive,
			      char *rest)
{
	static const struct group_words places = {0, 1, 2, 3, 4, 6};
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (strcmp(tcx_snmpd_word(&words, 5), "read") == 0)
		add_group_access(at, &words, &places);
}

/* TYPES GROUP [-s MODEL] VIEW [LEVEL [CONTEXT]] */
void tcx_snmpd_take_authaccess(const struct snmpd_place *at,
			       const struct snmpd_directive *directive, char *rest)
{
	static const struct group_words places[] = {{1, 4, 0, 3, 0, 2}, {1, 6, 3, 5, 0, 4}};
	struct snmpd_words words;

	(void)directive;
	tcx_snmpd_split(rest, &words);
	if (words.count < 3 || !names_read(words.word[0]))
		return;
	add_group_access(at, &words, &places[strcmp(words.word[2], "-s") == 0]);
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

static bool admits(const struct tcx_snmpd_row *row, const char *context)
{
	return row->prefix ? strncmp(context, row->context, strlen(row->context)) == 0
			   : strcmp(context, row->context) == 0;
}

/* Gives a community, or a user, all that the access lines of its group allow. */
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
		tcx_snmpd_copy(access.level, row->level);
		tcx_snmpd_copy(access.view, row->value);
		access.versions = versions_of(row->model) & versions_of(group->model);
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
