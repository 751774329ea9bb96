/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives of tcpextd.conf: one row each, for parsing, defaults and -H. */
#include "access.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/list.h"
#include "catalogue/catalogue.h"
#include "mib/modules.h"
#include "snmp/netsnmp.h"

struct directive;

/* Parses a value into its field; reports a wrong one with netsnmp_config_error(). */
typedef void take(const struct directive *directive, struct tcx_config *config, const char *text);

static take take_seconds, take_number, take_text, take_modules, take_patterns, take_source,
	take_system;

struct directive {
	const char *word;
	const char *spelling;	/* the library's spelling of its own word; NULL: the word is ours */
	const char *value;	/* as the manual calls it */
	take *take;		/* NULL: it is taken once all others are (config/thresholds.c) */
	size_t field;		/* of struct tcx_config */
	double min, max;	/* of a number; both 0: not a number */
	const char *by_default; /* NULL: unset */
	const char *help;
};

#define FIELD(name) offsetof(struct tcx_config, name)

static const struct directive directives[] = {
	{"refreshInterval", NULL, "SECONDS", take_seconds, FIELD(interval_ns), 0.1, 3600, "1",
	 "between two reads of the counters"},
	{"maxAge", NULL, "SECONDS", take_seconds, FIELD(max_age_ns), 0.1, 86400, NULL,
	 "after which unrenewed counters go away; ten refreshIntervals unless set"},
	{"rateTime", NULL, "SECONDS", take_seconds, FIELD(rate_ns), 1, 3600, "60",
	 "that mean rates take to come to 90 % of a steady rate"},
	{"healthWindow", NULL, "SECONDS", take_seconds, FIELD(window_ns), 1, 3600, "60",
	 "that values of the health group are of"},
	{"register", NULL, "GROUP...", take_modules, FIELD(modules), 0, 0, "all",
	 "as in tcpextd.conf(5); or all, or none"},
	{"tableInterval", NULL, "SECONDS", take_seconds, FIELD(table_interval_ns), 1, 3600, "15",
	 "between two reads of a table in use"},
	{"tableIdle", NULL, "SECONDS", take_seconds, FIELD(table_idle_ns), 1, 86400, "600",
	 "after the last request when a table is let go"},
	{"tableTimeout", NULL, "SECONDS", take_seconds, FIELD(table_timeout_ns), 0.1, 3600, "3",
	 "that a request waits for a table that is being read"},
	/* At least all of tcpStateTable; at most less than a gigabyte of sockets. */
	{"maxRows", NULL, "NUMBER", take_number, FIELD(max_rows), 100, 10000000, "1000000",
	 "of rows that a table has at most"},
	{"ignoreInterface", NULL, "PATTERN...", take_patterns, FIELD(ignored), 0, 0, NULL,
	 "of interfaces to leave out of ifTable, ifNumber, atTable and ifIp6Table"},
	{"namespace", NULL, "NAME|PATTERN...", take_patterns, FIELD(namespaces), 0, 0, NULL,
	 "of network namespaces in /run/netns that are served, each as a context"},
	{"namespacePid", NULL, "PATTERN...", take_patterns, FIELD(namespace_pids), 0, 0, NULL,
	 "of commands or control groups, the network namespaces of which are served likewise"},
	{"namespaceLimit", NULL, "NUMBER", take_number, FIELD(namespace_limit), 1, 100000, "1000",
	 "of names of such contexts, in all since snmpd began"},
	{"source", NULL, "NAME on|off", take_source, FIELD(sources_off), 0, 0, NULL,
	 "whether a file of counters is read, such as net/xfrm_stat; on unless set"},
	{"threshold", NULL, "NAME OBJECT value|rate|growth|percent >|< LIMIT ...|defaults", NULL, 0,
	 0, 0, NULL, "that is watched, as in tcpextd.conf(5)"},
	{"no", NULL, "threshold NAME", NULL, 0, 0, 0, NULL, "that is not watched after all"},
	{"registerPriority", NULL, "NUMBER", take_number, FIELD(priority), 1, 255, "100",
	 "of all registrations; the lowest hides the others"},
	{"notificationLimit", NULL, "NUMBER", take_number, FIELD(notification_limit), 0, 1000, "60",
	 "of notifications that are sent within a minute; 0: none are"},
	{"procRoot", NULL, "DIRECTORY", take_text, FIELD(proc_root), 0, 0, "/proc",
	 "that is read in place of /proc"},
	{"agentXSocket", "agentxsocket", "ADDRESS", take_text, FIELD(socket), 0, 0, NULL,
	 "of the master agent"},
	{"agentXPingInterval", "agentxPingInterval", "SECONDS", take_number, FIELD(ping_s), 1, 3600,
	 "5", "between pings and between tries to connect"},
	{"agentXTimeout", "agentxTimeout", "SECONDS", take_number, FIELD(timeout_s), 1, 3600, "1",
	 "to wait for an answer of the master"},
	{"agentXRetries", "agentxRetries", "NUMBER", take_number, FIELD(retries), 0, 100, "2",
	 "of times to ask the master again"},
	{"sysDescr", NULL, "TEXT", take_system, FIELD(sys_descr), 0, 0, NULL,
	 "that sysDescr shows, of a master; that of uname -a unless set"},
	{"sysContact", NULL, "TEXT", take_system, FIELD(sys_contact), 0, 0, NULL,
	 "that sysContact shows, of a master"},
	{"sysName", NULL, "TEXT", take_system, FIELD(sys_name), 0, 0, NULL,
	 "that sysName shows, of a master; the name of the host unless set"},
	{"sysLocation", NULL, "TEXT", take_system, FIELD(sys_location), 0, 0, NULL,
	 "that sysLocation shows, of a master"},
};

