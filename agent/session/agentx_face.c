/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes Get and GetNext from the wire, and makes their responses of what the dispatcher has;
 * refuses Set; and takes responses to requests of ours.
 */
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "session/notifications.h"

/* A request that waits for a table. */
struct waiting {
	struct tcx_pending pending;
	struct tcx_agentx *owner;
	struct tcx_pdu pdu; /* its names are in octets */
	unsigned int first; /* varbind that waits, from 1 */
	unsigned char octets[];
};

/* A number that no session before had. */
static const void *session_of(const struct tcx_agentx *agentx)
{
	return (const void *)(uintptr_t)agentx->wire.number;
}

/* True: whoever asked has an answer. What wants none gets none. */
static bool refuse(const struct tcx_pdu *pdu, unsigned int error, unsigned int index)
{
	unsigned char answer[TCX_PDU_ERROR];

	tcx_pdu_refuse(pdu, (uint16_t)error, (uint16_t)index, answer);
	if (pdu->type >= TCX_PDU_GET && pdu->type <= TCX_PDU_UNDO_SET)
		tcx_wire_answer(answer);
	return true;
}

/* --- Varbinds ----------------------------------------------------------------------------------*/

/* Both put what they have found into the response; false while the table is being read. */
static bool get(struct tcx_message *message, const struct tcx_request *request,
		const struct tcx_pdu_name *name)
{
	struct tcx_value value;
	enum tcx_found found = tcx_dispatcher_get(request, name->ids, name->len, &value);

	if (found == TCX_FOUND)
		tcx_message_put(message, name->ids, name->len, value.type, &value);
	else
		tcx_message_put(message, name->ids, name->len,
				found == TCX_NO_INSTANCE ? SNMP_NOSUCHINSTANCE : SNMP_NOSUCHOBJECT,
				NULL);
	return found != TCX_PENDING;
}

static bool get_next(struct tcx_message *message, const struct tcx_request *request,
		     const struct tcx_pdu_name *begin, const struct tcx_pdu_name *end)
{
	bool has_end = end->len != 2 || end->ids[0] != 0 || end->ids[1] != 0;
	const struct tcx_range range = {begin->ids, begin->len, begin->include, end->ids,
					has_end ? end->len : 0};
	oid next[TCX_PDU_NAME_MAX];
	size_t len;
	struct tcx_value value;
	enum tcx_found found = tcx_dispatcher_next(request, &range, next, &len, &value);

	if (found == TCX_FOUND)
		tcx_message_put(message, next, len, value.type, &value);
	else
		tcx_message_put(message, begin->ids, begin->len, SNMP_ENDOFMIBVIEW, NULL);
	return found != TCX_PENDING;
}

/*
 * Sends the response, unless a table is being read: *waits becomes the first varbind of those, from
 * 1, or 0. All tables are asked for at once. False: the PDU is malformed.
 */
static bool respond(const struct tcx_request *request, struct tcx_pdu pdu, unsigned int *waits)
{
	struct tcx_message message;
	struct tcx_pdu_name begin, end;

	*waits = 0;
	tcx_message_respond(&message, &pdu);
	for (unsigned int i = 1; pdu.left > 0; i++) {
		if (!tcx_pdu_take_name(&pdu, &begin) || !tcx_pdu_take_name(&pdu, &end))
			return false;
		if (!(pdu.type == TCX_PDU_GET ? get(&message, request, &begin)
					      : get_next(&message, request, &begin, &end)) &&
		    *waits == 0)
			*waits = i;
	}
	if (*waits == 0)
		tcx_wire_answer(message.octets);
	return true;
}

/* --- Requests that wait for a table ------------------------------------------------------------*/

static bool is_wanted(struct tcx_pending *pending)
{
	return pending->session == session_of(((const struct waiting *)pending)->owner);
}

static bool answer_waiting(struct tcx_pending *pending, const struct tcx_request *request)
{
	struct waiting *waiting = (struct waiting *)pending;

	respond(request, waiting->pdu, &waiting->first);
	return waiting->first == 0;
}

static void fail(struct tcx_pending *pending)
{
	const struct waiting *waiting = (const struct waiting *)pending;

	refuse(&waiting->pdu, SNMP_ERR_GENERR, waiting->first);
}

static const struct tcx_face functions = {is_wanted, answer_waiting, fail, NULL};

static bool wait_for_table(struct tcx_agentx *agentx, const struct tcx_request *request,
			   const struct tcx_pdu *pdu, unsigned int first)
{
	struct waiting *waiting =
		tcx_dispatcher_wait(request, &functions, sizeof(*waiting) + pdu->left);

	if (waiting == NULL)
		return false;
	memcpy(waiting->octets, pdu->at, pdu->left);
	waiting->owner = agentx;
	waiting->pdu = *pdu;
	waiting->pdu.at = waiting->octets;
	waiting->first = first;
	return true;
}

