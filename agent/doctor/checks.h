/* What the checks of --doctor share, and the checks. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/fault.h"
#include "config/config.h"
#include "config/options.h"
#include "snmpdconf/conf.h"

/* agentx.conf and both tcpextd files in each place of the search path, and what -c has: more than
 * there ever are. */
#define DOCTOR_CONFIG_FILES_MAX 64

/* Who snmpd.conf lets in, one after the other, until one is answered: each takes two seconds. */
#define DOCTOR_ASKERS_MAX 4

/* So long an agent that runs may take to be connected. */
#define DOCTOR_PATIENCE_S 5

enum doctor_verdict { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL };

/* What one run has found and said so far. */
struct doctor {
	const struct tcx_options *options;
	const struct tcx_config *config; /* zeros unless configured */
	const char *masters;		 /* their addresses */
	struct tcx_snmpd_conf snmpd;
	unsigned int said[3]; /* lines by verdict */
	size_t config_count;  /* files of configuration that were there at the start */
	char *config_files[DOCTOR_CONFIG_FILES_MAX];
	bool denied;		    /* a file of snmpd's could not be read */
	bool configured;	    /* the configuration has no fault */
	bool reached;		    /* the master's socket */
	bool explained;		    /* a finding says why it is not */
	char master[PATH_MAX];	    /* its address: of a list the one that was reached, else the
				     * first */
	struct tcx_fault unreached; /* what was found there */
	bool by_root;		    /* so it was started */
	size_t agents;		    /* processes of this host that are agents */
	pid_t agent;		    /* one of them */
};

/* A line with its verdict, and a further line about it. */
__attribute__((format(printf, 3, 4))) void
tcx_doctor_say(struct doctor *doctor, enum doctor_verdict verdict, const char *format, ...);
__attribute__((format(printf, 1, 2))) void tcx_doctor_add(const char *format, ...);

/* The name of a user or group, or its number; valid until the next call. */
const char *tcx_doctor_name_user(uid_t uid, char *number);
const char *tcx_doctor_name_group(gid_t gid, char *number);

/* The same with room for the number in the caller's block. */
#define TCX_DOCTOR_NUMBER     24
#define tcx_doctor_user(uid)  tcx_doctor_name_user(uid, (char[TCX_DOCTOR_NUMBER]){0})
#define tcx_doctor_group(gid) tcx_doctor_name_group(gid, (char[TCX_DOCTOR_NUMBER]){0})

/* Whether the user that is tried has this group. */
bool tcx_doctor_in_group(gid_t gid);

/* Where the library looks for configuration files. */
const char *tcx_doctor_search_path(void);

/* Calls use() with the path that each name, up to a NULL, would have in each directory of that
 * path. */
void tcx_doctor_each_file(struct doctor *doctor, const char *const *names,
			  void (*use)(struct doctor *doctor, const char *path));

/* Where new lines of snmpd's go: the folder that it includes, else the file that it reads. */
const char *tcx_doctor_put_file(const struct tcx_snmpd_conf *snmpd, char *path);

/* The same with room for the path in the caller's block. */
#define TCX_DOCTOR_PATH			(PATH_MAX + 16)
#define tcx_doctor_file_to_write(snmpd) tcx_doctor_put_file(snmpd, (char[TCX_DOCTOR_PATH]){0})

/* Where snmpd listens for managers: agentaddress, or its default. */
const char *tcx_doctor_listens_at(const struct tcx_snmpd_conf *snmpd);

/* Whether only this host can ask at one of these addresses. */
bool tcx_doctor_is_local(const char *address);

/* Where this host can ask snmpd, in text with room for TCX_DOCTOR_PATH, and the kind of community
 * that is good there. */
const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char *text);

/* Who may open the master's socket, as snmpd.conf says: good, or lines of advice. */
bool tcx_doctor_perms_let_in(const struct doctor *doctor);
void tcx_doctor_advise_perms(const struct tcx_snmpd_conf *snmpd);

/* What is found out before it is judged: files of the agent's and of snmpd's configuration,
 * processes, and whether the master can be reached. */
void tcx_doctor_find_config(struct doctor *doctor);
void tcx_doctor_read_snmpd_conf(struct doctor *doctor);
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
