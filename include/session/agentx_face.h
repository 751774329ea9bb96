/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers Get and GetNext as the session receives them; the library gets all else
 * (doc/decisions/agentx-face.md).
 */
#ifndef TCX_SESSION_AGENTX_FACE_H
#define TCX_SESSION_AGENTX_FACE_H

#include "session/agentx.h"
#include "snmp/dispatcher.h"

struct tcx_agentx_face {
	struct tcx_agentx *agentx;
	struct tcx_dispatcher *dispatcher;
	bool to_library;	      /* Get and GetNext, too */
	struct tcx_response response; /* the one that is being made */
};

/*
 * Takes what comes by the session from now on; borrows all. With TCPEXTD_FACE=library in the
 * environment the library answers, which is for tests.
 */
void tcx_agentx_face_start(struct tcx_agentx_face *face, struct tcx_agentx *agentx,
			   struct tcx_dispatcher *dispatcher);

#endif
