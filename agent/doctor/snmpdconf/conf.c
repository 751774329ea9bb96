/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads snmpd.conf and its includes, line by line, and the directives of the AgentX master. */
#include "line.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* snmpd's own limits (CONFIG_MAX_RECURSE_DEPTH, CONFIG_MAX_FILES). */
#define DEPTH_MAX 16
#define FILES_MAX 4096

static void take_master(const struct snmpd_place *at, char *rest)
{
	static const struct {
		const char *word;
		bool master;
	} words[] = {{"agentx", true}, {"all", true}, {"yes", true},  {"on", true},
		     {"1", true},      {"no", false}, {"off", false}, {"0", false}};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(rest, words[i].word) == 0) {
			at->conf->master = words[i].master;
			return;
		}
	tcx_snmpd_note(at,
		       "master '%s' is nothing that snmpd understands; write 'master agentx', and "
		       "nothing behind it",
		       rest);
}

static void take_socket(const struct snmpd_place *at, char *rest)
{
	snprintf(at->conf->socket, sizeof(at->conf->socket), "%s", rest);
}

/* Later lines add to earlier ones. */
static void take_addresses(const struct snmpd_place *at, char *rest)
{
	char *addresses = at->conf->addresses;
	size_t len = strlen(addresses);

	snprintf(addresses + len, sizeof(at->conf->addresses) - len, "%s%s", len > 0 ? "," : "",
		 rest);
}

static int read_file(struct tcx_snmpd_conf *conf, const char *path, int depth);

/* Notes a file that cannot be read; skips one that was read before. */
static void include(const struct snmpd_place *at, const char *path)
{
	int error = read_file(at->conf, path, at->depth + 1);

	if (error != 0)
		tcx_snmpd_note(at, "'%.200s' cannot be included: %s", path,
			       error == ELOOP ? "too many files, one in another" : strerror(error));
}

/* A path without a leading '/' is relative to the including file. */
static void take_include_file(const struct snmpd_place *at, char *rest)
{
	const char *slash = strrchr(at->path, '/');
	int len = rest[0] != '/' && slash != NULL ? (int)(slash + 1 - at->path) : 0;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%.*s%s", len, at->path, rest) < (int)sizeof(path))
		include(at, path);
	else
		tcx_snmpd_note(at, "the path to include is too long");
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text);
	size_t end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/* Files that should not count: hidden ones, copies of editors and dpkg, and READMEs. */
static bool is_leftover(const char *name)
{
	return name[0] == '.' || ends_with(name, "~") || strstr(name, ".dpkg-") != NULL ||
	       strncmp(name, "README", 6) == 0;
}

static void include_entry(const struct snmpd_place *at, const char *directory, const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int)sizeof(path))
		return;
	if (name[0] != '.' && ends_with(name, ".conf"))
		include(at, path);
	else if (!is_leftover(name))
		tcx_snmpd_note(at, "snmpd does not read '%.200s'; make its name end in .conf",
			       path);
}

static void take_include_dir(const struct snmpd_place *at, char *rest)
{
	struct dirent **entries;
	int count = scandir(rest, &entries, NULL, alphasort);

	if (count < 0) {
		tcx_snmpd_note(at, "directory '%.200s' cannot be included: %s", rest,
			       strerror(errno));
		return;
	}
	snprintf(at->conf->include_dir, sizeof(at->conf->include_dir), "%s", rest);
	for (int i = 0; i < count; i++) {
		include_entry(at, rest, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
}

static void take_include_search(const struct snmpd_place *at, char *rest)
{
	tcx_snmpd_note(at, "includeSearch '%.200s' is not followed here", rest);
}

/* Who it is stays untold: the line may have a community or passwords. */
static void take_sink(const struct snmpd_place *at, char *rest)
{
	char place[TCX_SNMPD_PLACE_MAX];

	(void)rest;
	snprintf(place, sizeof(place), "%.300s:%u", at->path, at->line);
	tcx_snmpd_append(at->conf, &at->conf->sinks, &at->conf->sink_count, place, sizeof(place));
}

static void take_inform_sink(const struct snmpd_place *at, char *rest)
{
	at->conf->inform_count++;
	take_sink(at, rest);
}

/* -C has options of its own, i among them. */
static void take_session(const struct snmpd_place *at, char *rest)
{
	char word[TCX_SNMPD_WORD_MAX];
	bool informs = false;

	for (char *left = rest; left != NULL && !informs;) {
		left = copy_nword(left, word, sizeof(word));
		informs = strncmp(word, "-C", 2) == 0 && strchr(word, 'i') != NULL;
	}
	if (informs)
		take_inform_sink(at, rest);
	else
		take_sink(at, rest);
}

static const struct {
	const char *token;
	void (*take)(const struct snmpd_place *at, char *rest);
} directives[] = {
	{"master", take_master},	  {"agentXSocket", take_socket},
	{"agentaddress", take_addresses}, {"includeFile", take_include_file},
	{"includeDir", take_include_dir}, {"includeSearch", take_include_search},
	{"trapsink", take_sink},	  {"trap2sink", take_sink},
	{"informsink", take_inform_sink}, {"trapsess", take_session},
};

/* "[snmpd]" is for the rest of the file, or for the rest of its line. */
static char *take_section(struct snmpd_place *at, char *section, char *rest)
{
	const char *ours = at->conf->section;
	bool elsewhere = ours != NULL ? strcasecmp(section, ours) != 0
				      : strcasecmp(section, "[snmpd]") != 0 &&
						strcasecmp(section, "[agentx]") != 0;

	if (rest == NULL)
		at->elsewhere = elsewhere;
	return elsewhere ? NULL : rest;
}

static void take_directive(const struct snmpd_place *at, const char *token, char *rest)
{
	for (size_t i = 0; i < sizeof(directives) / sizeof(directives[0]); i++)
		if (strcasecmp(token, directives[i].token) == 0) {
			directives[i].take(at, rest);
			return;
		}
	tcx_snmpd_take_access(at, token, rest);
}

/* Removes trailing white space and control characters. */
static void clean(char *line, size_t len)
{
	while (len > 0 && isspace((unsigned char)line[len - 1]))
		len--;
	line[len] = '\0';
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)line[i]) && line[i] != '\t')
			line[i] = '?';
}