#define DIRECTIVES (sizeof(directives) / sizeof(directives[0]))

static void *field_of(const struct directive *directive, struct tcx_config *config)
{
	return (char *)config + directive->field;
}

/* Digits and at most one point; no sign, exponent or word of strtod(). */
static bool read_number(const struct directive *directive, const char *text, bool whole,
			double *number)
{
	bool is_broken = whole && strchr(text, '.') != NULL;
	bool is_plain = text[strspn(text, "0123456789.")] == '\0';
	char *end;

	*number = strtod(text, &end);
	if (is_plain && !is_broken && end > text && *end == '\0' && *number >= directive->min &&
	    *number <= directive->max)
		return true;
	netsnmp_config_error("%s '%s' is wrong: give a %snumber from %.10g to %.10g",
			     directive->word, text, is_broken ? "whole " : "", directive->min,
			     directive->max);
	return false;
}

static void take_seconds(const struct directive *directive, struct tcx_config *config,
			 const char *text)
{
	uint64_t *nanoseconds = field_of(directive, config);
	double seconds;

	if (read_number(directive, text, false, &seconds))
		*nanoseconds = (uint64_t)(seconds * TCX_NS_PER_S + 0.5);
}

static void take_number(const struct directive *directive, struct tcx_config *config,
			const char *text)
{
	int *number = field_of(directive, config);
	double value;

	if (read_number(directive, text, true, &value))
		*number = (int)value;
}

static void take_text(const struct directive *directive, struct tcx_config *config,
		      const char *text)
{
	if (text[0] == '"' || text[0] == '\'')
		netsnmp_config_error("%s %s is wrong: give the path without quotes",
				     directive->word, text);
	else if (strlen(text) >= PATH_MAX)
		netsnmp_config_error("%s is wrong: the text is longer than %d characters",
				     directive->word, PATH_MAX - 1);
	else
		snprintf(field_of(directive, config), PATH_MAX, "%s", text);
}

static void take_system(const struct directive *directive, struct tcx_config *config,
			const char *text)
{
	if (strlen(text) > TCX_SYSTEM_TEXT_MAX)
		netsnmp_config_error("%s is wrong: the text is longer than %d characters",
				     directive->word, TCX_SYSTEM_TEXT_MAX);
	else
		snprintf(field_of(directive, config), TCX_SYSTEM_TEXT_MAX + 1, "%s", text);
}

/* "ip, icmp, ..., ", for fault texts. */
static const char *module_words(char words[TCX_FAULT_SIZE])
{
	size_t used = 0;

	words[0] = '\0';
	for (size_t i = 0; i < tcx_modules_count && used < TCX_FAULT_SIZE; i++)
		if (tcx_modules_bit(tcx_modules[i].word) != 0)
			used += (size_t)snprintf(words + used, TCX_FAULT_SIZE - used, "%s, ",
						 tcx_modules[i].word);
	return words;
}

/* "ip tcp tcpext"; the words of all lines add up; "none" is none. */
static void take_modules(const struct directive *directive, struct tcx_config *config,
			 const char *text)
{
	char word[PATH_MAX], list[TCX_FAULT_SIZE];
	size_t words = 0;

	if (!config->modules_given)
		config->modules = 0;
	config->modules_given = true;
	while (tcx_list_next(&text, " \t,", word)) {
		unsigned int bit = tcx_modules_bit(word);

		words++;
		if (bit == 0 && strcasecmp(word, "none") != 0)
			netsnmp_config_error("%s '%s' is wrong: give any of %sor all, or none",
					     directive->word, word, module_words(list));
		config->modules |= bit;
	}
	if (words == 0)
		netsnmp_config_error("%s names no group: give any of %sor all, or none",
				     directive->word, module_words(list));
}

