/* SPDX-License-Identifier: BSD-2-Clause */
/* The options of the command line, a row each: what -h prints of it, and what it does. */
#include "config/options.h"
#include "snmp/netsnmp.h"

#include <getopt.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "daemon/log_files.h"

#define FIELD(name) offsetof(struct tcx_options, name)

static const struct row {
	int letter;	      /* above UCHAR_MAX: there is only the long name */
	const char *name;     /* the long one, or NULL */
	const char *argument; /* NULL: it takes none */
	enum { FLAG, TEXT, TASK, LIBRARY, LOG, DEBUG, SHOW_VERSION, SHOW_HELP } takes;
	size_t what; /* the field of struct tcx_options, the task, or the library's flag */
	const char *help;
} rows[] = {
	{'f', NULL, NULL, FLAG, FIELD(foreground), "stay in the foreground"},
	{'x', NULL, "ADDRESS", TEXT, FIELD(socket),
	 "AgentX socket of snmpd (default: what agentXSocket says, or /var/agentx/master)"},
	{'c', NULL, "FILE[,...]", TEXT, FIELD(config_file), "read FILE as configuration, too"},
	{'C', NULL, NULL, FLAG, FIELD(no_default_config),
	 "do not read the default configuration files"},
	{'L', NULL, "OPTIONS", LOG, FIELD(own_log),
	 "where to log, as below (default: standard error with -f, syslog without)"},
	{'A', NULL, NULL, LIBRARY, NETSNMP_DS_LIB_APPEND_LOGFILES,
	 "append to the log file of -Lf rather than empty it"},
	{'D', NULL, "TOKEN[,...]", DEBUG, 0, "debugging output of net-snmp (\"-DALL\" for all)"},
	{'p', NULL, "FILE", TEXT, FIELD(pid_file), "write the process id to FILE"},
	{'u', NULL, "USER", TEXT, FIELD(user), "run as this user (name or number)"},
	{'g', NULL, "GROUP", TEXT, FIELD(group), "run as this group (name or number)"},
	{'H', NULL, NULL, TASK, TCX_SHOW_DIRECTIVES,
	 "print the directives of tcpextd.conf, and end"},
	{'v', "version", NULL, SHOW_VERSION, 0, "print the version, and end"},
	{'h', "help", NULL, SHOW_HELP, 0, "print this, and end"},
	{UCHAR_MAX + 4, "master", NULL, FLAG, FIELD(master),
	 "serve managers without snmpd, at each ADDRESS, such as udp:161"},
	{UCHAR_MAX + 1, "print", NULL, TASK, TCX_PRINT,
	 "read the counters once, print them as nstat does (\"--print all\": all), and end"},
	{UCHAR_MAX + 2, "doctor", NULL, TASK, TCX_DOCTOR,
	 "check everything that the agent needs, say what to mend, and end"},
	{UCHAR_MAX + 3, "notify-test", NULL, TASK, TCX_NOTIFY_TEST,
	 "send a notification to whom snmpd.conf names, say what became of it, and end"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void print_row(const struct row *row)
{
	int used = 0;

	fputs("  ", stdout);
	if (row->letter <= UCHAR_MAX)
		used += printf("-%c", row->letter);
	if (row->name != NULL)
		used += printf("%s--%s", used > 0 ? ", " : "", row->name);
	if (row->argument != NULL)
		used += printf(" %s", row->argument);
	printf("%*s%s\n", 16 - used, "", row->help);
}

static void print_usage(void)
{
	puts("Usage: tcpextd [OPTIONS]\n"
	     "       tcpextd [OPTIONS] --master ADDRESS...\n"
	     "Serves the TCP/IP counters of the Linux kernel to SNMP managers, as a subagent of "
	     "snmpd,\nor without one.\n");
	for (size_t i = 0; i < ROWS; i++)
		print_row(&rows[i]);
	puts("\n-L OPTIONS:");
	snmp_log_options_usage("  ", stdout);
	puts("\nSee tcpextd(8), tcpextd.conf(5) and tcpextd-counters(7).");
}

/* False for a letter that is none, of which getopt_long() has complained, and a wrong argument. */
static bool take(int letter, struct tcx_options *options, int argc, char **argv)
{
	const struct row *row = rows;
	void *field;

	while (row < rows + ROWS && row->letter != letter)
		row++;
	if (row == rows + ROWS)
		return false;
	field = (char *)options + row->what;
	switch (row->takes) {
	case FLAG:
		*(bool *)field = true;
		break;
	case TEXT:
		*(const char **)field = optarg;
		break;
	case TASK:
		options->task = (enum tcx_task)row->what;
		break;
	case LIBRARY:
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, (int)row->what, 1);
		break;
	case LOG:
		options->own_log = true;
		return tcx_log_files_options(optarg, argc, argv);
	case DEBUG:
		debug_register_tokens(optarg);
		snmp_set_do_debugging(1);
		break;
	case SHOW_VERSION:
		printf("tcpextd %s (net-snmp %s)\n", TCX_VERSION, netsnmp_get_version());
		options->task = TCX_LEAVE;
		break;
	case SHOW_HELP:
		print_usage();
		options->task = TCX_LEAVE;
	}
	return true;
}

/* As getopt_long(). */
static int next_letter(int argc, char **argv)
{
	char letters[2 * ROWS + 1] = "", *end = letters;
	struct option names[ROWS + 1] = {{0}}, *name = names;

	for (size_t i = 0; i < ROWS; i++) {
		if (rows[i].letter <= UCHAR_MAX)
			end += sprintf(end, "%c%s", rows[i].letter, rows[i].argument ? ":" : "");
		if (rows[i].name != NULL)
			*name++ = (struct option){rows[i].name, no_argument, NULL, rows[i].letter};
	}
	return getopt_long(argc, argv, letters, names, NULL);
}

/* What is behind the options. False: it is wrong, which is said. */
static bool take_operands(struct tcx_options *options, int argc, char **argv)
{
	if (options->task == TCX_PRINT && optind < argc && strcmp(argv[optind], "all") == 0) {
		options->print_all = true;
		optind++;
	}
	if (options->master) {
		options->addresses = argv + optind;
		options->address_count = (size_t)(argc - optind);
		if (options->address_count > 0)
			return true;
		fputs("tcpextd: --master needs an address, such as udp:161\n", stderr);
		return false;
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "tcpextd: unexpected argument '%s'\n", argv[optind]);
	return false;
}

bool tcx_options_parse(struct tcx_options *options, int argc, char **argv)
{
	bool good = true;
	int letter;

	while (good && options->task != TCX_LEAVE && (letter = next_letter(argc, argv)) != -1)
		good = take(letter, options, argc, argv);
	if (good && options->task != TCX_LEAVE)
		good = take_operands(options, argc, argv);
	if (!good)
		fputs("Try 'tcpextd -h' for the options.\n", stderr);
	return good;
}
