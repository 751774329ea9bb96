/* SPDX-License-Identifier: BSD-2-Clause */
/* One notification by an AgentX session of its own, without the library and without an agent. */
#ifndef TCX_SESSION_NOTIFY_ONCE_H
#define TCX_SESSION_NOTIFY_ONCE_H

#include <stdbool.h>

#include "base/fault.h"
#include "mib/notifications.h"

/*
 * Opens a session with the master at an address (session/address.h), sends the notification, waits
 * for the answer, at most timeout_ms for each, and ends the session. False with a fault, also when
 * the master has refused it.
 */
bool tcx_notify_once(const char *address, const struct tcx_notice *notice, int timeout_ms,
		     struct tcx_fault *fault);

#endif
