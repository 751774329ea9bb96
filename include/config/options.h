/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line, in the style of net-snmp's agents. */
#ifndef TCX_CONFIG_OPTIONS_H
#define TCX_CONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum tcx_task { TCX_SERVE, TCX_PRINT, TCX_DOCTOR, TCX_NOTIFY_TEST, TCX_SHOW_DIRECTIVES, TCX_LEAVE };

struct tcx_options {
	enum tcx_task task;
	bool print_all;		 /* all behind --print */
	bool foreground;	 /* -f */
	bool own_log;		 /* some -L was given */
	bool no_default_config;	 /* -C */
	const char *config_file; /* -c, or NULL */
	const char *socket;	 /* -x, or NULL */
	const char *pid_file;	 /* -p, or NULL */
	const char *user;	 /* -u, or NULL */
	const char *group;	 /* -g, or NULL */
	bool master;		 /* --master */
	char *const *addresses;	 /* behind it, and how many; borrowed */
	size_t address_count;
};

/*
 * Parses the command line; texts are borrowed from argv. -L and -D act on the library at once.
 * Prints the answers to -h and -v and sets task to TCX_LEAVE. False after a wrong option, which it
 * has named on standard error.
 */
bool tcx_options_parse(struct tcx_options *options, int argc, char **argv);

#endif