/* --- Set ---------------------------------------------------------------------------------------*/

/*
 * Nothing can be written, so that tests are refused, and nothing is undone. The library would mix
 * up two tests of one transaction, and crash over their varbinds (get_set_cache(), up to 5.10). A
 * CleanupSet wants no response (RFC 2741, 7.2.4.4), but the library's masters wait for one: it is
 * the library's, which repeats what the test got.
 */
static const struct {
	uint8_t type;
	uint16_t error, index;
} sets[] = {
	{TCX_PDU_TEST_SET, SNMP_ERR_NOTWRITABLE, 1},
	{TCX_PDU_COMMIT_SET, SNMP_ERR_COMMITFAILED, 0},
	{TCX_PDU_UNDO_SET, SNMP_ERR_NOERROR, 0},
	{TCX_PDU_CLEANUP_SET, SNMP_ERR_NOTWRITABLE, 1},
};

/* False: it is none of these. */
static bool answer_set(const struct tcx_pdu *pdu)
{
	unsigned char answer[TCX_PDU_ERROR];

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		if (sets[i].type != pdu->type)
			continue;
		tcx_pdu_refuse(pdu, sets[i].error, sets[i].index, answer);
		tcx_wire_answer(answer);
		return true;
	}
	return false;
}

/* --- What comes by the wire --------------------------------------------------------------------*/

/* False: it is malformed. The library puts its ping off as well: a master that asks is alive. */
static bool answer(struct tcx_agentx *agentx, struct tcx_context *context,
		   const struct tcx_pdu *pdu)
{
	const struct tcx_request *request =
		tcx_context_request(context, session_of(agentx), pdu->transaction);
	unsigned int waits;

	if (!respond(request, *pdu, &waits))
		return false;
	if (agentx->session != NULL)
		snmp_alarm_reset((unsigned int)agentx->session->securityModel);
	if (waits > 0 && !wait_for_table(agentx, request, pdu, waits))
		refuse(pdu, SNMP_ERR_RESOURCEUNAVAILABLE, 0);
	return true;
}

/*
 * A request with the number of ours that the library waits for would be its response, without which
 * it goes on (agentx_synch_input(), up to 5.10). Of other types it knows none.
 */
static bool keep_from_library(const struct tcx_wire *wire, const struct tcx_pdu *pdu)
{
	if (pdu->type < TCX_PDU_GET || pdu->type > TCX_PDU_CLEANUP_SET)
		return true;
	return wire->asking && pdu->packet == wire->asked.packet &&
	       refuse(pdu, TCX_PDU_PROCESSING_ERROR, 0);
}

/* A response gets none. */
static bool refuse_request(const struct tcx_pdu *pdu, uint16_t error, uint16_t index)
{
	return pdu->type == TCX_PDU_RESPONSE || refuse(pdu, error, index);
}

/*
 * A context in which nothing is registered ends here for both faces. So does a name with a 0, of
 * which the library would copy the part before, and read as much as was sent (agentx_parse(),
 * 5.9.3).
 */
bool tcx_agentx_take(void *arg, struct tcx_pdu *pdu)
{
	struct tcx_agentx *agentx = arg;
	bool is_ours =
		!agentx->to_library && (pdu->type == TCX_PDU_GET || pdu->type == TCX_PDU_GET_NEXT);
	struct tcx_context *context;
	char name[TCX_CONTEXT_MAX + 1];

	if (pdu->size > TCX_PDU_LONGEST)
		return refuse_request(pdu, TCX_PDU_TOO_BIG, 1);
	if (!tcx_pdu_take_context(pdu, name))
		return refuse_request(pdu, TCX_PDU_UNSUPPORTED_CONTEXT, 0);
	if (pdu->type == TCX_PDU_RESPONSE && (pdu->packet & TCX_PDU_OURS) != 0) {
		tcx_notifications_take(agentx->notifications, pdu);
		return true;
	}
	if (pdu->type == TCX_PDU_RESPONSE)
		return false;
	context = tcx_dispatcher_find(agentx->dispatcher, name);
	if (context == NULL)
		return refuse(pdu, TCX_PDU_UNSUPPORTED_CONTEXT, 0);
	if (is_ours)
		return answer(agentx, context, pdu);
	if (!agentx->to_library && answer_set(pdu))
		return true;
	return keep_from_library(&agentx->wire, pdu);
}
