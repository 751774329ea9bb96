/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --listeners and --sockets: the queues of a host's sockets, in the manner of ss. */
#ifndef TCX_CLIENT_SOCKETS_H
#define TCX_CLIENT_SOCKETS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "peer.h"
#include "selection.h"

/*
 * Prints a line for each TCP listener, for each UDP socket, or for both, whose address and port a
 * pattern matches, if there are patterns.
 */
bool tcx_sockets_print(FILE *out, const struct tcx_peer *peer, bool listeners, bool sockets,
		       const struct tcx_selection *selection, struct tcx_fault *fault);

#endif
