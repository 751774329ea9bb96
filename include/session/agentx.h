/* SPDX-License-Identifier: BSD-2-Clause */
/* The session with the master agent: settings, connection and refused registrations. */
#ifndef TCX_SESSION_AGENTX_H
#define TCX_SESSION_AGENTX_H

#include <stdbool.h>

#include "session/wire.h"
#include "snmp/registrations.h"

struct tcx_config;
struct tcx_fault;
struct tcx_notifications;

/* Sets of groups have the bit 1 << i of each module. */
struct tcx_agentx {
	/* Made by the caller before anything is registered, and freed after the shutdown: */
	struct tcx_built_modules modules;
	struct tcx_registrations registrations;
	struct tcx_dispatcher *dispatcher;
	struct tcx_notifications *notifications; /* session/notifications.h */

	/* The session: */
	struct tcx_wire wire;
	netsnmp_session *session; /* the library's, while connected */
	const void *opened;	  /* its newest one, until that is connected */
	bool away;		  /* between tcx_agentx_leave() and tcx_agentx_return() */
	bool to_library;	  /* Get and GetNext, too */

	/* Groups that are left to snmpd: */
	uint64_t max_age_ns;
	long main;			/* number of the last session at the master */
	long sessions[TCX_MODULES_MAX]; /* those of the groups; 0: it has none */
	unsigned int empty;		/* those that had nothing to show at the last look */
	unsigned int left;
	unsigned int told; /* those of which the log has said so */
	size_t next;	   /* behind the group that was changed last */

	/* Registrations that are refused: */
	const netsnmp_handler_registration *registering; /* the library's */
	unsigned int reported;				 /* those whose refusal is in the log */
	unsigned int alarm; /* of the next try, the library's number; or 0 */
};

/*
 * Prepares the library as a subagent, which uses *agentx from then on. Call before
 * tcx_config_register(). With TCPEXTD_FACE=library in the environment the library answers Get and
 * GetNext, which is for tests. False with a fault.
 */
bool tcx_agentx_init(struct tcx_agentx *agentx, struct tcx_fault *fault);

/*
 * Gives the settings to the library. address is that of -x or NULL: then the configuration's, else
 * the library's default. It may be a list (session/address.h), is borrowed, and serves the next
 * connection.
 */
void tcx_agentx_configure(const struct tcx_config *config, const char *address);

/* Connects, or retries until it can. Everything must be registered with the library before. */
void tcx_agentx_connect(void);

/*
 * Ends the session before registrations are removed, and begins another one with all of them.
 * Nothing is sent in between. Takes at most twice the master's timeout (agentXTimeout,
 * agentXRetries).
 */
void tcx_agentx_leave(void);
void tcx_agentx_return(void);

/* Closes the session, so that the master unregisters everything, and frees the library's state. */
void tcx_agentx_shutdown(void);

/*
 * Logs the library's line about a failed registration in plain words; error is the AgentX error
 * code (RFC 2741, 6.2.16).
 */
void tcx_agentx_refused(long error);

#endif
