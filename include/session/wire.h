/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection that the session with the master goes by. It is ours and not one of the library's:
 * those wait without end for a master that does not take what is sent or does not accept, and let
 * pass PDUs that the other side drops without a word.
 */
#ifndef TCX_SESSION_WIRE_H
#define TCX_SESSION_WIRE_H

#include <limits.h>
#include <stdbool.h>

/* What is to be the library's address of the master. It leads to wire->master. */
#define TCX_WIRE_ADDRESS "tcpextd:"

/* The error of an answer that the wire gives in the place of a master that is lost. RFC 2741 has no
 * such number. */
#define TCX_WIRE_LOST 65535

struct netsnmp_tdomain_s;

struct tcx_wire {
	struct netsnmp_tdomain_s *domain; /* owned */
	const char *master; /* addresses, see session/address.h; not owned, used for the next
			       connection */
	int timeout_s;	    /* how long the master has for an answer, all retries together */
	int stop_fd;	    /* readable when the agent is to end, which ends all waiting; or -1 */
	const char *cause;  /* why the last connection was given up; NULL: the master ended it */
	char address[PATH_MAX]; /* where the last connection went to, of a list */
	bool in_vain;		/* that connection has not become a session, or not yet */
};

/*
 * Makes it known to the library, which from then on uses *wire. Before the library connects; once.
 * It leads nowhere until wire->master is set. False when memory is short.
 */
bool tcx_wire_init(struct tcx_wire *wire);

/* When the library has been shut down. */
void tcx_wire_free(void);

#endif
