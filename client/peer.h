/* SPDX-License-Identifier: BSD-2-Clause */
/* The host that is asked: one session, and a request after the other. */
#ifndef TCX_CLIENT_PEER_H
#define TCX_CLIENT_PEER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "converse.h"
#include "netsnmp.h"

struct tcx_peer {
	netsnmp_session
		wanted; /* what the options say. Releases differ in what of it is to be freed */
	netsnmp_session *session; /* owned */
	const char *host;	  /* as the command line has it */
	const char *context;	  /* its name; "" for the default one */
	bool has_context;	  /* SNMPv3 alone sends it; with SNMPv2c the community decides */
	const char *community;	  /* with SNMPv2c, else "" */
	const struct tcx_meanwhile *meanwhile; /* while it is waited for; NULL: nothing */
};

/*
 * Takes net-snmp's options, which the host ends, and snmp.conf. The argument vector must live as
 * long as the peer. *shown: the library has said on standard error what is wrong.
 */
bool tcx_peer_parse(struct tcx_peer *peer, int argc, char **argv, bool *shown,
		    struct tcx_fault *fault);

/* Opens a session to it. */
bool tcx_peer_open(struct tcx_peer *peer, struct tcx_fault *fault);

/* Sends a request, which it frees and which is NULL where memory was short for it, and gives the
 * response, to be freed. NULL with a fault. */
netsnmp_pdu *tcx_peer_ask(const struct tcx_peer *peer, netsnmp_pdu *request,
			  struct tcx_fault *fault);

/* Says that the host answers but shows nothing of our MIB. Returns false. */
bool tcx_peer_absent(const struct tcx_peer *peer, struct tcx_fault *fault);

/*
 * Opens another session where the last request has shown that this one is of no use: a stream that
 * is broken, or an engine that is another one now. False with a fault.
 */
bool tcx_peer_mend(struct tcx_peer *peer, struct tcx_fault *fault);

void tcx_peer_close(struct tcx_peer *peer);

#endif
