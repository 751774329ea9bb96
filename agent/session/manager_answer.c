/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fills the answer to a request of a manager with what the dispatcher has: all varbinds see one
 * snapshot, be it a GetBulk.
 */
#include <stdlib.h>
#include <string.h>

#include "manager_parts.h"

/* GetBulk: the most varbinds of repetitions, unless maxGetbulkResponses says otherwise. */
#define REPETITIONS_MAX 100

/* What fits into a message: none is shorter than 15 octets. */
#define REPETITIONS_LIMIT (65535 / 15)

/* --- Varbinds ----------------------------------------------------------------------------------*/

static void note_pending(struct tcx_work *work, unsigned int number)
{
	if (work->waits == 0)
		work->waits = number;
}

static void get(struct tcx_work *work, netsnmp_variable_list *varbind, unsigned int number)
{
	struct tcx_value value;
	enum tcx_found found = TCX_NO_OBJECT;

	if (tcx_view_has(&work->view, varbind->name, varbind->name_length))
		found = tcx_dispatcher_get(work->request, varbind->name, varbind->name_length,
					   &value);
	if (found == TCX_PENDING)
		note_pending(work, number);
	else if (found == TCX_FOUND && tcx_view_can_have(&work->view, value.type))
		snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
	else
		snmp_set_var_typed_value(
			varbind, found == TCX_NO_OBJECT ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE,
			NULL, 0);
}

/* The first value behind a name that is shown to who asks. */
static enum tcx_found find_next(struct tcx_work *work, const netsnmp_variable_list *from, oid *next,
				size_t *len, struct tcx_value *value)
{
	struct tcx_range range = {.begin = from->name, .begin_len = from->name_length};
	oid begin[MAX_OID_LEN];
	enum tcx_found found;

	for (;;) {
		found = tcx_dispatcher_next(work->request, &range, next, len, value);
		range.include = false;
		if (found != TCX_FOUND)
			return found;
		if (!tcx_view_has(&work->view, next, *len))
			range.include = tcx_view_pass(&work->view, next, len);
		else if (tcx_view_can_have(&work->view, value->type))
			return found;
		memcpy(begin, next, *len * sizeof(oid));
		range.begin = begin;
		range.begin_len = *len;
	}
}

/* to may be from. */
static void get_next(struct tcx_work *work, const netsnmp_variable_list *from,
		     netsnmp_variable_list *to, unsigned int number)
{
	oid next[MAX_OID_LEN];
	size_t len;
	struct tcx_value value;
	enum tcx_found found = find_next(work, from, next, &len, &value);

	if (found == TCX_FOUND) {
		snmp_set_var_objid(to, next, len);
		snmp_set_var_typed_value(to, value.type, value.data, value.len);
		return;
	}
	if (found == TCX_PENDING)
		note_pending(work, number);
	if (to != from)
		snmp_set_var_objid(to, from->name, from->name_length);
	snmp_set_var_typed_value(to, SNMP_ENDOFMIBVIEW, NULL, 0);
}

/* --- Requests ----------------------------------------------------------------------------------*/

static void answer_get(struct tcx_work *work)
{
	unsigned int number = 0;

	for (netsnmp_variable_list *v = work->answer->variables; v != NULL; v = v->next_variable)
		get(work, v, ++number);
}

static void answer_next(struct tcx_work *work)
{
	unsigned int number = 0;

	for (netsnmp_variable_list *v = work->answer->variables; v != NULL; v = v->next_variable)
		get_next(work, v, v, ++number);
}

static int setting(int which)
{
	return netsnmp_ds_get_int(NETSNMP_DS_APPLICATION_ID, which);
}

/* How often so many varbinds are repeated, as snmpd has it, but once at least. */
static long repetitions_of(const netsnmp_pdu *pdu, long repeated)
{
	long responses = setting(NETSNMP_DS_AGENT_MAX_GETBULKRESPONSES);
	long repeats = setting(NETSNMP_DS_AGENT_MAX_GETBULKREPEATS);
	long most;

	if (responses == 0)
		responses = REPETITIONS_MAX;
	if (responses < 0 || responses > REPETITIONS_LIMIT)
		responses = REPETITIONS_LIMIT;
	most = responses > repeated ? responses / repeated : 1;
	if (repeats > 0 && repeats < most)
		most = repeats;
	return pdu->max_repetitions < most ? pdu->max_repetitions : most;
}

