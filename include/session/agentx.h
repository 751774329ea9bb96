/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session with the master agent: its settings, its coming and going, and what the master
 * refuses.
 */
#ifndef TCX_SESSION_AGENTX_H
#define TCX_SESSION_AGENTX_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "session/wire.h"

#define TCX_AGENTX_NAME_MAX 128

struct snmp_session;
struct tcx_config;
struct tcx_registrations;

struct tcx_agentx {
	struct tcx_registrations *registrations; /* which the caller sets before it registers */
	struct tcx_wire wire;
	bool connected;
	bool away;		      /* between tcx_agentx_leave() and tcx_agentx_return() */
	struct snmp_session *session; /* the library's, while connected */
	const void *opened;	      /* its newest one, until that is connected */
	bool complained;	      /* that there is no master; once until there is one */
	unsigned long name[TCX_AGENTX_NAME_MAX]; /* OID that is being registered */
	size_t name_len;
	int priority;	       /* of that registration */
	unsigned int refused;  /* modules of which the master has refused something: bits of
				  tcx_modules_bit() */
	unsigned int reported; /* those that the log has named */
	unsigned int alarm;    /* the library's number of the next try, or 0 */
};

/*
 * Prepares the library to be a subagent, which from then on uses *agentx. Before
 * tcx_config_register(). False when memory is short.
 */
bool tcx_agentx_init(struct tcx_agentx *agentx);

/*
 * Hands the settings to the library. The address of the master is that of -x, or, for NULL, of the
 * configuration, or the library's default. It may be a list, see session/address.h. It is kept by
 * pointer, and used for the next connection.
 */
void tcx_agentx_configure(const struct tcx_config *config, const char *address);

/*
 * Connects, or begins to try again and again. Everything to be served must be registered with the
 * library by now.
 */
void tcx_agentx_connect(void);

/*
 * Before and after registrations are taken back while a master may be there: ends the session, and
 * begins another one, in which everything is registered anew. Nothing is sent in between. Takes as
 * long as the master needs to answer, at most twice its timeout (agentXTimeout, agentXRetries).
 */
void tcx_agentx_leave(void);
void tcx_agentx_return(void);

/* Takes leave from the master, which unregisters everything, and frees the library's state. */
void tcx_agentx_shutdown(void);

/*
 * The library's line about a registration that failed, in plain words; error is the AgentX error
 * code (RFC 2741, 6.2.16).
 */
void tcx_agentx_refused(long error);

/*
 * Tries to connect to one address of a master and closes the connection again. False when that
 * fails; fault says why and what to do. Waits up to two seconds for a host, or until stop_fd can be
 * read (-1: nobody stops it).
 */
bool tcx_agentx_probe(const char *address, int stop_fd, struct tcx_fault *fault);

/*
 * Whether a directory on the way to a path is closed to this user; it is then in directory, which
 * else holds nothing of use.
 */
bool tcx_agentx_closed_directory(const char *path, char directory[PATH_MAX]);

#endif
