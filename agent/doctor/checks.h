/* What the checks of --doctor share. Each file of agent/doctor is one of them. */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "daemon/context.h"
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
	const struct tcx_context *context;
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

/* Reads what snmpd reads, into doctor->snmpd. */
void tcx_doctor_read_snmpd_conf(struct doctor *doctor);

/* Before root is given up, which may look at all processes. */
void tcx_doctor_find_agents(struct doctor *doctor);

/* Whether a view shows all of LINUX-TCPEXT-MIB. */
bool tcx_doctor_shows_mib(const struct doctor *doctor, const char *view);

/* Whether it shows sysORLastChange. */
bool tcx_doctor_shows_rows(const struct doctor *doctor, const char *view);

/* Where this host can ask snmpd, in text with room for TCX_DOCTOR_PATH, and the kind of community
 * that is good there. */
const char *tcx_doctor_ask_address(const struct tcx_snmpd_conf *snmpd, char *text);

/* Who may open the master's socket, as snmpd.conf says: good, or lines of advice. */
bool tcx_doctor_perms_let_in(const struct doctor *doctor);
void tcx_doctor_advise_perms(const struct tcx_snmpd_conf *snmpd);

/* Tries to connect to the master, and says nothing of it yet. */
void tcx_doctor_reach(struct doctor *doctor);

/* The checks. */
void tcx_doctor_library(struct doctor *doctor);
void tcx_doctor_sources(struct doctor *doctor);
void tcx_doctor_interfaces(struct doctor *doctor);
void tcx_doctor_socket(struct doctor *doctor);
void tcx_doctor_perms(struct doctor *doctor);
void tcx_doctor_addresses(struct doctor *doctor);
void tcx_doctor_agent(struct doctor *doctor);
void tcx_doctor_snmpd_conf(struct doctor *doctor);
void tcx_doctor_views(struct doctor *doctor);
void tcx_doctor_mibs(struct doctor *doctor);

#endif
