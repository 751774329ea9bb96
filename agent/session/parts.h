/* SPDX-License-Identifier: BSD-2-Clause */
/* What agentx.c uses of the session's other parts. */
#ifndef TCX_SESSION_PARTS_H
#define TCX_SESSION_PARTS_H

#include "session/agentx.h"

/*
 * agentx_face.c: the wire's take(), of struct tcx_agentx. Answers Get and GetNext, and hands on the
 * responses to notifications; the library gets all else (doc/decisions/agentx-face.md).
 */
bool tcx_agentx_take(void *arg, struct tcx_pdu *pdu);

/*
 * groups.c: leaves a group of MIB-II to snmpd while there is nothing to show of it. Each group is
 * registered by an AgentX session of its own, over the one connection, so that it can go alone.
 */

/* Looks at the groups after each maxAge from now on, and changes one at most. */
void tcx_groups_watch(struct tcx_agentx *agentx);

/*
 * Call before the library sends a registration: it does so by the session of the group, if that has
 * one, until the number is agentx->main again.
 */
void tcx_groups_register(struct tcx_agentx *agentx, const struct register_parameters *registration);

#endif
