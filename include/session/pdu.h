/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * AgentX PDUs (RFC 2741, section 6), as far as we read and make them ourselves: the header, the
 * body of a Get or GetNext and the response to one, a Notify and its response; and what begins and
 * ends a session that is there for a Notify alone.
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
#define TCX_PDU_PROCESSING_ERROR    268

/* h.type */
enum {
	TCX_PDU_OPEN = 1,
	TCX_PDU_CLOSE = 2,
	TCX_PDU_GET = 5,
	TCX_PDU_GET_NEXT = 6,
	TCX_PDU_TEST_SET = 8,
	TCX_PDU_COMMIT_SET = 9,
	TCX_PDU_UNDO_SET = 10,
	TCX_PDU_CLEANUP_SET = 11,
	TCX_PDU_NOTIFY = 12,
	TCX_PDU_RESPONSE = 18
};

/* Requests of our own have numbers with this bit, the library's have not (snmp_get_next_reqid()).
 */
#define TCX_PDU_OURS 0x80000000U

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

/* Takes the error of a response, 0 for none. False: it is not whole. */
bool tcx_pdu_take_error(struct tcx_pdu *pdu, uint16_t *error);

/* A response, whose context was taken, without that and its varbinds. False: it is not whole. */
bool tcx_pdu_strip(const struct tcx_pdu *pdu, unsigned char response[TCX_PDU_ERROR]);

/* A PDU of ours, which can be sent unless len is more than TCX_PDU_LONGEST. */
struct tcx_message {
	unsigned char octets[TCX_PDU_LONGEST + 8]; /* the library wants room behind it */
	size_t len;
	uint8_t flags;
};

void tcx_message_respond(struct tcx_message *message, const struct tcx_pdu *request);

/*
 * Without sysUpTime.0: the master adds its own (7.1.10). snmpd, given one, looks for snmpTrapOID in
 * its value, beyond its end (netsnmp_send_traps(), up to 5.10). snmpTrapOID.0 is to be put first.
 */
void tcx_message_notify(struct tcx_message *message, uint32_t session, uint32_t packet,
			const char *context);

/* Opens a session of this name; nothing can be put into it. */
void tcx_message_open(struct tcx_message *message, uint32_t packet, const char *name);

/* Ends one, as the agent ends; likewise. */
void tcx_message_close(struct tcx_message *message, uint32_t session, uint32_t packet);

/*
 * Adds a varbind. type: that of the value, or an exception, which has none: then value is NULL.
 */
void tcx_message_put(struct tcx_message *message, const oid *name, size_t len, u_char type,
		     const struct tcx_value *value);

#endif
