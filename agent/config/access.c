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
#include <sys/socket.h>

#include "base/array.h"
#include "config/receiver.h"
#include "snmp/netsnmp.h"
#include "snmp/quirks.h"

/*
 * OF_ENGINE: users are made for the engine, so it is set before them, and once. OF_SINK: a session
 * is opened when there is something to send.
 */
enum when { OF_ENGINE, OF_ACCESS, OF_SINK };

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
	{"trapsink", OF_SINK, NULL},
	{"trap2sink", OF_SINK, NULL},
	{"informsink", OF_SINK, NULL},
	{"trapsess", OF_SINK, NULL},
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

/* The parsers write into the text. */
static void run(const struct config_line *parser, const char *text)
{
	char *copy = strdup(text);

	if (copy != NULL)
		tcx_quirk_parse(parser, copy);
	free(copy);
}

/* --- Receivers of notifications ----------------------------------------------------------------*/

/* Options of trapsess with a value, which are those of snmpcmd(1), for getopt(). */
#define WITH_VALUE "YmMOIPDvrtcZeEnulxXaApT3LsC"
#define SPACE	   " \t\n"

static bool is_trapsess(size_t word)
{
	return strcasecmp(words[word].word, "trapsess") == 0;
}

static bool is_whole_word(const char *option)
{
	static const char *const whole[] = {"-name", "-tag", "-profile"};
	size_t i = 0;

	while (i < sizeof(whole) / sizeof(whole[0]) && strcmp(whole[i], option) != 0)
		i++;
	return i < sizeof(whole) / sizeof(whole[0]);
}

/* Whether the next word is its value, as of -3m, whose key may be behind it or in the next word. */
static bool takes_value(const char *option, bool of_trapsess)
{
	const char *letter = strpbrk(option + 1, WITH_VALUE);

	if (is_whole_word(option))
		return true;
	if (!of_trapsess)
		return strcmp(option, "-s") == 0;
	if (letter == NULL || option[1] == '-')
		return false;
	if (letter[0] == '3' && letter[1] != '\0')
		letter += letter[2] == '=' ? 2 : 1;
	return letter[1 + strspn(letter + 1, SPACE)] == '\0';
}

/* Words of trapsess may have quotes. Returns where the next one begins, or where the text ends. */
static const char *take_word(const char *text, bool of_trapsess, char word[SPRINT_MAX_LEN])
{
	size_t len = strcspn(text, SPACE);
	const char *next = text + len + strspn(text + len, SPACE);

	if (of_trapsess) {
		next = copy_nword((char *)text, word, SPRINT_MAX_LEN);
		return next != NULL ? next : text + strlen(text);
	}
	snprintf(word, SPRINT_MAX_LEN, "%.*s", (int)len, text);
	return next;
}

/* The first word that is no option, and what is behind it; NULL: there is none. */
static const char *find_target(const char *text, bool of_trapsess, char target[SPRINT_MAX_LEN],
			       const char **rest)
{
	bool is_value = false;

	for (text += strspn(text, SPACE); text[0] != '\0'; text = *rest) {
		*rest = take_word(text, of_trapsess, target);
		if (!is_value && target[0] != '-')
			return text;
		is_value = !is_value && takes_value(target, of_trapsess);
	}
	return NULL;
}

/* As the library makes it; other lines than of trapsess may have a port behind the community. */
static char *address_of(const char *target, const char *rest, bool of_trapsess)
{
	char community[SPRINT_MAX_LEN], port[SPRINT_MAX_LEN] = "";
	size_t size = strlen(target) + sizeof(port) + 1;
	char *address = malloc(size);

	if (!of_trapsess && rest[0] != '\0')
		take_word(take_word(rest, false, community), false, port);
	if (address != NULL)
		snprintf(address, size, "%s%s%s", target, port[0] != '\0' ? ":" : "", port);
	return address;
}

/*
 * One like it that is there, as nothing is sent to it. NULL: none. It has no port, as trapsink may
 * have one behind the community.
 */
static const char *stand_in(const char *target)
{
	const struct tcx_receiver receiver = tcx_receiver_of(target);

	if (receiver.type == 0)
		return NULL;
	return receiver.family == AF_INET6 ? "udp6:[::1]" : "udp:127.0.0.1";
}

/* Of options that it does not understand trapsess takes those before, and another receiver. */
static bool is_understood(const netsnmp_session *session, const struct tcx_access_line *line,
			  const char *address)
{
	return session == NULL || !is_trapsess(line->word) ||
	       (session->peername != NULL && strcmp(session->peername, address) == 0);
}

