/* SPDX-License-Identifier: BSD-2-Clause */
/* What the measuring clients share: a session with snmpd, requests and walks. */
#ifndef TCX_BENCH_CLIENT_H
#define TCX_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/netsnmp.h"

/* Says what is wrong and ends the program. */
_Noreturn void client_fail(const char *what);

/* A session of SNMPv2c that waits so long for an answer and asks once only. */
netsnmp_session *client_open(const char *address, int timeout_s);

/* The answer, to be freed, or NULL when none came in time. Any other fault ends the program. */
netsnmp_pdu *client_ask(netsnmp_session *session, netsnmp_pdu *pdu);

/* A walk of a subtree with GETBULK. */
struct client_walk {
	oid root[MAX_OID_LEN];
	oid name[MAX_OID_LEN]; /* last one seen */
	size_t root_len;
	size_t name_len;
	size_t rows;
	bool ended; /* there is nothing more in the subtree */
};

void client_walk_begin(struct client_walk *walk, const oid *root, size_t root_len);

/* One request for so many names. False when no answer came in time. */
bool client_walk_step(struct client_walk *walk, netsnmp_session *session, long repetitions);

#endif