static void take_line(struct snmpd_place *at, char *line)
{
	char token[TCX_SNMPD_WORD_MAX] = "";
	bool elsewhere = at->elsewhere;
	char *rest = copy_nword(skip_white(line), token, sizeof(token));

	if (token[0] == '[') {
		rest = copy_nword(take_section(at, token, rest), token, sizeof(token));
		elsewhere = false;
	}
	if (!elsewhere && rest != NULL)
		take_directive(at, token, rest);
}

static bool is_known(const struct tcx_snmpd_conf *conf, const struct stat *status)
{
	for (size_t i = 0; i < conf->file_count; i++)
		if (conf->files[i].device == status->st_dev &&
		    conf->files[i].inode == status->st_ino)
			return true;
	return false;
}

static void remember(struct tcx_snmpd_conf *conf, const char *path, const struct stat *status)
{
	struct tcx_snmpd_file file = {.device = status->st_dev, .inode = status->st_ino};

	snprintf(file.path, sizeof(file.path), "%s", path);
	tcx_snmpd_append(conf, &conf->files, &conf->file_count, &file, sizeof(file));
}

static void read_lines(struct tcx_snmpd_conf *conf, const char *path, int depth, FILE *file)
{
	struct snmpd_place at = {.conf = conf, .path = path, .depth = depth};
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	while ((len = getline(&line, &size, file)) >= 0) {
		at.line++;
		clean(line, (size_t)len);
		take_line(&at, line);
	}
	free(line);
}

/* Checks the file before it opens it: opening a FIFO would block. */
static int read_file(struct tcx_snmpd_conf *conf, const char *path, int depth)
{
	struct stat status;
	FILE *file;

	if (stat(path, &status) != 0)
		return errno;
	if (!S_ISREG(status.st_mode))
		return S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
	if (is_known(conf, &status))
		return 0;
	if (depth > DEPTH_MAX || conf->file_count >= FILES_MAX)
		return ELOOP;
	file = fopen(path, "re");
	if (file == NULL)
		return errno;
	remember(conf, path, &status);
	read_lines(conf, path, depth, file);
	fclose(file);
	return 0;
}

/* Most places of the search path have no such file, which needs no note. */
int tcx_snmpd_conf_read(struct tcx_snmpd_conf *conf, const char *path)
{
	int error = read_file(conf, path, 0);
	char text[TCX_SNMPD_NOTE_MAX];

	if (error != 0 && error != ENOENT && error != ENOTDIR) {
		snprintf(text, sizeof(text), "%.300s: cannot be read: %s", path, strerror(error));
		tcx_snmpd_append(conf, &conf->notes, &conf->note_count, text, sizeof(text));
	}
	return error;
}

void tcx_snmpd_conf_clear(struct tcx_snmpd_conf *conf)
{
	free(conf->files);
	free(conf->notes);
	free(conf->accesses);
	free(conf->rows);
	free(conf->shut);
	free(conf->users);
	free(conf->sinks);
	vacm_destroyAllViewEntries();
	memset(conf, 0, sizeof(*conf));
}
