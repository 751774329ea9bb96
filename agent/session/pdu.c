/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads AgentX PDUs, and makes responses and the few requests that are ours. */
#include "session/pdu.h"

#include <endian.h>
#include <string.h>

/* Flag NETWORK_BYTE_ORDER: without it, numbers are little-endian. */
#define BIG_ENDIAN_NUMBERS 0x10

/* Flag NON_DEFAULT_CONTEXT: the body begins with a context. */
#define CONTEXT 0x08

#define PROTOCOL 1

#define REASON_SHUTDOWN 5 /* RFC 2741, 6.2.2 */

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

static void put_size(unsigned char *octets, uint8_t flags, size_t size)
{
	put(octets + 16, flags, (uint32_t)(size - TCX_PDU_HEADER));
}

void tcx_pdu_read(struct tcx_pdu *pdu, const unsigned char *octets)
{
	pdu->type = octets[1];
	pdu->flags = octets[2];
	pdu->session = get(octets + 4, pdu->flags);
	pdu->transaction = get(octets + 8, pdu->flags);
	pdu->packet = get(octets + 12, pdu->flags);
	pdu->at = octets + TCX_PDU_HEADER;
	pdu->left = get(octets + 16, pdu->flags);
	pdu->size = TCX_PDU_HEADER + (uint64_t)pdu->left;
}

/* Of this size, until something is added. */
static void put_header(unsigned char *octets, uint8_t type, const struct tcx_pdu *like, size_t size)
{
	memset(octets, 0, size);
	octets[0] = PROTOCOL;
	octets[1] = type;
	octets[2] = like->flags;
	put(octets + 4, like->flags, like->session);
	put(octets + 8, like->flags, like->transaction);
	put(octets + 12, like->flags, like->packet);
	put_size(octets, like->flags, size);
}

static void put_response(unsigned char response[TCX_PDU_ERROR], const struct tcx_pdu *pdu)
{
	struct tcx_pdu like = *pdu;

	like.flags &= (uint8_t)~CONTEXT;
	put_header(response, TCX_PDU_RESPONSE, &like, TCX_PDU_ERROR);
}

/* sysUpTime, which means nothing in a subagent's response (RFC 2741, 6.2.16), stays 0. */
void tcx_pdu_refuse(const struct tcx_pdu *pdu, uint16_t error, uint16_t index,
		    unsigned char answer[TCX_PDU_ERROR])
{
	put_response(answer, pdu);
	put(answer + 24, pdu->flags, pair(pdu->flags, error, index));
}

bool tcx_pdu_strip(const struct tcx_pdu *pdu, unsigned char response[TCX_PDU_ERROR])
{
	if (pdu->left < TCX_PDU_ERROR - TCX_PDU_HEADER)
		return false;
	put_response(response, pdu);
	memcpy(response + TCX_PDU_HEADER, pdu->at, TCX_PDU_ERROR - TCX_PDU_HEADER);
	return true;
}

/* --- The body of a request ---------------------------------------------------------------------*/

static void pass(struct tcx_pdu *pdu, size_t octets)
{
	pdu->at += octets;
	pdu->left -= octets;
}

bool tcx_pdu_take_context(struct tcx_pdu *pdu, char name[TCX_CONTEXT_MAX + 1])
{
	bool has_one = (pdu->flags & CONTEXT) != 0;
	size_t len = has_one && pdu->left >= 4 ? get(pdu->at, pdu->flags) : 0;
	size_t padded = (len + 3) & ~(size_t)3;

	name[0] = '\0';
	if (!has_one)
		return true;
	if (len == 0 || len > TCX_CONTEXT_MAX || pdu->left < 4 + padded ||
	    memchr(pdu->at + 4, 0, len) != NULL)
		return false;
	memcpy(name, pdu->at + 4, len);
	name[len] = '\0';
	pass(pdu, 4 + padded);
	return true;
}

