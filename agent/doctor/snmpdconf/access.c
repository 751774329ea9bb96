/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parses the directives of access control (agent/mibgroup/mibII/vacm_conf.c) and agentXPerms, and
 * joins them to what each community and user may read.
 */
#include "line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/list.h"
#include "snmp/netsnmp.h"

#define WORDS_MAX 12   /* of a line; none of our directives has more */
#define TEXT_MAX  2048 /* of a word, such as a long OID */

struct line {
	const struct snmpd_place *at;
	const char *kind;		/* of those whom its directive lets in */
	size_t count;			/* of words */
	char word[WORDS_MAX][TEXT_MAX]; /* the others are empty */
};

/* One line of com2sec, group or access, before they are joined. */
struct tcx_snmpd_row {
	enum { COM2SEC = 1, GROUP, ACCESS } type;
	const char *kind;		  /* as in struct tcx_snmpd_access */
	char name[TCX_SNMPD_WORD_MAX];	  /* security name; of access: the group */
	char value[TCX_SNMPD_WORD_MAX];	  /* community, group or view */
	unsigned int versions;		  /* of its model */
	char source[TCX_SNMPD_WORD_MAX];  /* of com2sec */
	char context[TCX_SNMPD_WORD_MAX]; /* of com2sec and access */
	bool prefix;			  /* access: all contexts with this prefix */
	char place[TCX_SNMPD_PLACE_MAX];
};

static unsigned int versions_of(const char *model)
{
	if (strcasecmp(model, "any") == 0)
		return TCX_SNMPD_V1 | TCX_SNMPD_V2C | TCX_SNMPD_V3;
	model += *model == 'v' || *model == 'V';
	return strcmp(model, "1") == 0	       ? TCX_SNMPD_V1
	       : strcasecmp(model, "2c") == 0  ? TCX_SNMPD_V2C
	       : strcasecmp(model, "tsm") == 0 ? TCX_SNMPD_TSM
					       : TCX_SNMPD_USM;
}

static void write_place(const struct line *line, char place[TCX_SNMPD_PLACE_MAX])
{
	snprintf(place, TCX_SNMPD_PLACE_MAX, "%.300s:%u", line->at->path, line->at->line);
}

/* Adds a line of a view, by which the library then checks; NULL when that fails. */
static struct vacm_viewEntry *add_view(const struct line *line, const char *view, oid *name,
				       size_t len)
{
	struct vacm_viewEntry *added = vacm_createViewEntry(view, name, len);

	if (added != NULL)
		added->viewType = SNMP_VIEW_INCLUDED;
	else if (strlen(view) > VACM_MAX_STRING)
		tcx_snmpd_note(line->at, "view '%.100s': snmpd takes names of %d characters only",
			       view, VACM_MAX_STRING);
	else
		line->at->conf->short_of_memory = true;
	return added;
}

static void add_row(const struct line *line, struct tcx_snmpd_row *row, size_t name, size_t value)
{
	struct tcx_snmpd_conf *conf = line->at->conf;

	if (name >= line->count || value >= line->count)
		return;
	tcx_snmpd_copy(row->name, line->word[name]);
	tcx_snmpd_copy(row->value, line->word[value]);
	write_place(line, row->place);
	tcx_snmpd_append(conf, &conf->rows, &conf->row_count, row, sizeof(*row));
}

static void drop(struct line *line, size_t at, size_t words)
{
	memmove(line->word[at], line->word[at + words], (WORDS_MAX - at - words) * TEXT_MAX);
	line->count -= words;
}

/* Takes an option and its word off the line. */
static bool take_option(struct line *line, size_t at, const char *option, char *word)
{
	if (strcmp(line->word[at], option) != 0)
		return false;
	tcx_snmpd_copy(word, line->word[at + 1]);
	drop(line, at, line->count < at + 2 ? 1 : 2);
	return true;
}

/* A mask can have several words, of bytes as in "ff:a0" or "ff.a0". */
static bool take_mask(const struct line *line, size_t first, u_char *mask, size_t *len)
{
	char byte[PATH_MAX];

	for (size_t i = first; i < line->count; i++)
		for (const char *text = line->word[i]; tcx_list_next(&text, ".:", byte);) {
			char *end;
			unsigned long value = strtoul(byte, &end, 16);

			if (*end != '\0' || value > 0xff || *len == VACMSTRINGLEN)
				return false;
			mask[(*len)++] = (u_char)value;
		}
	return true;
}

