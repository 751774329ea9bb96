/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes what is read of a Get or GetNext, and of a response: the first byte is the flags, the rest
 * the body.
 *
 * Beyond not crashing: nothing is read twice, and a name that was read is the same when a response
 * with it is read.
 */
#include <string.h>

#include "session/pdu.h"

#include "fuzz.h"

static void check_response(const struct tcx_pdu_name *name, uint8_t flags)
{
	static struct tcx_message response;
	const struct tcx_pdu request = {.flags = flags};
	struct tcx_pdu body;
	struct tcx_pdu_name again;

	tcx_message_respond(&response, &request);
	tcx_message_put(&response, name->ids, name->len, SNMP_NOSUCHOBJECT, NULL);
	MUST(response.len <= TCX_PDU_LONGEST);
	tcx_pdu_read(&body, response.octets);
	MUST(body.size == response.len);
	body.at = response.octets + TCX_PDU_ERROR + 4;
	body.left = response.len - TCX_PDU_ERROR - 4;
	MUST(tcx_pdu_take_name(&body, &again) && body.left == 0);
	MUST(again.len == name->len);
	MUST(memcmp(again.ids, name->ids, name->len * sizeof(oid)) == 0);
}

static void check_names(struct tcx_pdu *body)
{
	struct tcx_pdu_name name;

	while (body->left > 0) {
		size_t before = body->left;

		if (!tcx_pdu_take_name(body, &name)) {
			MUST(body->left == before);
			return;
		}
		MUST(body->left < before && name.len <= TCX_PDU_NAME_MAX);
		check_response(&name, body->flags);
	}
}

static void check_error(struct tcx_pdu body)
{
	size_t before = body.left;
	uint16_t error;

	if (tcx_pdu_take_error(&body, &error))
		MUST(body.left + 8 == before);
	else
		MUST(body.left == before && before < 8);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char context[TCX_CONTEXT_MAX + 1];
	struct tcx_pdu body;
	uint8_t *copy; /* of just this length, so that a sanitizer sees a read behind it */

	if (size == 0)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	body.at = copy + 1;
	body.left = size - 1;
	body.flags = copy[0];
	check_error(body);
	if (tcx_pdu_take_context(&body, context)) {
		MUST(strlen(context) <= TCX_CONTEXT_MAX);
		check_names(&body);
	}
	free(copy);
	return 0;
}
