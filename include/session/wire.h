/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection below the session. The library's own transports wait for ever for a master that
 * does not accept or receive, and send PDUs that the master drops silently.
 */
#ifndef TCX_SESSION_WIRE_H
#define TCX_SESSION_WIRE_H

#include <limits.h>
#include <stdbool.h>

#include "session/pdu.h"
#include "snmp/netsnmp.h"

/* The library's address of the master; it leads to wire->master. */
#define TCX_WIRE_ADDRESS "tcpextd:"

/* The error of the response that the wire makes for a lost master. A master may send it, too. */
#define TCX_WIRE_LOST 65535

struct tcx_wire {
	netsnmp_tdomain domain; /* the library keeps its address to the end */
	const char *master; /* addresses (session/address.h), borrowed, for the next connection */
	int timeout_s;	    /* timeout of a response, with all retries */
	int stop_fd;	    /* readable when the agent shall end, which ends every wait; or -1 */
	const char *cause;  /* why we gave the last connection up; NULL: the master ended it */
	char address[PATH_MAX]; /* of the last connection, from the list */
	const char *rest;	/* of the list, while that connection has no session; or NULL */
	/*
	 * Gets each PDU first, whole, but of one that is too long the header; true: it has taken
	 * it. Set before the first connection.
	 */
	bool (*take)(void *arg, struct tcx_pdu *pdu);
	void *arg;
	int readable_fd; /* owned; always readable */

	/* The connection; the library has one at a time. */
	uint64_t number; /* another one for each, and once it has ended */
	int fd;
	bool lost;
	bool asking;			   /* the master has not answered our request: */
	struct tcx_pdu asked;		   /* without its body */
	uint64_t asked_ns;		   /* when */
	unsigned char in[TCX_PDU_LONGEST]; /* what was received; it has room for any PDU of ours */
	size_t begin, in_len;		   /* from where on, and how much, is not used yet */
	uint64_t skip;			   /* octets left of a PDU that is too long */
};

/*
 * Registers the transport with the library, once, before it connects; it uses *wire from then on.
 * Connects nowhere until wire->master is set. False with a fault.
 */
bool tcx_wire_init(struct tcx_wire *wire, struct tcx_fault *fault);

/*
 * Sends a whole response by the present connection, of which there must be one; if it is too long,
 * an error. If it cannot be sent that connection ends.
 */
void tcx_wire_answer(const void *octets);

/*
 * Sends a request with a number of our own (TCX_PDU_OURS) by the present connection, of which there
 * must be one; its response comes to take(). The library sees nothing of either. False when the
 * connection ends: no response will come.
 */
bool tcx_wire_request(const struct tcx_message *message);

#endif
