/* SPDX-License-Identifier: BSD-2-Clause */
/* The directives of tcpextd.conf, read with net-snmp's own reader. */
#ifndef TCX_CONFIG_CONFIG_H
#define TCX_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "config/options.h"

/* What is behind its pointers is owned. */
struct tcx_config {
	uint64_t interval_ns;		   /* refreshInterval */
	uint64_t max_age_ns;		   /* maxAge; 0: ten intervals */
	unsigned int modules;		   /* register: bits of tcx_modules_bit() */
	bool modules_given;		   /* a register line was there */
	uint64_t table_interval_ns;	   /* tableInterval */
	uint64_t table_idle_ns;		   /* tableIdle */
	uint64_t table_timeout_ns;	   /* tableTimeout */
	int max_rows;			   /* maxRows */
	struct tcx_link_patterns *ignored; /* ignoreInterface; NULL: none */
	int priority;			   /* registerPriority */
	char *proc_root;
	char *socket;  /* agentXSocket; NULL: the library's default */
	int ping_s;    /* agentXPingInterval, seconds */
	int timeout_s; /* agentXTimeout, seconds */
	int retries;   /* agentXRetries */
};

/* Makes the directives known to the library. To be called once, after init_agent(). */
void tcx_config_register(void);

/*
 * Reads the default files and the one of -c into *config. Each fault is one log line with file,
 * line, word and remedy. Returns the number of faults; *config is left as it was unless that is 0,
 * and then is the caller's to clear.
 */
unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options);

/*
 * Takes a line of the library's log for what is wrong with the file that it reads. False while it
 * reads none.
 */
bool tcx_config_note(const char *line);

void tcx_config_clear(struct tcx_config *config);

/* maxAge, or what it is by default. */
uint64_t tcx_config_max_age(const struct tcx_config *config);

/* Where the library looks for configuration files: directories, with colons between them. */
const char *tcx_config_search_path(void);

#endif
