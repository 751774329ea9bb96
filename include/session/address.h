/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of a master, as in snmpd's agentXSocket: one or several with commas, each a path of
 * a unix socket or tcp:HOST:PORT and the like (snmpcmd(1), "AGENT SPECIFICATION").
 */
#ifndef TCX_SESSION_ADDRESS_H
#define TCX_SESSION_ADDRESS_H

#include <limits.h>
#include <stdbool.h>

#include "base/fault.h"

/* Takes the next address off *list, without the space around it. False when there is none. */
bool tcx_address_next(const char **list, char address[PATH_MAX]);

/* The path within the address; NULL for a host's. */
const char *tcx_address_path(const char *address);

/*
 * Connects; waits at most timeout_ms, or until stop_fd is readable (-1: none). The name service may
 * take longer, but stop_fd ends that wait too. Returns a non-blocking descriptor for the caller to
 * close; or -1 with errno: ENOENT also for a host that the name service does not know, ETIMEDOUT,
 * ECANCELED, or EAGAIN for a full queue of a unix socket.
 */
int tcx_address_connect(const char *address, int timeout_ms, int stop_fd);

/*
 * Connects and closes the connection. False with a fault that says why and what to do. Waits up to
 * two seconds for a host, or until stop_fd is readable.
 */
bool tcx_address_probe(const char *address, int stop_fd, struct tcx_fault *fault);

/* Whether it is known without a question to anybody that a datagram can be sent to a receiver. */
bool tcx_address_is_plain(const char *target);

/*
 * Whether a receiver of SNMP (snmpcmd(1), "AGENT SPECIFICATION") is known to the name service and,
 * where it is a stream's, accepts: 0 or an errno as above. Waits timeout_ms at most for it, and for
 * the name service as long as that takes: not for the loop.
 */
int tcx_address_reach(const char *target, int timeout_ms);

/*
 * Whether this user may not pass a directory of a path, which then goes to directory. Otherwise
 * directory is undefined.
 */
bool tcx_address_closed_directory(const char *path, char directory[PATH_MAX]);

#endif