/* view NAME included|excluded OID [MASK] */
static void take_view(struct line *line)
{
	const char *view = line->word[0], *how = line->word[1], *text = line->word[2];
	bool included = strcmp(how, "included") == 0;
	struct vacm_viewEntry *added;
	u_char mask[VACMSTRINGLEN];
	size_t len, mask_len = 0;
	oid name[MAX_OID_LEN];

	if (!included && strcmp(how, "excluded") != 0)
		tcx_snmpd_note(line->at, "view '%.100s': '%s' is wrong: write included or excluded",
			       view, how);
	else if (!tcx_snmpd_oid(text, name, &len))
		tcx_snmpd_note(
			line->at,
			"view '%.100s': '%s' is not understood here; write the OID in numbers",
			view, text);
	else if (!take_mask(line, 3, mask, &mask_len))
		tcx_snmpd_note(
			line->at,
			"view '%.100s': the mask is wrong: write hexadecimal bytes, as in ff:a0",
			view);
	else if ((added = add_view(line, view, name, len)) != NULL) {
		added->viewType = included ? SNMP_VIEW_INCLUDED : SNMP_VIEW_EXCLUDED;
		memcpy(added->viewMask, mask, mask_len);
		added->viewMaskLen = mask_len;
	}
}

/* "name*" means all contexts with this prefix; "*" means all. */
static bool take_context(char *context, const char *word)
{
	size_t len = strlen(word);
	bool prefix = len > 0 && word[len - 1] == '*';

	snprintf(context, TCX_SNMPD_WORD_MAX, "%.*s", (int)(len - prefix), word);
	return prefix;
}

/*
 * Makes a view, with a name of our own, of an OID. A malformed OID is not printed: on a line with
 * words in a wrong order it may be a password.
 */
static void restrict_to(const struct line *line, struct tcx_snmpd_access *access, const char *text)
{
	oid name[MAX_OID_LEN];
	size_t len;

	tcx_snmpd_copy(access->oid, text);
	snprintf(access->view, sizeof(access->view), "tcpext%zu", line->at->conf->access_count + 1);
	access->unclear = !tcx_snmpd_oid(text, name, &len);
	if (!access->unclear)
		add_view(line, access->view, name, len);
	else
		tcx_snmpd_note(line->at,
			       "what stands in the place of a view is not understood here; "
			       "write -V and the name of a view, or an OID in numbers");
}

static bool same_access(const struct tcx_snmpd_access *a, const struct tcx_snmpd_access *b)
{
	return a->kind == b->kind && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->view, b->view) == 0 && strcmp(a->context, b->context) == 0 &&
	       strcmp(a->place, b->place) == 0;
}

/* The view "none" grants nothing, on purpose: no note. Two models can give the same access. */
static void add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access)
{
	if (strcmp(access->view, "none") == 0 || strcmp(access->view, "_none_") == 0)
		return;
	for (size_t i = 0; i < conf->access_count; i++)
		if (same_access(&conf->accesses[i], access)) {
			conf->accesses[i].versions |= access->versions;
			return;
		}
	tcx_snmpd_append(conf, &conf->accesses, &conf->access_count, access, sizeof(*access));
}

/* [-v VERSION | -s MODEL] NAME [SOURCE | LEVEL [OID | -V VIEW [CONTEXT]]] (vacm_create_simple()) */
static void take_simple(struct line *line)
{
	bool is_user = strcmp(line->kind, "user") == 0;
	struct tcx_snmpd_access access = {.view = "_all_", .kind = line->kind};
	char model[TCX_SNMPD_WORD_MAX];
	bool has_view;

	access.versions = is_user ? TCX_SNMPD_V3 : TCX_SNMPD_V1 | TCX_SNMPD_V2C;
	if (take_option(line, 0, "-v", model) || take_option(line, 0, "-s", model))
		access.versions = versions_of(model);
	tcx_snmpd_copy(access.name, line->word[0]);
	tcx_snmpd_copy(access.source, is_user ? "" : line->word[1]);
	write_place(line, access.place);
	has_view = take_option(line, 2, "-V", access.view);
	access.unsaid = is_user && line->count <= (has_view ? 2 : 3);
	access.prefix = take_context(access.context, line->word[has_view ? 2 : 3]) && is_user;
	access.prefix |= access.unsaid;
	if (!has_view && line->count > 2)
		restrict_to(line, &access, line->word[2]);
	add_access(line->at->conf, &access);
}

