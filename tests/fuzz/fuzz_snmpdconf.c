/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes snmpd.conf as --doctor reads it: the input is the file.
 *
 * Beyond not crashing: a file gives the same through a line that includes it; whoever may read has
 * a place in a file, a version, and no view that grants nothing; of lines that are plain, sinks,
 * users and the socket are those that a second reader finds.
 */
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "agent/doctor/snmpdconf/conf.h"
#include "tests/unit/fixture.h"

#include "fuzz.h"

static struct fixture fixture;

static void read_conf(struct tcx_snmpd_conf *conf, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", fixture.root, name);
	MUST(tcx_snmpd_conf_read(conf, path) == 0);
	tcx_snmpd_conf_finish(conf);
}

static void check_one(const struct tcx_snmpd_access *access)
{
	static const char *const kinds[] = {"community", "IPv6 community", "unix community",
					    "user"};
	size_t i = 0;

	while (i < 4 && strcmp(access->kind, kinds[i]) != 0)
		i++;
	MUST(i < 4 && access->versions != 0);
	MUST(strncmp(access->place, fixture.root, strlen(fixture.root)) == 0);
	MUST(strcmp(access->view, "none") != 0 && strcmp(access->view, "_none_") != 0);
	MUST(!access->idle || strcmp(access->kind, "user") != 0);
}

static void check_same_one(const struct tcx_snmpd_access *a, const struct tcx_snmpd_access *b)
{
	MUST(a->kind == b->kind && a->versions == b->versions && a->prefix == b->prefix);
	MUST(a->unsaid == b->unsaid && a->idle == b->idle && a->unclear == b->unclear);
	MUST(strcmp(a->name, b->name) == 0 && strcmp(a->source, b->source) == 0);
	MUST(strcmp(a->context, b->context) == 0 && strcmp(a->place, b->place) == 0);
	MUST(strcmp(a->view, b->view) == 0 && strcmp(a->oid, b->oid) == 0);
}

/* The second one has a file more, and maybe one note. */
static void check_same(const struct tcx_snmpd_conf *one, const struct tcx_snmpd_conf *two)
{
	MUST(one->master == two->master && strcmp(one->socket, two->socket) == 0);
	MUST(strcmp(one->addresses, two->addresses) == 0);
	MUST(memcmp(&one->perms, &two->perms, 2 * sizeof(int)) == 0);
	MUST(strcmp(one->perms.user, two->perms.user) == 0);
	MUST(strcmp(one->include_dir, two->include_dir) == 0);
	MUST(one->file_count + 1 == two->file_count && one->note_count == two->note_count);
	MUST(one->access_count == two->access_count && one->shut_count == two->shut_count);
	MUST(one->row_count == two->row_count && one->user_count == two->user_count);
	MUST(one->inform_count == two->inform_count && one->sink_count == two->sink_count);
	for (size_t i = 0; i < one->access_count; i++) {
		check_one(&one->accesses[i]);
		check_same_one(&one->accesses[i], &two->accesses[i]);
	}
	for (size_t i = 0; i < one->user_count; i++)
		MUST(strcmp(one->users[i].name, two->users[i].name) == 0 &&
		     strcmp(one->users[i].priv, two->users[i].priv) == 0);
	for (size_t i = 0; i < one->note_count; i++)
		MUST(strcmp(one->notes[i], two->notes[i]) == 0);
	for (size_t i = 0; i < one->shut_count; i++)
		MUST(strcmp(one->shut[i].group, two->shut[i].group) == 0);
	MUST(one->inform_count <= one->sink_count && !one->short_of_memory);
}

/* --- The second reader -------------------------------------------------------------------------*/

/* Lines of words with one blank between them, and what of them it knows. */
static void check_plainly(const struct tcx_snmpd_conf *conf, char *text)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789./ \n";
	size_t sinks = 0, informs = 0, users = 0;
	char *rest = NULL, socket[PATH_MAX] = "";

	if (text[strspn(text, letters)] != '\0' || strcasestr(text, "include") != NULL)
		return;
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		char *words = NULL;
		const char *word = strtok_r(line, " ", &words);
		const char *value = strtok_r(NULL, " ", &words);

		if (value == NULL)
			continue;
		sinks += strcasecmp(word, "trapsink") == 0 || strcasecmp(word, "trap2sink") == 0 ||
			 strcasecmp(word, "informsink") == 0 || strcasecmp(word, "trapsess") == 0;
		informs += strcasecmp(word, "informsink") == 0;
		users += strcasecmp(word, "createUser") == 0;
		if (strcasecmp(word, "agentXSocket") == 0 && strtok_r(NULL, " ", &words) == NULL)
			strcpy(socket, value);
		else if (strcasecmp(word, "agentXSocket") == 0)
			return; /* with blanks in it */
	}
	MUST(conf->sink_count == sinks && conf->inform_count == informs);
	MUST(conf->user_count == users && strcmp(conf->socket, socket) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tcx_snmpd_conf one = {0}, two = {0};
	char line[PATH_MAX], *text = strndup((const char *)data, size);

	if (fixture.root[0] == '\0')
		fixture_open(&fixture);
	MUST(text != NULL);
	snprintf(line, sizeof(line), "includeFile %s/given\n", fixture.root);
	fixture_puts(&fixture, "outer", line);
	fixture_write(&fixture, "given", data, size);
	read_conf(&one, "given");
	if (strlen(text) == size && size < PATH_MAX)
		check_plainly(&one, text);
	read_conf(&two, "outer");
	check_same(&one, &two);
	tcx_snmpd_conf_clear(&one);
	tcx_snmpd_conf_clear(&two);
	free(text);
	return 0;
}
