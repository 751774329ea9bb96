/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words of the library for who may read what and who is told, of use where tcpextd is the master.
 * Their lines are kept until all files are known to be good; then they go to the library as they
 * are, and if it refuses one, those that were in force do so again.
 */
#include "access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "snmp/netsnmp.h"
#include "snmp/quirks.h"

/* OF_ENGINE: users are made for the engine, so it is set before them, and once. */
enum when { OF_ENGINE, OF_ACCESS };

static const struct {
	const char *word;
	enum when when;
	const char *unless_set; /* the text that stands for no line; NULL: clear() does */
} words[] = {
	{"engineID", OF_ENGINE, NULL},
	{"exactEngineID", OF_ENGINE, NULL},
	{"engineIDType", OF_ENGINE, NULL},
	{"engineIDNic", OF_ENGINE, NULL},
	{"createUser", OF_ACCESS, NULL},
	{"rouser", OF_ACCESS, NULL},
	{"rwuser", OF_ACCESS, NULL},
	{"rocommunity", OF_ACCESS, NULL},
	{"rocommunity6", OF_ACCESS, NULL},
	{"rwcommunity", OF_ACCESS, NULL},
	{"rwcommunity6", OF_ACCESS, NULL},
	{"com2sec", OF_ACCESS, NULL},
	{"com2sec6", OF_ACCESS, NULL},
	{"com2secunix", OF_ACCESS, NULL},
	{"group", OF_ACCESS, NULL},
	{"view", OF_ACCESS, NULL},
	{"access", OF_ACCESS, NULL},
	{"setaccess", OF_ACCESS, NULL},
	{"authcommunity", OF_ACCESS, NULL},
	{"authuser", OF_ACCESS, NULL},
	{"authgroup", OF_ACCESS, NULL},
	{"authaccess", OF_ACCESS, NULL},
	{"trapsink", OF_ACCESS, NULL},
	{"trap2sink", OF_ACCESS, NULL},
	{"informsink", OF_ACCESS, NULL},
	{"trapsess", OF_ACCESS, NULL},
	{"trapcommunity", OF_ACCESS, NULL},
	{"authtrapenable", OF_ACCESS, "2"},
	{"maxGetbulkRepeats", OF_ACCESS, "0"},
	{"maxGetbulkResponses", OF_ACCESS, "0"},
};

#define WORDS (sizeof(words) / sizeof(words[0]))

/* The place of a word; WORDS: it is none of these. */
static size_t find(const char *word)
{
	size_t i = 0;

	while (i < WORDS && strcasecmp(words[i].word, word) != 0)
		i++;
	return i;
}

/* The library's parser of a word; NULL: it has none, as where we are no master. */
static const struct config_line *parser_of(const char *word)
{
	const struct config_line *line = read_config_get_handlers(TCX_MASTER_TYPE);

	while (line != NULL && strcasecmp(line->config_token, word) != 0)
		line = line->next;
	return line;
}

void tcx_access_register(void (*parse)(const char *word, char *text))
{
	for (size_t i = 0; i < WORDS; i++) {
		unregister_config_handler(TCX_CONFIG_TYPE, words[i].word);
		register_config_handler(TCX_CONFIG_TYPE, words[i].word, parse, NULL, NULL);
	}
}

bool tcx_access_has(const char *word)
{
	return find(word) < WORDS;
}

void tcx_access_keep(struct tcx_config_reading *reading, const char *word, const char *text)
{
	char place[TCX_CONFIG_LINE_SIZE];
	struct tcx_access *access = &reading->config.access;
	struct tcx_access_line line = {.word = find(word)};

	tcx_config_find_place(reading, place);
	line.place = strdup(place);
	line.text = strdup(text);
	if (line.place != NULL && line.text != NULL &&
	    tcx_array_append(&access->lines, &access->count, &line, sizeof(line)))
		return;
	free(line.place);
	free(line.text);
	tcx_config_complain(reading, place, "%s: out of memory", word);
}

void tcx_access_release(struct tcx_access *access)
{
	for (size_t i = 0; i < access->count; i++) {
		free(access->lines[i].place);
		free(access->lines[i].text);
	}
	free(access->lines);
	*access = (struct tcx_access){NULL, 0, false};
}

/* --- What is in force --------------------------------------------------------------------------*/

/* The parsers write into the text. */
static void run(const struct config_line *parser, const char *text)
{
	char *copy = strdup(text);

	if (copy != NULL)
		tcx_quirk_parse(parser, copy);
	free(copy);
}

static void clear(void)
{
	for (size_t i = 0; i < WORDS; i++) {
		const struct config_line *parser = parser_of(words[i].word);

		if (parser != NULL && parser->free_func != NULL)
			parser->free_func();
		if (parser != NULL && words[i].unless_set != NULL)
			run(parser, words[i].unless_set);
	}
	tcx_quirk_standard_views();
}

/* The library says why it refuses a line, and tcx_config_note() takes that. */
static void run_all(const struct tcx_access *access, enum when when,
		    struct tcx_config_reading *reading)
{
	for (size_t i = 0; i < access->count; i++) {
		const struct tcx_access_line *line = &access->lines[i];
		const struct config_line *parser = parser_of(words[line->word].word);

		if (words[line->word].when != when || parser == NULL)
			continue;
		reading->running = line->place;
		reading->in_library = true;
		run(parser, line->text);
		reading->in_library = false;
	}
}

static void put_in_force(const struct tcx_access *access, bool is_first,
			 struct tcx_config_reading *reading)
{
	clear();
	tcx_quirk_users_begin();
	if (is_first) {
		run_all(access, OF_ENGINE, reading);
		tcx_quirk_engine_is_set();
	}
	run_all(access, OF_ACCESS, reading);
	tcx_quirk_users_end();
}

void tcx_access_apply(struct tcx_config_reading *reading, const struct tcx_access *before)
{
	struct tcx_config_reading ignored = {.options = reading->options};

	put_in_force(&reading->config.access, !before->in_force, reading);
	reading->config.access.in_force = true;
	if (reading->faults > 0 && before->in_force)
		put_in_force(before, false, &ignored);
}