/* "read", or "read,write" and so on (vacm_parse_authtokens()). */
static bool names_read(const char *types)
{
	char type[PATH_MAX];

	while (tcx_list_next(&types, ",|:", type))
		if (strcmp(type, "read") == 0)
			return true;
	return false;
}

/* TYPES and then as above */
static void take_auth(struct line *line)
{
	if (line->count < 2 || !names_read(line->word[0]))
		return;
	drop(line, 0, 1);
	take_simple(line);
}

/* [-Cn CONTEXT] SECNAME SOURCE COMMUNITY */
static void take_com2sec(struct line *line)
{
	struct tcx_snmpd_row row = {.type = COM2SEC, .kind = line->kind};

	take_option(line, 0, "-Cn", row.context);
	tcx_snmpd_copy(row.source, line->word[1]);
	add_row(line, &row, 0, 2);
}

/* [-e ENGINEID] NAME [AUTH-TYPE AUTH [PRIV-TYPE [PRIV]]]; no -m or -l: words to make keys of */
static void take_create_user(struct line *line)
{
	struct tcx_snmpd_conf *conf = line->at->conf;
	struct tcx_snmpd_user user;

	take_option(line, 0, "-e", user.name);
	tcx_snmpd_copy(user.name, line->word[0]);
	tcx_snmpd_copy(user.auth_type, line->word[1]);
	tcx_snmpd_copy(user.auth, line->word[2]);
	tcx_snmpd_copy(user.priv_type, line->word[3]);
	tcx_snmpd_copy(user.priv, line->word[line->count > 4 ? 4 : 2]);
	tcx_snmpd_append(conf, &conf->users, &conf->user_count, &user, sizeof(user));
}

/* GROUP MODEL SECNAME */
static void take_group(struct line *line)
{
	struct tcx_snmpd_row row = {.type = GROUP, .versions = versions_of(line->word[1])};

	add_row(line, &row, 2, 0);
}

/* GROUP CONTEXT MODEL LEVEL MATCH ..., with the view that may be read at this place. */
static void add_access_row(const struct line *line, size_t view)
{
	struct tcx_snmpd_row row = {.type = ACCESS, .versions = versions_of(line->word[2])};

	take_context(row.context, line->word[1]);
	row.prefix = strcmp(line->word[4], "prefix") == 0;
	add_row(line, &row, 0, view);
}

/* ... READ WRITE NOTIFY */
static void take_access(struct line *line)
{
	add_access_row(line, 5);
}

/* ... TYPE VIEW */
static void take_setaccess(struct line *line)
{
	if (strcmp(line->word[5], "read") == 0)
		add_access_row(line, 6);
}

/* TYPES GROUP [-s MODEL] VIEW [LEVEL [CONTEXT]] */
static void take_authaccess(struct line *line)
{
	struct tcx_snmpd_row row = {.type = ACCESS};
	char model[TCX_SNMPD_WORD_MAX] = "any";

	if (!names_read(line->word[0]))
		return;
	take_option(line, 2, "-s", model);
	row.versions = versions_of(model);
	row.prefix = take_context(row.context, line->word[4]);
	add_row(line, &row, 1, 2);
}

static int parse_mode(const char *text)
{
	return text[0] != '\0' ? (int)strtol(text, NULL, 8) : -1;
}

/* MODE-OF-SOCKET [MODE-OF-DIRECTORY [USER [GROUP]]] */
static void take_perms(struct line *line)
{
	struct tcx_snmpd_perms *perms = &line->at->conf->perms;

	perms->socket = parse_mode(line->word[0]);
	perms->directory = parse_mode(line->word[1]);
	tcx_snmpd_copy(perms->user, line->word[2]);
	tcx_snmpd_copy(perms->group, line->word[3]);
}

