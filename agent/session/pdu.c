/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads the header of an AgentX PDU and makes error responses. The rest is net-snmp's. */
#include "session/pdu.h"

#include <string.h>

/* Flag NETWORK_BYTE_ORDER: without it, numbers are little-endian. */
#define BIG_ENDIAN_NUMBERS 0x10

/* Flag NON_DEFAULT_CONTEXT: the body begins with a context. */
#define CONTEXT 0x08

#define PROTOCOL 1

static uint32_t get(const unsigned char *octets, uint8_t flags)
{
	uint32_t number = 0;

	for (size_t i = 0; i < 4; i++)
		number = number << 8 | octets[(flags & BIG_ENDIAN_NUMBERS) != 0 ? i : 3 - i];
	return number;
}

static void put(unsigned char *octets, size_t size, uint8_t flags, uint32_t number)
{
	for (size_t i = 0; i < size; i++, number >>= 8)
		octets[(flags & BIG_ENDIAN_NUMBERS) != 0 ? size - 1 - i : i] =
			(unsigned char)number;
}

void tcx_pdu_read(struct tcx_pdu *pdu, const unsigned char header[TCX_PDU_HEADER])
{
	pdu->type = header[1];
	pdu->flags = header[2];
	pdu->session = get(header + 4, pdu->flags);
	pdu->transaction = get(header + 8, pdu->flags);
	pdu->packet = get(header + 12, pdu->flags);
	pdu->size = TCX_PDU_HEADER + (uint64_t)get(header + 16, pdu->flags);
}

bool tcx_pdu_has_context(const struct tcx_pdu *pdu)
{
	return (pdu->flags & CONTEXT) != 0;
}

bool tcx_pdu_asks_us(const struct tcx_pdu *pdu)
{
	return pdu->type >= TCX_PDU_GET && pdu->type <= TCX_PDU_UNDO_SET;
}

bool tcx_pdu_asks_master(const struct tcx_pdu *pdu)
{
	return pdu->type != TCX_PDU_RESPONSE && pdu->type != TCX_PDU_NOTIFY;
}

void tcx_pdu_refuse(const struct tcx_pdu *pdu, uint16_t error, uint16_t index,
		    unsigned char answer[TCX_PDU_ERROR])
{
	uint8_t flags = pdu->flags & BIG_ENDIAN_NUMBERS;

	memset(answer, 0, TCX_PDU_ERROR);
	answer[0] = PROTOCOL;
	answer[1] = TCX_PDU_RESPONSE;
	answer[2] = flags;
	put(answer + 4, 4, flags, pdu->session);
	put(answer + 8, 4, flags, pdu->transaction);
	put(answer + 12, 4, flags, pdu->packet);
	put(answer + 16, 4, flags, TCX_PDU_ERROR - TCX_PDU_HEADER);
	/* sysUpTime, which only the master's responses have, stays 0. */
	put(answer + 24, 2, flags, error);
	put(answer + 26, 2, flags, index);
}
