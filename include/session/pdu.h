/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AgentX PDUs (RFC 2741, section 6), as far as the wire and the face need them: the header, the
 * body of a Get or GetNext, and the response to one.
 */
#ifndef TCX_SESSION_PDU_H
#define TCX_SESSION_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "snmp/dispatcher.h"

#define TCX_PDU_HEADER 20 /* octets */

/* Octets of the longest PDU that the library does not drop silently (agentx_parse(), to 5.10). */
#define TCX_PDU_LONGEST 65536

/* Octets of a response with an error and nothing else. */
#define TCX_PDU_ERROR 28

/* error-status of SNMP (RFC 3416), as responses to Get may have. */
#define TCX_PDU_TOO_BIG 1

/* RFC 2741, 6.2.16 */
#define TCX_PDU_UNSUPPORTED_CONTEXT 262

/* h.type */
enum { TCX_PDU_GET = 5, TCX_PDU_GET_NEXT = 6, TCX_PDU_UNDO_SET = 10, TCX_PDU_RESPONSE = 18 };

struct tcx_pdu {
	uint8_t type;
	uint8_t flags;
	uint32_t session;
	uint32_t transaction;
	uint32_t packet; /* its number; a response has that of its request */
	uint64_t size;	 /* of all, in octets */
	/* Of its body, what has not been taken: */
	const unsigned char *at; /* borrowed */
	size_t left;		 /* octets */
};

/* Reads the header. The body is behind it, if it is there. */
void tcx_pdu_read(struct tcx_pdu *pdu, const unsigned char *octets);

/* Makes an error response with the number of this PDU; index is that of a varbind, from 1, or 0. */
void tcx_pdu_refuse(const struct tcx_pdu *pdu, uint16_t error, uint16_t index,
		    unsigned char answer[TCX_PDU_ERROR]);

/* Takes the context, which comes first: "" without one. False: it is no name that we can have. */
bool tcx_pdu_take_context(struct tcx_pdu *pdu, char name[TCX_CONTEXT_MAX + 1]);

/* The most sub-identifiers: those of a prefix, and as many as an octet counts. */
#define TCX_PDU_NAME_MAX 260

struct tcx_pdu_name {
	oid ids[TCX_PDU_NAME_MAX]; /* of the null one: 0.0, as the library has it */
	size_t len;
	bool include;
};

/* Takes a name. False: it is not whole. */
bool tcx_pdu_take_name(struct tcx_pdu *pdu, struct tcx_pdu_name *name);

/* A response, which can be sent unless len is more than TCX_PDU_LONGEST. */
struct tcx_response {
	unsigned char octets[TCX_PDU_LONGEST + 8]; /* the library wants room behind it */
	size_t len;
	uint8_t flags;
};

void tcx_response_begin(struct tcx_response *response, const struct tcx_pdu *request);

/* type: that of the value, or an exception, which has none: then value is NULL. */
void tcx_response_put(struct tcx_response *response, const oid *name, size_t len, u_char type,
		      const struct tcx_value *value);

#endif
