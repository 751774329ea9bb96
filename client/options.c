/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line: nstat's options, and those of net-snmp that say whom to ask and how. Some of
 * their letters are the same. What follows such a letter tells whose it is: net-snmp's -a and -r
 * take a word that has a form of its own, and so does nstat's -d. -n and -t are net-snmp's.
 */
#include "options.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "netsnmp.h"

#define FIELD(name) offsetof(struct tcx_client_options, name)

static bool is_hash(const char *word)
{
	return strcasecmp(word, "MD5") == 0 || strncasecmp(word, "SHA", 3) == 0;
}

static bool is_number(const char *word)
{
	return word[0] != '\0' && word[strspn(word, "0123456789")] == '\0';
}

/* 10.0.0.1 is a host. */
static bool is_time(const char *word)
{
	char *end;

	strtod(word, &end);
	return isdigit((unsigned char)word[0]) && *end == '\0';
}

static const struct row {
	const char *letter;   /* "-a", or NULL */
	const char *name;     /* the long one, or NULL */
	const char *argument; /* NULL: it takes none */
	enum { FLAG, WORD, WATCH, LIBRARY, SHOW_VERSION, SHOW_HELP } takes;
	size_t field;
	bool (*is_meant)(const char *word); /* by the word behind it; NULL: where no other is */
	const char *help;
} rows[] = {
	{"-v", NULL, "2c|3", LIBRARY, 0, NULL, "version of SNMP"},
	{"-c", NULL, "COMMUNITY", LIBRARY, 0, NULL, "community (SNMPv2c)"},
	{"-u", NULL, "USER", LIBRARY, 0, NULL, "user (SNMPv3)"},
	{"-l", NULL, "LEVEL", LIBRARY, 0, NULL, "noAuthNoPriv, authNoPriv or authPriv"},
	{"-a", NULL, "MD5|SHA...", LIBRARY, 0, is_hash, "hash of authentication"},
	{"-A", NULL, "PASSPHRASE", LIBRARY, 0, NULL, "of authentication"},
	{"-x", NULL, "DES|AES...", LIBRARY, 0, NULL, "cipher of privacy"},
	{"-X", NULL, "PASSPHRASE", LIBRARY, 0, NULL, "of privacy"},
	{"-n", NULL, "CONTEXT", LIBRARY, 0, NULL, "context (SNMPv3)"},
	{"-e", NULL, "ENGINE", LIBRARY, 0, NULL, "security engine, in hexadecimal"},
	{"-E", NULL, "ENGINE", LIBRARY, 0, NULL, "context engine, in hexadecimal"},
	{"-t", NULL, "SECONDS", LIBRARY, 0, NULL, "how long to wait for an answer"},
	{"-r", NULL, "NUMBER", LIBRARY, 0, is_number, "how often to ask again"},
	{"-d", NULL, NULL, LIBRARY, 0, NULL, "show each packet in hexadecimal"},
	{"-D", NULL, "TOKEN,...", LIBRARY, 0, NULL, "debugging output of net-snmp"},
	{"-a", "ignore", NULL, FLAG, FIELD(ignore), NULL,
	 "show the counters, not how much they grew since the last time"},
	{"-z", "zeros", NULL, FLAG, FIELD(zeros), NULL, "also those that are 0 or did not grow"},
	{"-s", "noupdate", NULL, FLAG, FIELD(no_update), NULL, "leave the history as it is"},
	{"-r", "reset", NULL, FLAG, FIELD(reset), NULL, "forget the history first"},
	{NULL, "nooutput", NULL, FLAG, FIELD(no_output), NULL, "print nothing (nstat's -n)"},
	{NULL, "rates", NULL, FLAG, FIELD(rates), NULL, "with mean rates, which the agent has"},
	{"-d", NULL, "SECONDS", FLAG, FIELD(rates), is_number,
	 "the same; the agent is the daemon, and has an interval of its own"},
	{"-j", "json", NULL, FLAG, FIELD(json), NULL, "print JSON"},
	{"-p", "pretty", NULL, FLAG, FIELD(pretty), NULL, "with -j: on many lines"},
	{"-f", NULL, "HOSTS", WORD, FIELD(hosts), NULL,
	 "ask the hosts of this file, or of - (standard input), all at once"},
	{NULL, "health", NULL, FLAG, FIELD(health), NULL,
	 "print ratios that tell how well the network of the host is"},
	{NULL, "listeners", NULL, FLAG, FIELD(listeners), NULL,
	 "print the TCP listeners, their queues and drops, as ss -tln does"},
	{NULL, "sockets", NULL, FLAG, FIELD(sockets), NULL,
	 "print the UDP sockets likewise, as ss -uan does"},
	{NULL, "namespaces", NULL, FLAG, FIELD(namespaces), NULL,
	 "print how each network namespace of the host does, the worst first"},
	{NULL, "watch", "SECONDS", WATCH, FIELD(watch), is_time,
	 "show what moves, the worst first, each so many seconds, until q"},
	{NULL, "watch", NULL, WATCH, FIELD(watch), NULL, "the same each 2 seconds"},
	{NULL, "explain", NULL, FLAG, FIELD(explain), NULL,
	 "say what the counters mean that the PATTERNs match; no HOST"},
	{"-V", "version", NULL, SHOW_VERSION, 0, NULL, "print the version, and end"},
	{"-h", "help", NULL, SHOW_HELP, 0, NULL, "print this, and end"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_row(const struct row *row)
{
	int used = printf("  %s", row->letter != NULL ? row->letter : "");

	if (row->name != NULL)
		used += printf("%s--%s", row->letter != NULL ? ", " : "", row->name);
	if (row->argument != NULL)
		used += printf(" %s", row->argument);
	printf("%*s%s\n", used < 20 ? 20 - used : 1, "", row->help);
}

static void print_usage(void)
{
	puts("Usage: snmpnstat [OPTIONS] HOST [PATTERN...]\n"
	     "       snmpnstat [OPTIONS] -f HOSTS --health\n"
	     "       snmpnstat --explain PATTERN...\n"
	     "Prints the network counters of a Linux host that runs tcpextd, as nstat does, by "
	     "SNMP.\n");
	for (size_t i = 0; i < ROWS; i++)
		print_row(&rows[i]);
	puts("\nHOST may be HOST:PORT, and whatever else snmpcmd(1) has. -v, -c, -u and all "
	     "passphrases can stand in snmp.conf(5).\nSee snmpnstat(1) and tcpextd-counters(7).");
}

/* --- One option -------------------------------------------------------------------------------*/

static bool is_called(const struct row *row, char letter, const char *name)
{
	if (name != NULL)
		return row->name != NULL && strcmp(row->name, name) == 0;
	return row->letter != NULL && row->letter[1] == letter;
}

/* The row of a letter, or of a name if it is not NULL, with such a word behind it, or else with
 * any; NULL: none. */
static const struct row *find(char letter, const char *name, const char *word)
{
	const struct row *found = NULL;

	for (size_t i = 0; i < ROWS; i++) {
		if (!is_called(&rows[i], letter, name))
			continue;
		if (rows[i].is_meant == NULL)
			found = &rows[i];
		else if (word != NULL && rows[i].is_meant(word))
			return &rows[i];
	}
	return found;
}

static void hand_on(struct tcx_client_options *options, const char *word)
{
	options->library_argv[options->library_argc++] = (char *)word;
}

static void take(struct tcx_client_options *options, const struct row *row, char *word)
{
	switch (row->takes) {
	case FLAG:
		*(bool *)((char *)options + row->field) = true;
		break;
	case WORD:
		*(char **)((char *)options + row->field) = word;
		break;
	case WATCH:
		options->watch = true;
		options->seconds = word != NULL ? strtod(word, NULL) : 2;
		break;
	case LIBRARY:
		hand_on(options, row->letter);
		if (row->argument != NULL)
			hand_on(options, word);
		break;
	case SHOW_VERSION:
		printf("snmpnstat %s (net-snmp %s)\n", TCX_VERSION, netsnmp_get_version());
		options->leave = true;
		break;
	case SHOW_HELP:
		print_usage();
		options->leave = true;
	}
}

static bool refuse(const char *what, const char *option, size_t len)
{
	fprintf(stderr, "snmpnstat: %s '%.*s'\n", what, (int)len, option);
	return false;
}

/* Takes the letters of one word; *next is the word behind it, of which it takes what it needs. */
static bool take_letters(struct tcx_client_options *options, char *letters, char ***next)
{
	for (char *at = letters + 1; *at != '\0'; at++) {
		char *word = at[1] != '\0' ? at + 1 : **next;
		const struct row *row = find(*at, NULL, word);

		if (row == NULL)
			return refuse("unknown option", at, 1);
		if (row->argument != NULL && word == NULL)
			return refuse("a value is missing behind the option", at, 1);
		take(options, row, word);
		if (row->argument == NULL)
			continue;
		*next += word == **next;
		break;
	}
	return true;
}

/* Takes a long one; *next is the word behind it, which it takes if it needs it. */
static bool take_name(struct tcx_client_options *options, const char *name, char ***next)
{
	const struct row *row = find('\0', name + 2, **next);

	if (row == NULL)
		return refuse("unknown option", name, strlen(name));
	take(options, row, row->argument != NULL ? **next : NULL);
	*next += row->argument != NULL;
	return true;
}

/* --- All of them ------------------------------------------------------------------------------*/

/* Takes the options out of the words behind the program's name, until only operands are left. */
static bool take_options(struct tcx_client_options *options, char **argv, size_t *operands)
{
	char **next = argv + 1;

	while (*next != NULL && !options->leave) {
		char *word = *next++;

		if (strcmp(word, "--") == 0) {
			while (*next != NULL)
				argv[++*operands] = *next++;
		} else if (word[0] != '-' || word[1] == '\0') {
			argv[++*operands] = word;
		} else if (word[1] == '-' ? !take_name(options, word, &next)
					  : !take_letters(options, word, &next)) {
			return false;
		}
	}
	return true;
}

/* Whether the operands are those that the options need. */
static bool are_enough(const struct tcx_client_options *options, char **argv, size_t operands)
{
	bool others = options->listeners || options->sockets || options->rates || options->json ||
		      options->explain || options->namespaces;

	if (options->watch && !(options->seconds >= 0.1 && options->seconds <= 86400))
		return refuse("0.1 to 86400 seconds can stand behind", "--watch", 7);
	if (options->watch && (others || options->health))
		return refuse("no other output can be beside", "--watch", 7);
	if (options->hosts != NULL && operands > 0)
		return refuse("-f has the hosts, and takes no", argv[1], strlen(argv[1]));
	if (options->hosts != NULL && (!options->health || others || options->watch))
		return refuse("--health alone, and with no other output, can be of the hosts of",
			      options->hosts, strlen(options->hosts));
	if (options->hosts == NULL && operands == 0)
		return refuse(options->explain ? "give a counter behind the options of"
					       : "give a host behind the options of",
			      argv[0], strlen(argv[0]));
	return true;
}

bool tcx_client_options_parse(struct tcx_client_options *options, int argc, char **argv)
{
	size_t operands = 0;
	bool good;

	options->library_argv = calloc(2 * (size_t)argc + 2, sizeof(char *));
	if (options->library_argv == NULL) {
		fputs("snmpnstat: out of memory\n", stderr);
		return false;
	}
	hand_on(options, argv[0]);
	good = take_options(options, argv, &operands);
	good = good && (options->leave || are_enough(options, argv, operands));
	if (good && options->hosts != NULL) {
		hand_on(options, options->hosts);
	} else if (good && options->explain) {
		options->selection = (struct tcx_selection){argv + 1, operands};
	} else if (good && operands > 0) {
		hand_on(options, argv[1]);
		options->selection = (struct tcx_selection){argv + 2, operands - 1};
	}
	if (!good)
		fputs("Try 'snmpnstat -h' for the options.\n", stderr);
	return good;
}

void tcx_client_options_clear(struct tcx_client_options *options)
{
	free(options->library_argv);
}
