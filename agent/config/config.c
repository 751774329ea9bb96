/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads the configuration, translates the faults that the library finds, and checks that the values
 * fit each other.
 */
#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "access.h"
#include "config_files.h"
#include "daemon/rights.h"
#include "kernel/netns.h"
#include "snmp/netsnmp.h"

/* The library's callbacks have no argument of ours. */
static struct tcx_config_reading *current; /* while files are being read */

/* What a subagent has no use for: the same word in snmpd.conf may be what was meant. */
static void say_useless(const char *word)
{
	char place[TCX_CONFIG_LINE_SIZE];

	tcx_config_find_place(current, place);
	current->in_library = false; /* our own lines go to the log */
	snmp_log(
		LOG_WARNING,
		"%s%s has no effect, as snmpd serves managers: move it to snmpd.conf, or start the "
		"agent with --master\n",
		place, word);
	current->in_library = true;
}

/* init_snmp() reads the files again for the library's words; ours are known by then. */
static void parse(const char *word, char *text)
{
	bool is_access = tcx_access_has(word);

	if (current == NULL)
		return;
	if (!current->options->master && (is_access || tcx_directives_of_master(word)))
		say_useless(word);
	else if (is_access)
		tcx_access_keep(current, word, text);
	else if (!tcx_directives_take(&current->config, word, text))
		tcx_config_keep_line(current, word, text);
}

void tcx_config_register(void)
{
	tcx_directives_register(parse);
	tcx_access_register(parse);
}

/* Lines of the library that are no fault of our files. */
static bool is_chatter(const char *line)
{
	return strncmp(line, "net-snmp: ", 10) == 0 ||
	       strstr(line, "No handlers regestered") != NULL ||
	       strstr(line, "separate port argument for sinks is deprecated") != NULL;
}

/* What the library says behind "FILE: line N: " and before a word of the file; and what we say. */
static const struct {
	const char *begin;
	const char *word; /* that only one beginning with this is meant, in any case */
	const char *format;
} library_complaints[] = {
	{"Warning: Unknown token: ", "agentXPerms",
	 "'%s' is a directive of the master: move it to snmpd.conf"},
	{"Warning: Unknown token: ", "",
	 "unknown word '%s': take it out, or see tcpextd.conf(5) for the words"},
	{"Error: Blank line following ", "", "'%s' has no value: give one, or take the line out"},
	{"Error: ", "", NULL}, /* our own */
};

/* What the library says in front of a warning is asked for as such. */
static bool give_place(struct tcx_config_reading *reading, char *text)
{
	char *end = strstr(text, "Warning: ");

	if (reading->place == NULL || end == NULL)
		return false;
	*end = '\0';
	snprintf(reading->place, TCX_CONFIG_LINE_SIZE, "%s", text);
	return true;
}

/* Reports a line in better words, or drops it. */
static void translate(struct tcx_config_reading *reading, const char *line)
{
	char text[TCX_CONFIG_LINE_SIZE];
	const char *place = reading->running != NULL ? reading->running : text;

	snprintf(text, sizeof(text), "%s", line);
	text[strcspn(text, "\n")] = '\0';
	if (give_place(reading, text) || is_chatter(text) || reading->silent ||
	    (reading->shared && strstr(text, "Unknown token") != NULL))
		return;
	for (size_t i = 0; i < sizeof(library_complaints) / sizeof(library_complaints[0]); i++) {
		const char *format = library_complaints[i].format;
		const char *word = library_complaints[i].word;
		char *begin = strstr(text, library_complaints[i].begin);
		char *what = begin != NULL ? begin + strlen(library_complaints[i].begin) : NULL;

		if (what == NULL || strncasecmp(what, word, strlen(word)) != 0)
			continue;
		*begin = '\0';
		if (format != NULL)
			what[strcspn(what, " .")] = '\0';
		tcx_config_complain(reading, place, format != NULL ? format : "%s", what);
		return;
	}
	tcx_config_complain(reading, place, "%s", place != text ? text : "");
}

bool tcx_config_note(const char *line)
{
	if (current == NULL || !current->in_library)
		return false;
	current->in_library = false; /* our own lines go to the log */
	translate(current, line);
	current->in_library = true;
	return true;
}

/* Counters must not become too old between two good reads. */
static void check_ages(struct tcx_config_reading *reading)
{
	struct tcx_config *config = &reading->config;

	if (config->max_age_ns == 0)
		config->max_age_ns = 10 * config->interval_ns;
	if (reading->faults == 0 && config->max_age_ns < config->interval_ns)
		tcx_config_complain(reading, "",
				    "maxAge is shorter than refreshInterval: give it at least as "
				    "many seconds, or leave it out");
}

/*
 * A ping with a timeout beyond the next ping would be followed by that at once, and the library
 * would do nothing else (run_alarms()).
 */
static void check_timeout(struct tcx_config_reading *reading)
{
	const struct tcx_config *config = &reading->config;
	int timeout = config->timeout_s * (config->retries + 1);

	if (reading->faults == 0 && timeout >= config->ping_s)
		tcx_config_complain(
			reading, "",
			"agentXTimeout %d and agentXRetries %d make %d s that the master has for "
			"an "
			"answer, which must be less than agentXPingInterval (%d s): lower them, or "
			"raise that",
			config->timeout_s, config->retries, timeout, config->ping_s);
}

/* Those of the reading, in place of those before. */
static void apply_access(struct tcx_config_reading *reading, const struct tcx_access *before)
{
	current = reading;
	tcx_access_apply(reading, before);
	current = NULL;
}

unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options)
{
	struct tcx_config_reading reading = {.options = options};

	tcx_directives_default(&reading.config);
	current = &reading;
	tcx_config_read_files(&reading);
	current = NULL;
	check_ages(&reading);
	check_timeout(&reading);
	tcx_config_take_lines(&reading);
	tcx_config_drop_lines(&reading);
	if (reading.faults == 0 && options->master)
		apply_access(&reading, &config->access);
	tcx_config_count_untold(&reading);
	if (reading.faults == 0)
		*config = reading.config;
	else
		tcx_config_release(&reading.config);
	return reading.faults;
}

uint64_t tcx_config_rights(const struct tcx_config *config)
{
	uint64_t rights = config->namespaces.text[0] != '\0' ? TCX_RIGHTS_TO_ENTER : 0;

	if (tcx_netns_look(config->proc_root) == TCX_WHERE_OTHER ||
	    config->namespace_pids.text[0] != '\0')
		rights |= TCX_RIGHTS_TO_ENTER_PROCESS;
	return rights;
}

void tcx_config_put_back(const struct tcx_config *config, const struct tcx_options *options)
{
	struct tcx_config_reading reading = {.config.access = config->access, .options = options};

	if (options->master)
		apply_access(&reading, &config->access);
	tcx_config_count_untold(&reading);
}

netsnmp_session *tcx_config_open_target(const struct tcx_access *access,
					const struct tcx_access_line *line, bool *informs)
{
	struct tcx_config_reading reading = {.silent = true, .in_library = true};
	netsnmp_session *session;

	current = &reading;
	errno = 0;
	session = tcx_access_open(access, line, informs);
	current = NULL;
	return session;
}
