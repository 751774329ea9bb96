/* SPDX-License-Identifier: BSD-2-Clause */
/* What master.c uses of the master's other part. */
#ifndef TCX_SESSION_MASTER_PARTS_H
#define TCX_SESSION_MASTER_PARTS_H

#include "session/master.h"
#include "snmp/netsnmp.h"

/*
 * manager_face.c: the callback of sessions, of struct tcx_master. Answers Get, GetNext and GetBulk,
 * and refuses Set (doc/decisions/manager-face.md).
 */
int tcx_master_take(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		    void *arg);

#endif
