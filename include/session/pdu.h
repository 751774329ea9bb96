/* SPDX-License-Identifier: BSD-2-Clause */
/* The header of AgentX PDUs (RFC 2741, section 6), as far as the wire needs it. */
#ifndef TCX_SESSION_PDU_H
#define TCX_SESSION_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
enum {
	TCX_PDU_OPEN = 1,
	TCX_PDU_GET = 5,
	TCX_PDU_UNDO_SET = 10,
	TCX_PDU_NOTIFY = 12,
	TCX_PDU_RESPONSE = 18
};

struct tcx_pdu {
	uint8_t type;
	uint8_t flags;
	uint32_t session;
	uint32_t transaction;
	uint32_t packet; /* its number; a response has that of its request */
	uint64_t size;	 /* of all, in octets */
};

void tcx_pdu_read(struct tcx_pdu *pdu, const unsigned char header[TCX_PDU_HEADER]);

/* Whether it is for another context than the default one. */
bool tcx_pdu_has_context(const struct tcx_pdu *pdu);

/* Whether the master waits for our response. */
bool tcx_pdu_asks_us(const struct tcx_pdu *pdu);

/* Whether we wait for the master's response. */
bool tcx_pdu_asks_master(const struct tcx_pdu *pdu);

/* Makes an error response with the number of this PDU; index is that of a varbind, from 1, or 0. */
void tcx_pdu_refuse(const struct tcx_pdu *pdu, uint16_t error, uint16_t index,
		    unsigned char answer[TCX_PDU_ERROR]);

#endif
