/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads AgentX PDUs and makes responses. */
#include "session/pdu.h"

#include <endian.h>
#include <string.h>

/* Flag NETWORK_BYTE_ORDER: without it, numbers are little-endian. */
#define BIG_ENDIAN_NUMBERS 0x10

/* Flag NON_DEFAULT_CONTEXT: the body begins with a context. */
#define CONTEXT 0x08

#define PROTOCOL 1

static bool is_big_endian(uint8_t flags)
{
	return (flags & BIG_ENDIAN_NUMBERS) != 0;
}

static uint32_t get(const unsigned char *octets, uint8_t flags)
{
	uint32_t number;

	memcpy(&number, octets, sizeof(number));
	return is_big_endian(flags) ? be32toh(number) : le32toh(number);
}

static void put(unsigned char *octets, uint8_t flags, uint32_t number)
{
	number = is_big_endian(flags) ? htobe32(number) : htole32(number);
	memcpy(octets, &number, sizeof(number));
}

/* Two numbers of 16 bits, as one to be put. */
static uint32_t pair(uint8_t flags, uint16_t first, uint16_t second)
{
	return is_big_endian(flags) ? (uint32_t)first << 16 | second
				    : (uint32_t)second << 16 | first;
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

bool tcx_pdu_asks_us(const struct tcx_pdu *pdu)
{
	return pdu->type >= TCX_PDU_GET && pdu->type <= TCX_PDU_UNDO_SET;
}

/*
 * All of it but its length, and no error. sysUpTime, which means nothing in a subagent's (RFC 2741,
 * 6.2.16), stays 0.
 */
static void answer_header(const struct tcx_pdu *pdu, uint8_t flags,
			  unsigned char answer[TCX_PDU_ERROR])
{
	memset(answer, 0, TCX_PDU_ERROR);
	answer[0] = PROTOCOL;
	answer[1] = TCX_PDU_RESPONSE;
	answer[2] = flags;
	put(answer + 4, flags, pdu->session);
	put(answer + 8, flags, pdu->transaction);
	put(answer + 12, flags, pdu->packet);
}

void tcx_pdu_refuse(const struct tcx_pdu *pdu, uint16_t error, uint16_t index,
		    unsigned char answer[TCX_PDU_ERROR])
{
	uint8_t flags = pdu->flags & BIG_ENDIAN_NUMBERS;

	answer_header(pdu, flags, answer);
	put(answer + 16, flags, TCX_PDU_ERROR - TCX_PDU_HEADER);
	put(answer + 24, flags, pair(flags, error, index));
}

/* --- The body of a request ---------------------------------------------------------------------*/

void tcx_pdu_begin(struct tcx_pdu_body *body, const struct tcx_pdu *pdu,
		   const unsigned char *octets)
{
	body->at = octets + TCX_PDU_HEADER;
	body->left = pdu->size - TCX_PDU_HEADER;
	body->flags = pdu->flags;
}

static void pass(struct tcx_pdu_body *body, size_t octets)
{
	body->at += octets;
	body->left -= octets;
}

bool tcx_pdu_take_context(struct tcx_pdu_body *body, char name[TCX_CONTEXT_MAX + 1])
{
	bool has_one = (body->flags & CONTEXT) != 0;
	size_t len = has_one && body->left >= 4 ? get(body->at, body->flags) : 0;
	size_t padded = (len + 3) & ~(size_t)3;

	name[0] = '\0';
	if (!has_one)
		return true;
	if (len == 0 || len > TCX_CONTEXT_MAX || body->left < 4 + padded ||
	    memchr(body->at + 4, 0, len) != NULL)
		return false;
	memcpy(name, body->at + 4, len);
	name[len] = '\0';
	pass(body, 4 + padded);
	return true;
}

bool tcx_pdu_take_name(struct tcx_pdu_body *body, struct tcx_pdu_name *name)
{
	const unsigned char *at = body->at;
	oid *ids = name->ids;

	if (body->left < 4 || body->left < 4 + 4 * (size_t)at[0])
		return false;
	if (at[1] != 0) {
		memcpy(ids, (const oid[]){1, 3, 6, 1, at[1]}, 5 * sizeof(oid));
		ids += 5;
	}
	for (size_t i = 0; i < at[0]; i++)
		*ids++ = get(at + 4 + 4 * i, body->flags);
	if (ids == name->ids) {
		*ids++ = 0;
		*ids++ = 0;
	}
	name->len = (size_t)(ids - name->ids);
	name->include = at[2] != 0;
	pass(body, 4 + 4 * (size_t)at[0]);
	return true;
}

/* --- A response --------------------------------------------------------------------------------*/

/* Exported by the library (agentx/protocol.h), but not installed as a header; 5.8 to 5.10. */
int agentx_realloc_build_varbind(u_char **buffer, size_t *size, size_t *used, int allow_realloc,
				 netsnmp_variable_list *varbind, int network_order);

void tcx_response_begin(struct tcx_response *response, const struct tcx_pdu *request)
{
	response->flags = (uint8_t)(request->flags & ~CONTEXT);
	response->len = TCX_PDU_ERROR;
	answer_header(request, response->flags, response->octets);
}

void tcx_response_put(struct tcx_response *response, const oid *name, size_t len, u_char type,
		      const struct tcx_value *value)
{
	u_char *octets = response->octets;
	size_t size = sizeof(response->octets);
	netsnmp_variable_list varbind;

	varbind.type = type;
	varbind.name = (oid *)name;
	varbind.name_length = len;
	varbind.val.string = value != NULL ? (u_char *)value->data : NULL;
	varbind.val_len = value != NULL ? value->len : 0;
	if (!agentx_realloc_build_varbind(&octets, &size, &response->len, 0, &varbind,
					  response->flags & BIG_ENDIAN_NUMBERS))
		response->len = size; /* and no other one finds room */
}

void tcx_response_end(struct tcx_response *response)
{
	put(response->octets + 16, response->flags, (uint32_t)(response->len - TCX_PDU_HEADER));
}
