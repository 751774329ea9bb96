/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs the faults of configuration files, and translates those that the library finds. */
#include "config_files.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "snmp/netsnmp.h"

#define LINE_SIZE 1024

/*
 * Logs one line. Without -f the log is usually elsewhere, so prints it to standard error as well,
 * for whoever starts the agent; once it runs, standard error leads nowhere.
 */
void tcx_config_complain(struct tcx_config_reading *reading, const char *place, const char *format,
			 ...)
{
	const struct tcx_options *options = reading->options;
	char what[LINE_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	reading->faults++;
	snmp_log(LOG_ERR, "%s%s\n", place, what);
	if (options->task == TCX_SERVE && !options->foreground)
		fprintf(stderr, "tcpextd: %s%s\n", place, what);
}

/* Lines of the library that are no fault of our files. */
static bool is_chatter(const char *line)
{
	return strncmp(line, "net-snmp: ", 10) == 0 ||
	       strstr(line, "No handlers regestered") != NULL;
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

void tcx_config_translate(struct tcx_config_reading *reading, const char *line)
{
	char text[LINE_SIZE];

	snprintf(text, sizeof(text), "%s", line);
	text[strcspn(text, "\n")] = '\0';
	if (is_chatter(text) || (reading->shared && strstr(text, "Unknown token") != NULL))
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
		tcx_config_complain(reading, text, format != NULL ? format : "%s", what);
		return;
	}
	tcx_config_complain(reading, text, "%s", "");
}
