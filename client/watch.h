/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --watch: what moves on a host, the worst first, again and again. */
#ifndef TCX_CLIENT_WATCH_H
#define TCX_CLIENT_WATCH_H

#include <stdbool.h>

#include "base/fault.h"
#include "peer.h"
#include "selection.h"

/*
 * Watches until the user ends it; zeros: what does not move is shown, too. A host that does not
 * answer is asked on. False with a fault.
 */
bool tcx_watch(struct tcx_peer *peer, double seconds, bool zeros,
	       const struct tcx_selection *selection, struct tcx_fault *fault);

#endif
