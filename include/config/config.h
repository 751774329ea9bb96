/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration, read from tcpextd.conf with net-snmp's own reader. */
#ifndef TCX_CONFIG_CONFIG_H
#define TCX_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "config/options.h"
#include "sample/thresholds.h"

struct tcx_config {
	uint64_t interval_ns;		   /* refreshInterval */
	uint64_t max_age_ns;		   /* maxAge */
	uint64_t rate_ns;		   /* rateTime */
	uint64_t window_ns;		   /* healthWindow */
	unsigned int modules;		   /* register: bits of tcx_modules_bit() */
	bool modules_given;		   /* a register line was there */
	uint64_t table_interval_ns;	   /* tableInterval */
	uint64_t table_idle_ns;		   /* tableIdle */
	uint64_t table_timeout_ns;	   /* tableTimeout */
	int max_rows;			   /* maxRows */
	struct tcx_list ignored;	   /* ignoreInterface */
	struct tcx_list namespaces;	   /* namespace */
	struct tcx_list namespace_pids;	   /* namespacePid */
	int namespace_limit;		   /* namespaceLimit */
	uint32_t sources_off;		   /* source NAME off: bits of 1 << enum tcx_source */
	struct tcx_thresholds *thresholds; /* threshold: with a reference; NULL: there is none */
	int priority;			   /* registerPriority */
	int notification_limit;		   /* notificationLimit, in a minute */
	char proc_root[PATH_MAX];
	char socket[PATH_MAX]; /* agentXSocket; empty: the library's default */
	int ping_s;	       /* agentXPingInterval, seconds */
	int timeout_s;	       /* agentXTimeout, seconds */
	int retries;	       /* agentXRetries */
};

/* Registers the directives with the library. Call once, after init_agent(). */
void tcx_config_register(void);

/*
 * Reads the default files and that of -c. Logs a line per fault with file, line, word and remedy,
 * and returns the number of faults; with any, *config is unchanged.
 */
unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options);

/* The capabilities that it asks for, as bits of TCX_RIGHTS (daemon/rights.h). */
uint64_t tcx_config_rights(const struct tcx_config *config);

/* Drops the references of a configuration. */
void tcx_config_release(struct tcx_config *config);

/* Takes a log line as a fault of the file that the library reads. False while it reads none. */
bool tcx_config_note(const char *line);

/* The library's search path for configuration files, separated by colons. */
const char *tcx_config_search_path(void);

#endif
