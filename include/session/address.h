/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of a master, as in snmpd's agentXSocket: one or several with commas, each a path of
 * a unix socket or tcp:HOST:PORT and the like (snmpcmd(1), "AGENT SPECIFICATION").
 */
#ifndef TCX_SESSION_ADDRESS_H
#define TCX_SESSION_ADDRESS_H

#include <limits.h>
#include <stdbool.h>

/* In place of a descriptor: the name service does not know the host. */
#define TCX_ADDRESS_UNKNOWN (-2)

/* Takes the next address off *list, without the space around it. False when there is none. */
bool tcx_address_next(const char **list, char address[PATH_MAX]);

/* The path within the address; NULL for a host's. */
const char *tcx_address_path(const char *address);

/*
 * Connects; waits at most timeout_ms, or until stop_fd is readable (-1: none). The name service may
 * take longer, but stop_fd ends that wait too. Returns a non-blocking descriptor for the caller to
 * close; TCX_ADDRESS_UNKNOWN; or -1 with errno: ETIMEDOUT, ECANCELED, or EAGAIN for a full queue of
 * a unix socket.
 */
int tcx_address_connect(const char *address, int timeout_ms, int stop_fd);

#endif
