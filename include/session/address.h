/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of a master, as agentXSocket of snmpd has them: one or several, separated by
 * commas; each the path of a unix socket, or tcp:HOST:PORT and the like (snmpcmd(1), "AGENT
 * SPECIFICATION").
 */
#ifndef TCX_SESSION_ADDRESS_H
#define TCX_SESSION_ADDRESS_H

#include <limits.h>
#include <stdbool.h>

/* In place of a descriptor: there is no such host, or the name service does not know it. */
#define TCX_ADDRESS_UNKNOWN (-2)

/*
 * Takes the next address out of a list, without the space around it; *list is then what is left.
 * False when there is none.
 */
bool tcx_address_next(const char **list, char address[PATH_MAX]);

/* The path, within the address; NULL when it is one of a host. */
const char *tcx_address_path(const char *address);

/*
 * Connects, and waits at most so long for it, or until stop_fd can be read (-1: nobody stops it).
 * The name service may take its own time, but is not waited for once stop_fd can be read.
 * Returns a descriptor that does not block, for the caller to close; TCX_ADDRESS_UNKNOWN; or -1
 * with errno: ETIMEDOUT and ECANCELED when it waited, EAGAIN when a unix socket has a full queue.
 */
int tcx_address_connect(const char *address, int timeout_ms, int stop_fd);

#endif