bool tcx_pdu_take_name(struct tcx_pdu *pdu, struct tcx_pdu_name *name)
{
	const unsigned char *at = pdu->at;
	oid *ids = name->ids;

	if (pdu->left < 4 || pdu->left < 4 + 4 * (size_t)at[0])
		return false;
	if (at[1] != 0) {
		memcpy(ids, (const oid[]){1, 3, 6, 1, at[1]}, 5 * sizeof(oid));
		ids += 5;
	}
	for (size_t i = 0; i < at[0]; i++)
		*ids++ = get(at + 4 + 4 * i, pdu->flags);
	if (ids == name->ids) {
		*ids++ = 0;
		*ids++ = 0;
	}
	name->len = (size_t)(ids - name->ids);
	name->include = at[2] != 0;
	pass(pdu, 4 + 4 * (size_t)at[0]);
	return true;
}

/* Behind the master's sysUpTime; the index of a varbind follows. */
bool tcx_pdu_take_error(struct tcx_pdu *pdu, uint16_t *error)
{
	if (pdu->left < 8)
		return false;
	memcpy(error, pdu->at + 4, sizeof(*error));
	*error = is_big_endian(pdu->flags) ? be16toh(*error) : le16toh(*error);
	pass(pdu, 8);
	return true;
}

/* --- PDUs of ours ------------------------------------------------------------------------------*/

/* Exported by the library (agentx/protocol.h), but not installed as a header; 5.8 to 5.10. */
int agentx_realloc_build_varbind(u_char **buffer, size_t *size, size_t *used, int allow_realloc,
				 netsnmp_variable_list *varbind, int network_order);

void tcx_message_respond(struct tcx_message *message, const struct tcx_pdu *request)
{
	message->flags = request->flags;
	message->len = TCX_PDU_ERROR;
	tcx_pdu_refuse(request, 0, 0, message->octets);
}

/* With so many octets of a body, all 0. */
static void begin(struct tcx_message *message, uint8_t type, const struct tcx_pdu *like,
		  size_t body)
{
	message->flags = like->flags;
	message->len = TCX_PDU_HEADER + body;
	put_header(message->octets, type, like, message->len);
}

static void put_string(struct tcx_message *message, const char *text)
{
	size_t len = strlen(text), padded = (len + 3) & ~(size_t)3;
	unsigned char *at = message->octets + message->len;

	put(at, message->flags, (uint32_t)len);
	memset(at + 4, 0, padded);
	memcpy(at + 4, text, len);
	message->len += 4 + padded;
	put_size(message->octets, message->flags, message->len);
}

void tcx_message_notify(struct tcx_message *message, uint32_t session, uint32_t packet,
			const char *context)
{
	uint8_t flags = BIG_ENDIAN_NUMBERS | (context[0] != '\0' ? CONTEXT : 0);
	const struct tcx_pdu like = {
		.flags = flags, .session = session, .transaction = packet, .packet = packet};

	begin(message, TCX_PDU_NOTIFY, &like, 0);
	if (context[0] != '\0')
		put_string(message, context);
}

/* Behind the timeout, 0 for the master's own, the OID of the subagent: it has none. */
void tcx_message_open(struct tcx_message *message, uint32_t packet, const char *name)
{
	const struct tcx_pdu like = {.flags = BIG_ENDIAN_NUMBERS, .packet = packet};

	begin(message, TCX_PDU_OPEN, &like, 8);
	put_string(message, name);
}

void tcx_message_close(struct tcx_message *message, uint32_t session, uint32_t packet)
{
	const struct tcx_pdu like = {
		.flags = BIG_ENDIAN_NUMBERS, .session = session, .packet = packet};

	begin(message, TCX_PDU_CLOSE, &like, 4);
	message->octets[TCX_PDU_HEADER] = REASON_SHUTDOWN;
}

void tcx_message_put(struct tcx_message *message, const oid *name, size_t len, u_char type,
		     const struct tcx_value *value)
{
	u_char *octets = message->octets;
	size_t size = sizeof(message->octets);
	netsnmp_variable_list varbind;

	varbind.type = type;
	varbind.name = (oid *)name;
	varbind.name_length = len;
	varbind.val.string = value != NULL ? (u_char *)value->data : NULL;
	varbind.val_len = value != NULL ? value->len : 0;
	if (!agentx_realloc_build_varbind(&octets, &size, &message->len, 0, &varbind,
					  message->flags & BIG_ENDIAN_NUMBERS))
		message->len = size; /* and no other one finds room */
	put_size(message->octets, message->flags, message->len);
}