static const struct {
	const char *token;
	void (*take)(struct line *line);
	const char *kind;
} directives[] = {
	{"agentXPerms", take_perms, NULL},
	{"createUser", take_create_user, NULL},
	{"view", take_view, NULL},
	{"rocommunity", take_simple, "community"},
	{"rwcommunity", take_simple, "community"},
	{"rocommunity6", take_simple, "IPv6 community"},
	{"rwcommunity6", take_simple, "IPv6 community"},
	{"rouser", take_simple, "user"},
	{"rwuser", take_simple, "user"},
	{"authcommunity", take_auth, "community"},
	{"authuser", take_auth, "user"},
	{"com2sec", take_com2sec, "community"},
	{"com2sec6", take_com2sec, "IPv6 community"},
	{"com2secunix", take_com2sec, "unix community"},
	{"group", take_group, NULL},
	{"access", take_access, NULL},
	{"setaccess", take_setaccess, NULL},
	{"authaccess", take_authaccess, NULL},
};

void tcx_snmpd_take_access(const struct snmpd_place *at, const char *token, char *rest)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (strcasecmp(token, directives[i].token) == 0) {
			struct line line = {.at = at, .kind = directives[i].kind};

			while (rest != NULL && line.count < WORDS_MAX)
				rest = copy_nword(rest, line.word[line.count++], TEXT_MAX);
			directives[i].take(&line);
		}
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
	bool is_user = strcmp(whom->kind, "user") == 0;

	tcx_snmpd_copy(access.name, whom->value);
	tcx_snmpd_copy(access.source, whom->source);
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *row = &conf->rows[i];

		access.versions = row->versions & group->versions;
		if (row->type != ACCESS || strcmp(row->name, group->value) != 0 ||
		    access.versions == 0)
			continue;
		if (!admits(row, whom->context) && whom->context[0] != '\0')
			continue;
		tcx_snmpd_copy(access.context,
			       admits(row, whom->context) ? whom->context : row->context);
		access.idle = !is_user && !admits(row, whom->context);
		access.prefix = is_user && row->prefix;
		tcx_snmpd_copy(access.view, row->value);
		memcpy(access.place, row->place, sizeof(access.place));
		add_access(conf, &access);
	}
}

static void join_communities(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_row *group)
{
	for (size_t i = 0; i < conf->row_count; i++)
		if (conf->rows[i].type == COM2SEC && strcmp(conf->rows[i].name, group->name) == 0)
			join_accesses(conf, &conf->rows[i], group);
}

static bool reads(const struct tcx_snmpd_conf *conf, const struct tcx_snmpd_row *whom)
{
	for (size_t i = 0; i < conf->access_count; i++)
		if (strcmp(conf->accesses[i].kind, whom->kind) == 0 &&
		    strcmp(conf->accesses[i].name, whom->value) == 0 &&
		    strcmp(conf->accesses[i].context, whom->context) == 0)
			return true;
	return false;
}

/* Call when all accesses are known. */
static void find_shut(struct tcx_snmpd_conf *conf)
{
	for (size_t i = 0; i < conf->row_count; i++) {
		const struct tcx_snmpd_row *whom = &conf->rows[i];
		struct tcx_snmpd_shut shut = {.group = ""};

		if (whom->type != COM2SEC || whom->context[0] == '\0' || reads(conf, whom))
			continue;
		tcx_snmpd_copy(shut.context, whom->context);
		tcx_snmpd_copy(shut.name, whom->name);
		memcpy(shut.place, whom->place, sizeof(shut.place));
		for (size_t k = 0; k < conf->row_count; k++)
			if (conf->rows[k].type == GROUP &&
			    strcmp(conf->rows[k].name, whom->name) == 0)
				tcx_snmpd_copy(shut.group, conf->rows[k].value);
		tcx_snmpd_append(conf, &conf->shut, &conf->shut_count, &shut, sizeof(shut));
	}
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

		if (group->type != GROUP)
			continue;
		if ((group->versions & (TCX_SNMPD_V1 | TCX_SNMPD_V2C)) != 0) {
			join_communities(conf, group);
			continue;
		}
		tcx_snmpd_copy(user.value, group->name);
		join_accesses(conf, &user, group);
	}
	find_shut(conf);
}
