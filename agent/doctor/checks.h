/* SPDX-License-Identifier: BSD-2-Clause */
/* What the checks of --doctor share, and the checks. */
#ifndef TCX_DOCTOR_CHECKS_H
#define TCX_DOCTOR_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "config/config.h"
#include "config/options.h"
#include "snmpdconf/conf.h"

#define DOCTOR_NAME_MAX 256
#define DOCTOR_LIST_MAX 256
#define DOCTOR_PATH_MAX (PATH_MAX + 16) /* of a path and a name, or an address */

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_MORE };

/* What one run has found and said so far. */
struct doctor {
	const struct tcx_options *options;
	const struct tcx_config *config; /* zeros unless configured */
	bool configured;		 /* the configuration has no fault */
	unsigned int served;		 /* what `register' has of tcx_modules, as bits */
	char config_files[1 << 16];	 /* that were there at the start, a line for each */
	bool by_root;			 /* so it was started */
	char user[DOCTOR_NAME_MAX];	 /* as whom it is tried */
	size_t agents;			 /* processes of this host that are agents */
	pid_t agent;			 /* one of them */
	struct tcx_snmpd_conf snmpd;
	bool denied;			     /* a file of snmpd's could not be read */
	char file_to_write[DOCTOR_PATH_MAX]; /* where new lines of snmpd's go */
	const char *masters;		     /* the addresses of the master */
	char master[PATH_MAX];		     /* of these the one that was reached, else the first */
	bool reached;
	struct tcx_fault unreached; /* what was found there */
	bool explained;		    /* a finding says why it is not reached */
	unsigned int said[4];	    /* lines by verdict */
};

/* A line with its verdict, or more about the one before. For functions that have the doctor. */
__attribute__((format(printf, 3, 4))) void
tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...);
#define OK(...)	  tcx_doctor_say(doctor, DOCTOR_OK, __VA_ARGS__)
#define WARN(...) tcx_doctor_say(doctor, DOCTOR_WARN, __VA_ARGS__)
#define FAIL(...) tcx_doctor_say(doctor, DOCTOR_FAIL, __VA_ARGS__)
#define MORE(...) tcx_doctor_say(doctor, DOCTOR_MORE, __VA_ARGS__)

/* Appends a word to a list: "one, two". */
void tcx_doctor_append(char text[DOCTOR_LIST_MAX], const char *word);

/* The name of a user or group, or its number: writes it to text, which is returned. */
const char *tcx_doctor_user(uid_t uid, char text[DOCTOR_NAME_MAX]);
const char *tcx_doctor_group(gid_t gid, char text[DOCTOR_NAME_MAX]);

/* Whether the user that is tried has this group. */
bool tcx_doctor_in_group(gid_t gid);

/* Calls use() with the path that each name, up to a NULL, would have in each directory of the
 * search path. */
void tcx_doctor_each_file(struct doctor *doctor, const char *const *names,
			  void (*use)(struct doctor *doctor, const char *path));

/* Where snmpd listens for managers: agentaddress, or its default; and whether only this host can
 * ask there. */
const char *tcx_doctor_listens_at(const struct tcx_snmpd_conf *snmpd);
bool tcx_doctor_listens_locally(const struct tcx_snmpd_conf *snmpd);

/* Where this host can ask snmpd, in text, and the kind of community that is good there. */
const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char text[DOCTOR_PATH_MAX]);

/* Who may open the master's socket, as snmpd.conf says: good, or lines of advice. */
bool tcx_doctor_perms_let_in(const struct doctor *doctor);
void tcx_doctor_advise_perms(struct doctor *doctor);

/* What is found out before it is judged: files of the agent's and of snmpd's configuration,
 * processes, and whether the master can be reached. */
void tcx_doctor_find_config(struct doctor *doctor);
void tcx_doctor_read_snmpd_conf(struct doctor *doctor);
void tcx_doctor_find_file_to_write(struct doctor *doctor);
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
void tcx_check_agentx_socket(struct doctor *doctor);
void tcx_check_socket(struct doctor *doctor);
void tcx_check_agent(struct doctor *doctor);
void tcx_check_addresses(struct doctor *doctor);
void tcx_check_views(struct doctor *doctor);
void tcx_check_mibs(struct doctor *doctor);

#endif
