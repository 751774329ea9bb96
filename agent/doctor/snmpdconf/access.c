/* SPDX-License-Identifier: BSD-2-Clause */
/* Parses the directives of access control (agent/mibgroup/mibII/vacm_conf.c) and agentXPerms. */
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

static unsigned int versions_of(const char *model)
{
	if (strcasecmp(model, "any") == 0)
		return TCX_SNMPD_V1 | TCX_SNMPD_V2C | TCX_SNMPD_V3;
	model += *model == 'v' || *model == 'V';
	return strcmp(model, "1") == 0	      ? TCX_SNMPD_V1
	       : strcasecmp(model, "2c") == 0 ? TCX_SNMPD_V2C
					      : TCX_SNMPD_V3;
}

static void write_place(const struct line *line, char place[TCX_SNMPD_PLACE_MAX])
{
	snprintf(place, TCX_SNMPD_PLACE_MAX, "%.300s:%u", line->at->path, line->at->line);
}

static void add_subtree(const struct line *line, const struct tcx_snmpd_subtree *subtree)
{
	struct tcx_snmpd_conf *conf = line->at->conf;

	tcx_snmpd_append(conf, &conf->subtrees, &conf->subtree_count, subtree, sizeof(*subtree));
}

static void add_row(const struct line *line, struct tcx_snmpd_row *row, size_t name, size_t value)
{
	struct tcx_snmpd_conf *conf = line->at->conf;

	if (name >= line->count || value >= line->count)
		return;
	tcx_snmpd_copy(row->name, line->word[name]);
	tcx_snmpd_copy(row->value, line->word[value]);
	write_place(line, row->place);
	row->versions = versions_of(row->model);
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

/* A mask can have several words. */
static bool take_mask(const struct line *line, size_t first, struct tcx_snmpd_subtree *subtree)
{
	for (size_t i = first; i < line->count; i++)
		if (!tcx_snmpd_view_mask(line->word[i], subtree))
			return false;
	return true;
}

/* view NAME included|excluded OID [MASK] */
static void take_view(struct line *line)
{
	struct tcx_snmpd_subtree subtree = {.len = 0};

	tcx_snmpd_copy(subtree.view, line->word[0]);
	subtree.included = strcmp(line->word[1], "included") == 0;
	if (!subtree.included && strcmp(line->word[1], "excluded") != 0)
		tcx_snmpd_note(line->at, "view '%s': '%s' is wrong: write included or excluded",
			       subtree.view, line->word[1]);
	else if (!tcx_snmpd_view_oid(line->word[2], subtree.oid, &subtree.len))
		tcx_snmpd_note(line->at,
			       "view '%s': '%s' is not understood here; write the OID in numbers",
			       subtree.view, line->word[2]);
	else if (!take_mask(line, 3, &subtree))
		tcx_snmpd_note(line->at,
			       "view '%s': the mask is wrong: write hexadecimal bytes, as in ff:a0",
			       subtree.view);
	else
		add_subtree(line, &subtree);
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
static void restrict_to(const struct line *line, struct tcx_snmpd_access *access, const char *oid)
{
	struct tcx_snmpd_subtree subtree = {.included = true};

	tcx_snmpd_copy(access->oid, oid);
	snprintf(access->view, sizeof(access->view), "tcpext%zu", line->at->conf->access_count + 1);
	tcx_snmpd_copy(subtree.view, access->view);
	access->unclear = !tcx_snmpd_view_oid(oid, subtree.oid, &subtree.len);
	if (!access->unclear)
		add_subtree(line, &subtree);
	else
		tcx_snmpd_note(line->at,
			       "what stands in the place of a view is not understood here; "
			       "write -V and the name of a view, or an OID in numbers");
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
	take_context(access.context, line->word[has_view ? 2 : 3]);
	if (!has_view && line->count > 2)
		restrict_to(line, &access, line->word[2]);
	tcx_snmpd_add_access(line->at->conf, &access);
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
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_COM2SEC, .kind = line->kind};

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
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_GROUP};

	tcx_snmpd_copy(row.model, line->word[1]);
	add_row(line, &row, 2, 0);
}

/* GROUP CONTEXT MODEL LEVEL MATCH ..., with the view that may be read at this place. */
static void add_access_row(const struct line *line, size_t view)
{
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_ACCESS};

	take_context(row.context, line->word[1]);
	tcx_snmpd_copy(row.model, line->word[2]);
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
	struct tcx_snmpd_row row = {.type = TCX_SNMPD_ACCESS, .model = "any"};

	if (!names_read(line->word[0]))
		return;
	take_option(line, 2, "-s", row.model);
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
