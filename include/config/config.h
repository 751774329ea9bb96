/* SPDX-License-Identifier: BSD-2-Clause */
/* The configuration, read from tcpextd.conf with net-snmp's own reader. */
#ifndef TCX_CONFIG_CONFIG_H
#define TCX_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/list.h"
#include "config/options.h"
#include "sample/thresholds.h"

/* A line for the library, of a word for access or sinks of notifications. */
struct tcx_access_line {
	char *place; /* owned, both: "FILE: line N: " */
	char *text;
	size_t word;	   /* its place among them */
	char *target;	   /* owned: the receiver that it names; NULL: it is for access */
	bool is_version_1; /* which it gets */
	bool informs;	   /* or traps */
};

/* The most octets of a text of the system group (RFC 3418). */
#define TCX_SYSTEM_TEXT_MAX 255

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
	/* Of use for a master alone: */
	struct tcx_access {
		struct tcx_access_line *lines; /* owned */
		size_t count;
		bool in_force; /* they are, or were */
	} access;
	char sys_descr[TCX_SYSTEM_TEXT_MAX + 1]; /* sysDescr ...; empty: what uname tells */
	char sys_contact[TCX_SYSTEM_TEXT_MAX + 1];
	char sys_name[TCX_SYSTEM_TEXT_MAX + 1];
	char sys_location[TCX_SYSTEM_TEXT_MAX + 1];
};

/* The library's name for the words of a master, to be given to init_agent(). */
#define TCX_MASTER_TYPE "tcpextd-master"

/* Registers the directives with the library. Call once, after init_agent(). */
void tcx_config_register(void);

/*
 * Reads the default files and that of -c. *config is what is in force so far, zeros at first. Logs
 * a line per fault with file, line, word and remedy, and returns the number of faults; with any,
 * *config is unchanged, and otherwise overwritten.
 */
unsigned int tcx_config_read(struct tcx_config *config, const struct tcx_options *options);

/* The capabilities that it asks for, as bits of TCX_RIGHTS (daemon/rights.h). */
uint64_t tcx_config_rights(const struct tcx_config *config);

/* Puts a master's lines for the library in force again, after tcx_config_read() of others. */
void tcx_config_put_back(const struct tcx_config *config, const struct tcx_options *options);

/*
 * Opens a session with the receiver of such a line, for the caller to close. A stream is connected.
 * NULL with an errno, which may be 0: it cannot be reached.
 */
struct snmp_session *tcx_config_open_target(const struct tcx_access *access,
					    const struct tcx_access_line *line, bool *informs);

/* Drops the references of a configuration. */
void tcx_config_release(struct tcx_config *config);

/* Takes a log line as a fault of the file that the library reads. False while it reads none. */
bool tcx_config_note(const char *line);

/* The library's search path for configuration files, separated by colons. */
const char *tcx_config_search_path(void);

#endif
