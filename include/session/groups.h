/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leaves a group of MIB-II to snmpd while there is nothing to show of it. Each group is registered
 * by an AgentX session of its own, over the one connection, so that it can go alone.
 */
#ifndef TCX_SESSION_GROUPS_H
#define TCX_SESSION_GROUPS_H

#include "snmp/registrations.h"

struct tcx_groups {
	/* Set by the caller: */
	const struct tcx_built_modules *modules;
	struct tcx_registrations *registrations;
	struct tcx_dispatcher *dispatcher;
	struct tcx_context *context; /* the default one */
	uint64_t max_age_ns;
	/* Set by the functions: */
	netsnmp_session *session;	/* the library's, while connected */
	long main;			/* its number at the master */
	long sessions[TCX_MODULES_MAX]; /* those of the groups; 0: it has none */
	unsigned int left;		/* groups that are left to snmpd: bits of 1 << module */
	unsigned int told;		/* those of which the log has said so */
	size_t next;			/* behind the group that was changed last */
};

/* Looks at the groups after each maxAge from now on, and changes one at most. */
void tcx_groups_watch(struct tcx_groups *groups);

/* A connection has begun, with all groups, or ended: NULL. */
void tcx_groups_connected(struct tcx_groups *groups, netsnmp_session *session);

/* Call before and after the library sends a registration, which makes it that of a group. */
void tcx_groups_register(struct tcx_groups *groups, const struct register_parameters *registration);
void tcx_groups_registered(struct tcx_groups *groups);

#endif
