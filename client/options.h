/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of snmpnstat. */
#ifndef TCX_CLIENT_OPTIONS_H
#define TCX_CLIENT_OPTIONS_H

#include <stdbool.h>

#include "selection.h"

struct tcx_client_options {
	bool ignore;	 /* -a: no difference to the history */
	bool zeros;	 /* -z */
	bool no_update;	 /* -s */
	bool reset;	 /* -r */
	bool json;	 /* -j */
	bool pretty;	 /* -p */
	bool no_output;	 /* --nooutput */
	bool rates;	 /* --rates, -d */
	bool health;	 /* --health */
	bool listeners;	 /* --listeners */
	bool sockets;	 /* --sockets */
	bool namespaces; /* --namespaces */
	bool watch;	 /* --watch */
	double seconds;	 /* from one reading to the next */
	bool explain;	 /* --explain: needs no host */
	bool leave;	 /* -h, -V: done */
	char *hosts;	 /* -f: the file of many hosts; NULL: there is one host */
	struct tcx_selection selection;
	int library_argc;
	char **library_argv; /* for snmp_parse_args(): its options, then the host, or the file of
				many; ends with NULL; owned */
};

/* False when it is wrong or memory is short; it has said so on standard error. */
bool tcx_client_options_parse(struct tcx_client_options *options, int argc, char **argv);

void tcx_client_options_clear(struct tcx_client_options *options);

#endif
