/* SPDX-License-Identifier: BSD-2-Clause */
/* The checks of --doctor, and what they share. */
#ifndef TCX_DOCTOR_CHECKS_H
#define TCX_DOCTOR_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "config/config.h"
#include "config/options.h"
#include "mib/notifications.h"
#include "snmpdconf/conf.h"

#define DOCTOR_NAME_MAX 256
#define DOCTOR_LIST_MAX 256
#define DOCTOR_PATH_MAX (PATH_MAX + 16) /* of a path and a name, or an address */

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_MORE };

/* Who serves managers, what its files are called, and how it comes to read them again. */
struct doctor_server {
	const char *name, *files, *apply;
};

/* What one run has found and printed so far. */
struct doctor {
	const struct tcx_options *options;
	const struct tcx_config *config; /* zeros unless configured */
	const struct doctor_server *server;
	bool configured;		     /* the configuration has no fault */
	unsigned int served;		     /* the modules of `register', as bits */
	char config_files[1 << 16];	     /* that existed at the start */
	bool by_root;			     /* root started the doctor */
	char user[DOCTOR_NAME_MAX];	     /* whose rights are tried */
	size_t agents;			     /* processes of this host that are agents */
	pid_t agent;			     /* one of them */
	uid_t agent_user;		     /* its user */
	char contexts[1 << 16];		     /* of namespaces that are there now, a line each */
	struct tcx_snmpd_conf snmpd;	     /* or what the same words in ours say */
	bool denied;			     /* a file of snmpd's could not be read */
	char file_to_write[DOCTOR_PATH_MAX]; /* where new lines of snmpd's go */
	const char *masters;		     /* the addresses of the master; NULL: we are it */
	char master[PATH_MAX];		     /* the reached one of these, else the first */
	bool reached;
	struct tcx_fault unreached; /* why it was not reached */
	bool explained;		    /* a printed line says why it is not reached */
	unsigned int said[4];	    /* lines by verdict */
};

/* Prints a line with its verdict, or more about the line before. */
__attribute__((format(printf, 3, 4))) void
tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...);
#define OK(...)	  tcx_doctor_say(doctor, DOCTOR_OK, __VA_ARGS__)
#define WARN(...) tcx_doctor_say(doctor, DOCTOR_WARN, __VA_ARGS__)
#define FAIL(...) tcx_doctor_say(doctor, DOCTOR_FAIL, __VA_ARGS__)
#define MORE(...) tcx_doctor_say(doctor, DOCTOR_MORE, __VA_ARGS__)

/* Writes the words of modules, given as bits, to text, "ip, tcp", and returns text. */
const char *tcx_doctor_list_modules(unsigned int modules, char text[DOCTOR_LIST_MAX]);

/* Whether the configuration leaves a module in; without it, it is invisible, whatever views show.
 */
bool tcx_doctor_serves(const struct doctor *doctor, const char *word);

/* Writes the name of a user or group, or its number, to text and returns text. */
const char *tcx_doctor_user(uid_t uid, char text[DOCTOR_NAME_MAX]);
const char *tcx_doctor_group(gid_t gid, char text[DOCTOR_NAME_MAX]);

/* Whether the user that is tried is in this group. */
bool tcx_doctor_in_group(gid_t gid);

/* Calls use() with the path of each name, up to a NULL, in each directory of the search path. */
void tcx_doctor_each_file(struct doctor *doctor, const char *const *names,
			  void (*use)(struct doctor *doctor, const char *path));

/* Whether it lets its user or community into this context, or one of those of namespaces. */
bool tcx_doctor_lets_in(const struct tcx_snmpd_access *access, const char *context);
bool tcx_doctor_reads_contexts(const struct doctor *doctor, const struct tcx_snmpd_access *access);

/* Writes where this host can ask snmpd to text; returns the kind of community that works there. */
const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char text[DOCTOR_PATH_MAX]);

/* What snmpd shows to a manager. */
struct doctor_answer {
	bool came;	      /* snmpd answered */
	char version[64];     /* the agent's; empty: not shown */
	bool rows;	      /* sysORTable is shown */
	unsigned int modules; /* the agent's modules in it, as bits */
	unsigned int twice;   /* those with more than one row */
};

/* Call once, before the first request. */
void tcx_doctor_ask_init(void);

/*
 * Asks snmpd at an address, as that community or, if given, that user. Takes two seconds without an
 * answer. False when it cannot be that user: a password is too short, or the library lacks a hash
 * or cipher.
 */
bool tcx_doctor_ask(const struct tcx_snmpd_access *access, const struct tcx_snmpd_user *user,
		    const char *address, struct doctor_answer *answer);

/* Finds facts before the checks: files, processes, and whether the master can be reached. */
void tcx_doctor_find_config(struct doctor *doctor);
void tcx_doctor_find_contexts(struct doctor *doctor);
void tcx_doctor_read_snmpd_conf(struct doctor *doctor);
void tcx_doctor_read_own_conf(struct doctor *doctor);
void tcx_doctor_find_agents(struct doctor *doctor);
void tcx_doctor_reach(struct doctor *doctor);

/* The checks. */
void tcx_check_user(struct doctor *doctor);
void tcx_check_config(struct doctor *doctor);
void tcx_check_library(struct doctor *doctor);
void tcx_check_sources(struct doctor *doctor);
void tcx_check_interfaces(struct doctor *doctor);
void tcx_check_snmpd_files(struct doctor *doctor);
void tcx_check_master(struct doctor *doctor);
void tcx_check_same_socket(struct doctor *doctor);
void tcx_check_socket(struct doctor *doctor);
void tcx_check_agent(struct doctor *doctor);
void tcx_check_addresses(struct doctor *doctor);
void tcx_check_views(struct doctor *doctor);
void tcx_check_contexts(struct doctor *doctor);
void tcx_check_mibs(struct doctor *doctor);
void tcx_check_sinks(struct doctor *doctor);

/* Those of --master. The first one needs the rights with which the agent is started. */
void tcx_check_listening(struct doctor *doctor);
void tcx_check_state(struct doctor *doctor);
void tcx_check_answers(struct doctor *doctor);

/* Not checks of the doctor's: send a testNotification to the master, and to sinks of our own. */
void tcx_check_notification(struct doctor *doctor);
void tcx_check_sending(struct doctor *doctor);

/* What both send, of now. */
struct tcx_notice tcx_doctor_test_notice(void);

#endif
