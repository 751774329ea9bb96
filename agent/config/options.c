/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line: -h, -H, -v and all other options. */
#include "config/options.h"
#include "snmp/netsnmp.h"

#include <getopt.h>
#include <stdio.h>

#include "daemon/log_files.h"

static const char usage[] =
	"Usage: tcpextd [OPTIONS]\n"
	"Serves the TCP/IP counters of the Linux kernel to SNMP managers, as a subagent of snmpd.\n"
	"\n"
	"  -f              stay in the foreground\n"
	"  -x ADDRESS      AgentX socket of snmpd (default: what agentXSocket says, or "
	"/var/agentx/master)\n"
	"  -c FILE[,...]   read FILE as configuration, too\n"
	"  -C              do not read the default configuration files\n"
	"  -L OPTIONS      where to log, as below (default: standard error with -f, syslog "
	"without)\n"
	"  -A              append to the log file of -Lf rather than empty it\n"
	"  -D TOKEN[,...]  debugging output of net-snmp (\"-DALL\" for all)\n"
	"  -p FILE         write the process id to FILE\n"
	"  -u USER         run as this user (name or number)\n"
	"  -g GROUP        run as this group (name or number)\n"
	"  -H              print the directives of tcpextd.conf, and end\n"
	"  -v, --version   print the version, and end\n"
	"  -h, --help      print this, and end\n"
	"  --print         read the counters once, print them as nstat does, and end\n"
	"  --doctor        check everything that the agent needs, say what to mend, and end\n"
	"\n"
	"-L OPTIONS:\n";

static const struct option long_options[] = {
	{"print", no_argument, NULL, 'P'},
	{"doctor", no_argument, NULL, 'O'},
	{"version", no_argument, NULL, 'v'},
	{"help", no_argument, NULL, 'h'},
	{NULL, 0, NULL, 0},
};

static void print_version(struct tcx_options *options)
{
	printf("tcpextd %s (net-snmp %s)\n", TCX_VERSION, netsnmp_get_version());
	options->task = TCX_LEAVE;
}

static void print_usage(struct tcx_options *options)
{
	fputs(usage, stdout);
	snmp_log_options_usage("  ", stdout);
	puts("\nSee tcpextd(8), tcpextd.conf(5) and tcpextd-counters(7).");
	options->task = TCX_LEAVE;
}

static bool set_log(struct tcx_options *options, int argc, char **argv)
{
	options->own_log = true;
	return tcx_log_files_options(optarg, argc, argv);
}

static bool set_debug(char *tokens)
{
	debug_register_tokens(tokens);
	snmp_set_do_debugging(1);
	return true;
}

static bool apply(struct tcx_options *options, int letter, int argc, char **argv)
{
	switch (letter) {
	case 'f':
		options->foreground = true;
		return true;
	case 'x':
		options->socket = optarg;
		return true;
	case 'c':
		options->config_file = optarg;
		return true;
	case 'C':
		options->no_default_config = true;
		return true;
	case 'A':
		netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_APPEND_LOGFILES, 1);
		return true;
	case 'L':
		return set_log(options, argc, argv);
	case 'D':
		return set_debug(optarg);
	case 'p':
		options->pid_file = optarg;
		return true;
	case 'u':
		options->user = optarg;
		return true;
	case 'g':
		options->group = optarg;
		return true;
	case 'H':
		options->task = TCX_SHOW_DIRECTIVES;
		return true;
	case 'P':
		options->task = TCX_PRINT;
		return true;
	case 'O':
		options->task = TCX_DOCTOR;
		return true;
	case 'v':
		print_version(options);
		return true;
	case 'h':
		print_usage(options);
		return true;
	default:
		return false; /* getopt has reported it */
	}
}

bool tcx_options_parse(struct tcx_options *options, int argc, char **argv)
{
	bool good = true;
	int letter;

	while (good && options->task != TCX_LEAVE &&
	       (letter = getopt_long(argc, argv, "fx:c:CAL:D:p:u:g:Hvh", long_options, NULL)) != -1)
		good = apply(options, letter, argc, argv);
	if (good && options->task != TCX_LEAVE && optind < argc) {
		fprintf(stderr, "tcpextd: unexpected argument '%s'\n", argv[optind]);
		good = false;
	}
	if (!good)
		fputs("Try 'tcpextd -h' for the options.\n", stderr);
	return good;
}