/* Finds what is wrong with a line, but not whether its receiver is there. */
static void check_sink(struct tcx_access_line *line, const struct config_line *parser,
		       struct tcx_config_reading *reading)
{
	const char *address = line->target != NULL ? stand_in(line->target) : NULL;
	size_t size = strlen(line->text) + 64;
	char *text = malloc(size), word[SPRINT_MAX_LEN];
	const char *rest, *target = find_target(line->text, is_trapsess(line->word), word, &rest);
	netsnmp_session *session;

	line->is_version_1 = strcasecmp(words[line->word].word, "trapsink") == 0;
	if (target == NULL) {
		tcx_config_complain(reading, line->place, "%s names no receiver: add an address",
				    words[line->word].word);
	} else if (text != NULL && address != NULL) {
		snprintf(text, size, "%.*s%s %s", (int)(target - line->text), line->text, address,
			 rest);
		reading->running = line->place;
		reading->in_library = true;
		session = tcx_quirk_open_sink(parser, text, &line->informs);
		reading->in_library = false;
		if (!is_understood(session, line, address))
			tcx_config_complain(reading, line->place,
					    "%s has an option that is none: see snmpcmd(1)",
					    words[line->word].word);
		line->is_version_1 = session != NULL && session->version == SNMP_VERSION_1;
		snmp_close(session);
	}
	free(text);
}

/* A community that a line lacks is that of the last trapcommunity before it. */
static void set_community(const struct tcx_access *access, const struct tcx_access_line *line)
{
	const struct config_line *parser = parser_of("trapcommunity");

	if (parser != NULL && parser->free_func != NULL)
		parser->free_func();
	for (const struct tcx_access_line *one = access->lines; parser != NULL && one < line; one++)
		if (strcasecmp(words[one->word].word, parser->config_token) == 0)
			run(parser, one->text);
}

netsnmp_session *tcx_access_open(const struct tcx_access *access,
				 const struct tcx_access_line *line, bool *informs)
{
	const struct config_line *parser = parser_of(words[line->word].word);
	netsnmp_session *session = NULL;
	char *text = strdup(line->text);

	set_community(access, line);
	if (parser != NULL && text != NULL)
		session = tcx_quirk_open_sink(parser, text, informs);
	free(text);
	return session;
}

/* --- The lines ---------------------------------------------------------------------------------*/

void tcx_access_keep(struct tcx_config_reading *reading, const char *word, const char *text)
{
	char place[TCX_CONFIG_LINE_SIZE];
	struct tcx_access *access = &reading->config.access;
	struct tcx_access_line line = {.word = find(word)};
	char target[SPRINT_MAX_LEN];
	const char *rest;
	bool names_one = words[line.word].when == OF_SINK &&
			 find_target(text, is_trapsess(line.word), target, &rest) != NULL;

	tcx_config_find_place(reading, place);
	line.place = strdup(place);
	line.text = strdup(text);
	line.target = names_one ? address_of(target, rest, is_trapsess(line.word)) : NULL;
	if (line.place != NULL && line.text != NULL && (!names_one || line.target != NULL) &&
	    tcx_array_append(&access->lines, &access->count, &line, sizeof(line)))
		return;
	free(line.place);
	free(line.text);
	free(line.target);
	tcx_config_complain(reading, place, "%s: out of memory", word);
}

void tcx_access_release(struct tcx_access *access)
{
	for (size_t i = 0; i < access->count; i++) {
		free(access->lines[i].place);
		free(access->lines[i].text);
		free(access->lines[i].target);
	}
	free(access->lines);
	*access = (struct tcx_access){NULL, 0, false};
}

/* --- What is in force --------------------------------------------------------------------------*/

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
		struct tcx_access_line *line = &access->lines[i];
		const struct config_line *parser = parser_of(words[line->word].word);

		if (words[line->word].when != when || parser == NULL)
			continue;
		if (when == OF_SINK) {
			check_sink(line, parser, reading);
			continue;
		}
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
	run_all(access, OF_SINK, reading);
	tcx_quirk_users_end();
}

void tcx_access_apply(struct tcx_config_reading *reading, const struct tcx_access *before)
{
	struct tcx_config_reading ignored = {.options = reading->options, .silent = true};

	put_in_force(&reading->config.access, !before->in_force, reading);
	reading->config.access.in_force = true;
	if (reading->faults > 0 && before->in_force)
		put_in_force(before, false, &ignored);
}
