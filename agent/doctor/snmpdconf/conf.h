/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What snmpd.conf says to a subagent: whether there is an AgentX master, who may connect to it, and
 * which subtrees each community and user may read. Parsed as snmpd does, with includes
 * (snmplib/read_config.c, mibII/vacm_conf.c).
 */
#ifndef TCX_DOCTOR_SNMPDCONF_CONF_H
#define TCX_DOCTOR_SNMPDCONF_CONF_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "snmp/netsnmp.h"

#define TCX_SNMPD_WORD_MAX  128 /* room for a name; longer ones are cut */
#define TCX_SNMPD_PLACE_MAX 320 /* room for FILE:LINE */
#define TCX_SNMPD_NOTE_MAX  512

/* agentXPerms; zeros without it. The modes are -1 where the line has none. */
struct tcx_snmpd_perms {
	int socket;
	int directory;
	char user[TCX_SNMPD_WORD_MAX];
	char group[TCX_SNMPD_WORD_MAX];
};

/* Versions of SNMP, as bits; of version 3 one for each security model. */
#define TCX_SNMPD_V1  1U
#define TCX_SNMPD_V2C 2U
#define TCX_SNMPD_USM 4U
#define TCX_SNMPD_TSM 8U
#define TCX_SNMPD_V3  (TCX_SNMPD_USM | TCX_SNMPD_TSM)

/* Who may read through which view. */
struct tcx_snmpd_access {
	const char *kind;		  /* "community", "IPv6 community", "user"; static */
	char name[TCX_SNMPD_WORD_MAX];	  /* the name; never printed */
	char source[TCX_SNMPD_WORD_MAX];  /* where a community may come from */
	char context[TCX_SNMPD_WORD_MAX]; /* empty: the default one */
	bool prefix; /* of a user: all contexts that begin with context, if that is empty all */
	bool unsaid; /* likewise all, since the line of the user does not name one */
	bool idle;   /* nobody comes so: a community in a context that is not its own */
	unsigned int versions;
	char place[TCX_SNMPD_PLACE_MAX];
	char view[TCX_SNMPD_WORD_MAX];
	char oid[TCX_SNMPD_WORD_MAX]; /* not empty: the line has this OID, and its view's name is
					 made up */
	bool unclear;		      /* the OID is malformed, and not to be printed */
};

/* A line of com2sec for a context that no access line lets it in. */
struct tcx_snmpd_shut {
	char context[TCX_SNMPD_WORD_MAX];
	char name[TCX_SNMPD_WORD_MAX];	/* the security name, which is no secret */
	char group[TCX_SNMPD_WORD_MAX]; /* of that; empty: none */
	char place[TCX_SNMPD_PLACE_MAX];
};

/* createUser; absent words are empty. Never printed. */
struct tcx_snmpd_user {
	char name[TCX_SNMPD_WORD_MAX];
	char auth_type[TCX_SNMPD_WORD_MAX]; /* MD5, SHA ... */
	char auth[TCX_SNMPD_WORD_MAX];
	char priv_type[TCX_SNMPD_WORD_MAX]; /* DES, AES ... */
	char priv[TCX_SNMPD_WORD_MAX];
};

struct tcx_snmpd_file {
	char path[PATH_MAX];
	dev_t device;
	ino_t inode;
};

struct tcx_snmpd_conf {
	const char *section;	  /* "[tcpextd]" where the files are ours; NULL: snmpd's */
	bool master;		  /* "master agentx" */
	char socket[PATH_MAX];	  /* agentXSocket; empty: the default */
	char addresses[PATH_MAX]; /* all of agentaddress, with commas; empty: none */
	struct tcx_snmpd_perms perms;
	char include_dir[PATH_MAX]; /* the last includeDir that could be read, or empty */
	bool short_of_memory;	    /* the data are incomplete */
	size_t file_count;	    /* that were read */
	struct tcx_snmpd_file *files;
	size_t access_count;
	struct tcx_snmpd_access *accesses;
	size_t row_count;
	struct tcx_snmpd_row *rows;
	size_t shut_count;
	struct tcx_snmpd_shut *shut;
	size_t user_count;
	struct tcx_snmpd_user *users;
	size_t inform_count; /* of the sinks, those that are to answer */
	size_t sink_count;   /* lines that say who gets notifications, by their places */
	char (*sinks)[TCX_SNMPD_PLACE_MAX];
	size_t note_count; /* what was ignored or not understood, with its place */
	char (*notes)[TCX_SNMPD_NOTE_MAX];
};

/*
 * Adds a file and its includes; *conf begins as zeros. Its views go to the library, whose
 * vacm_checkSubtree() tells what they show, as it does in snmpd. Returns 0 or the errno of the
 * file, which also gives a note unless it is ENOENT. Skips a file that was read before.
 */
int tcx_snmpd_conf_read(struct tcx_snmpd_conf *conf, const char *path);

/* Joins com2sec, group and access lines to accesses. Call once, after the last file. */
void tcx_snmpd_conf_finish(struct tcx_snmpd_conf *conf);

/* Frees its members and the views, and zeros it. */
void tcx_snmpd_conf_clear(struct tcx_snmpd_conf *conf);

#endif