/* "veth* docker0"; the patterns of all lines add up. */
static void take_patterns(const struct directive *directive, struct tcx_config *config,
			  const char *text)
{
	char *list = ((struct tcx_list *)field_of(directive, config))->text;
	char pattern[PATH_MAX];

	while (tcx_list_next(&text, " \t", pattern)) {
		size_t used = strlen(list), room = TCX_LIST_MAX + 1 - used;

		if ((size_t)snprintf(list + used, room, "%s ", pattern) < room)
			continue;
		list[used] = '\0';
		netsnmp_config_error("%s '%s' is wrong: all patterns together have room for %d "
				     "characters",
				     directive->word, pattern, TCX_LIST_MAX);
	}
}

/* The number of a file by its path below procRoot; TCX_SOURCES: there is none. */
static size_t find_source(const char *path)
{
	size_t i = 0;

	while (i < TCX_SOURCES && strcmp(tcx_catalogue_source(i)->path, path) != 0)
		i++;
	return i;
}

/* "net/xfrm_stat off"; of several lines of one file the last one holds. */
static void take_source(const struct directive *directive, struct tcx_config *config,
			const char *text)
{
	uint32_t *bits = field_of(directive, config);
	char name[PATH_MAX] = "", state[PATH_MAX] = "", more[PATH_MAX];
	const char *rest = text;
	bool whole = tcx_list_next(&rest, " \t", name) && tcx_list_next(&rest, " \t", state) &&
		     !tcx_list_next(&rest, " \t", more);
	size_t source = find_source(name);
	bool off = strcasecmp(state, "off") == 0;

	if (!whole || (!off && strcasecmp(state, "on") != 0))
		netsnmp_config_error("%s '%s' is wrong: give the name of a file, and on or off",
				     directive->word, text);
	else if (source == TCX_SOURCES)
		netsnmp_config_error("%s '%s' is wrong: give a name as counterSourceFile has it, "
				     "such as %s",
				     directive->word, name,
				     tcx_catalogue_source(TCX_SOURCE_XFRM)->path);
	else
		*bits = (*bits & ~(1U << source)) | (off ? 1U << source : 0);
}

bool tcx_directives_of_master(const char *word)
{
	for (size_t i = 0; i < DIRECTIVES; i++)
		if (strcasecmp(word, directives[i].word) == 0)
			return directives[i].take == take_system;
	return false;
}

bool tcx_directives_take(struct tcx_config *config, const char *word, const char *text)
{
	for (size_t i = 0; i < DIRECTIVES; i++) {
		if (strcasecmp(word, directives[i].word) != 0)
			continue;
		if (directives[i].take == NULL)
			return false;
		directives[i].take(&directives[i], config, text);
	}
	return true;
}

void tcx_directives_default(struct tcx_config *config)
{
	memset(config, 0, sizeof(*config));
	for (size_t i = 0; i < DIRECTIVES; i++)
		if (directives[i].by_default != NULL)
			directives[i].take(&directives[i], config, directives[i].by_default);
	config->modules_given = false;
}

void tcx_config_release(struct tcx_config *config)
{
	tcx_thresholds_unref(config->thresholds);
	config->thresholds = NULL;
	tcx_access_release(&config->access);
}

/* "SECONDS between two reads of the counters (0.1 to 3600; 1 unless set)" */
static void describe(const struct directive *directive, char *text, size_t size)
{
	const char *by_default = directive->by_default;
	char bounds[64] = "", unless[64] = "";

	if (directive->max > 0)
		snprintf(bounds, sizeof(bounds), "%.10g to %.10g%s", directive->min, directive->max,
			 by_default != NULL ? "; " : "");
	if (by_default != NULL)
		snprintf(unless, sizeof(unless), "%s unless set", by_default);
	snprintf(text, size, bounds[0] != '\0' || unless[0] != '\0' ? "%s %s (%s%s)" : "%s %s",
		 directive->value, directive->help, bounds, unless);
}

/*
 * Our parser and help replace the library's for these words, which agentx.conf has, too: its parser
 * takes malformed numbers.
 */
void tcx_directives_register(void (*parse)(const char *word, char *text))
{
	char text[256];

	for (size_t i = 0; i < DIRECTIVES; i++) {
		const char *spelling = directives[i].spelling;
		const char *type = spelling != NULL ? TCX_CONFIG_TYPE ":agentx" : TCX_CONFIG_TYPE;
		const char *word = spelling != NULL ? spelling : directives[i].word;

		describe(&directives[i], text, sizeof(text));
		unregister_config_handler(type, word);
		register_config_handler(type, word, parse, NULL, text);
	}
}
