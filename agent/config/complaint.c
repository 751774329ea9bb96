/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs the faults of configuration files, and translates those that the library finds. */
#include "config_files.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "snmp/netsnmp.h"

/*
 * Logs one line. Without -f the log is usually elsewhere, so prints it to standard error as well,
 * for whoever starts the agent; once it runs, standard error leads nowhere.
 */
void tcx_config_complain(struct tcx_config_reading *reading, const char *place, const char *what)
{
	const struct tcx_options *options = reading->options;

	reading->faults++;
	snmp_log(LOG_ERR, "%s%s\n", place, what);
	if (options->task == TCX_SERVE && !options->foreground)
		fprintf(stderr, "tcpextd: %s%s\n", place, what);
}

static void complain_of_word(struct tcx_config_reading *reading, const char *place,
			     const char *word)
{
	char text[TCX_FAULT_SIZE];

	if (strncasecmp(word, "agentXPerms", strlen("agentXPerms")) == 0)
		snprintf(text, sizeof(text),
			 "'%s' is a directive of the master: move it to snmpd.conf", word);
	else
		snprintf(text, sizeof(text),
			 "unknown word '%s': take it out, or see tcpextd.conf(5) for the words",
			 word);
	tcx_config_complain(reading, place, text);
}

/* Lines of the library that are no fault of our files. */
static bool is_chatter(const char *line)
{
	return strncmp(line, "net-snmp: ", 10) == 0 ||
	       strstr(line, "No handlers regestered") != NULL;
}

/* The last word of a library's line, without its period. */
static const char *cut_word(char *word)
{
	word[strcspn(word, " .")] = '\0';
	return word;
}

static void complain_of_blank(struct tcx_config_reading *reading, const char *place,
			      const char *word)
{
	char text[TCX_FAULT_SIZE];

	snprintf(text, sizeof(text), "'%s' has no value: give one, or take the line out", word);
	tcx_config_complain(reading, place, text);
}

/* The library's text after "FILE: line N: ", and ours. NULL: the library's. */
static const struct {
	const char *begin;
	void (*complain)(struct tcx_config_reading *reading, const char *place, const char *word);
} library_complaints[] = {
	{"Warning: Unknown token: ", complain_of_word},
	{"Error: Blank line following ", complain_of_blank},
	{"Error: ", NULL},
};

void tcx_config_translate(struct tcx_config_reading *reading, const char *line)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s", line);
	text[strcspn(text, "\n")] = '\0';
	if (is_chatter(text) || (reading->shared && strstr(text, "Unknown token") != NULL))
		return;
	for (size_t i = 0; i < sizeof(library_complaints) / sizeof(library_complaints[0]); i++) {
		char *what = strstr(text, library_complaints[i].begin);

		if (what == NULL)
			continue;
		*what = '\0';
		what += strlen(library_complaints[i].begin);
		if (library_complaints[i].complain != NULL)
			library_complaints[i].complain(reading, text, cut_word(what));
		else
			tcx_config_complain(reading, text, what);
		return;
	}
	tcx_config_complain(reading, text, "");
}
