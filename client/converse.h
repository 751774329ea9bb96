/* SPDX-License-Identifier: BSD-2-Clause */
/* A request and its response, as snmp_synch_response() has them; but something can go on meanwhile.
 */
#ifndef TCX_CLIENT_CONVERSE_H
#define TCX_CLIENT_CONVERSE_H

#include <stdbool.h>

#include "netsnmp.h"

/* What goes on while a response is awaited. */
struct tcx_meanwhile {
	int fd;			    /* looked at, too */
	bool (*ready)(void *whose); /* it can be read; false: the response is not wanted any more */
	void *whose;
};

/*
 * Sends a request, which it frees. *response is to be freed. STAT_SUCCESS, STAT_TIMEOUT or
 * STAT_ERROR, which is also that the response is not wanted: then only closing the session is left.
 * meanwhile may be NULL.
 */
int tcx_converse(netsnmp_session *session, const struct tcx_meanwhile *meanwhile,
		 netsnmp_pdu *request, netsnmp_pdu **response);

#endif