/* The answer to a GetBulk grows at its end. */
struct bulk {
	struct tcx_work *work;
	netsnmp_variable_list **end;
	netsnmp_variable_list **last; /* owned: of each that is repeated, the last one so far */
	long repeated;
};

/* NULL: memory is short. */
static netsnmp_variable_list *append(struct bulk *bulk, const netsnmp_variable_list *from,
				     unsigned int number)
{
	netsnmp_variable_list *varbind = SNMP_MALLOC_TYPEDEF(netsnmp_variable_list);

	if (varbind == NULL) {
		bulk->work->error = SNMP_ERR_RESOURCEUNAVAILABLE;
		return NULL;
	}
	*bulk->end = varbind;
	bulk->end = &varbind->next_variable;
	get_next(bulk->work, from, varbind, number);
	return varbind;
}

/* One of each that is repeated. True: it was the last one, since there is nothing behind. */
static bool append_row(struct bulk *bulk, unsigned int number)
{
	bool ended = true;

	for (long i = 0; i < bulk->repeated; i++) {
		bulk->last[i] = append(bulk, bulk->last[i], ++number);
		if (bulk->last[i] == NULL)
			return true;
		ended = ended && bulk->last[i]->type == SNMP_ENDOFMIBVIEW;
	}
	return ended || bulk->work->waits > 0;
}

static void append_all(struct bulk *bulk)
{
	const netsnmp_pdu *pdu = bulk->work->pdu;
	netsnmp_variable_list *from = pdu->variables;
	unsigned int number = 0;
	bool ended = false;
	long left;

	for (long i = 0; from != NULL && i < pdu->non_repeaters; i++, from = from->next_variable)
		if (append(bulk, from, ++number) == NULL)
			return;
	for (; from != NULL; from = from->next_variable)
		bulk->last[bulk->repeated++] = from;
	left = bulk->repeated > 0 ? repetitions_of(pdu, bulk->repeated) : 0;
	for (; left > 0 && !ended; left--)
		ended = append_row(bulk, number);
}

static void answer_bulk(struct tcx_work *work)
{
	struct bulk bulk = {.work = work, .end = &work->answer->variables};

	snmp_free_varbind(work->answer->variables);
	work->answer->variables = NULL;
	bulk.last = calloc(count_varbinds(work->pdu->variables) + 1, sizeof(*bulk.last));
	if (bulk.last != NULL)
		append_all(&bulk);
	else
		work->error = SNMP_ERR_RESOURCEUNAVAILABLE;
	free(bulk.last);
}

/* Nothing can be written, and who may not write anyway hears that. */
static void answer_set(struct tcx_work *work)
{
	netsnmp_variable_list *v = work->answer->variables;

	for (unsigned int number = 1; v != NULL; v = v->next_variable, number++) {
		if (in_a_view(v->name, &v->name_length, work->view.pdu, v->type) == VACM_SUCCESS)
			continue;
		work->error = SNMP_ERR_NOACCESS;
		work->index = number;
		return;
	}
	work->error = work->answer->variables != NULL ? SNMP_ERR_NOTWRITABLE : SNMP_ERR_NOERROR;
	work->index = work->answer->variables != NULL;
}

static const struct tcx_manager_kind kinds[] = {
	{SNMP_MSG_GET, STAT_SNMPINGETREQUESTS, answer_get},
	{SNMP_MSG_GETNEXT, STAT_SNMPINGETNEXTS, answer_next},
	{SNMP_MSG_GETBULK, -1, answer_bulk},
	{SNMP_MSG_SET, STAT_SNMPINSETREQUESTS, answer_set},
};

const struct tcx_manager_kind *tcx_manager_kind_of(const netsnmp_pdu *pdu)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].command == pdu->command)
			return &kinds[i];
	return NULL;
}
