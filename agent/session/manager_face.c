/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes requests of managers, as the library has decoded them and found out whose they are, and
 * answers them of what the dispatcher has: all varbinds of one see one snapshot, be it a GetBulk.
 */
#include <stdlib.h>
#include <string.h>

#include "master_parts.h"

/* GetBulk: the most varbinds of repetitions, unless maxGetbulkResponses says otherwise. */
#define REPETITIONS_MAX 100

/* What fits into a message: none is shorter than 15 octets. */
#define REPETITIONS_LIMIT (65535 / 15)

/* A request that waits for a table. */
struct tcx_manager_request {
	struct tcx_pending pending;
	struct tcx_master *master;
	netsnmp_session *session; /* which it came by; NULL once that has ended */
	netsnmp_pdu *pdu;	  /* owned */
	unsigned int waits;	  /* the first varbind that does, from 1 */
	struct tcx_manager_request *next;
};

/* --- The view ----------------------------------------------------------------------------------*/

/* Managers ask for many names below one that is in their view with all that is below it. */
struct view {
	netsnmp_pdu *pdu; /* who asks */
	oid all[MAX_OID_LEN];
	size_t all_len; /* 0: none is known */
};

/* Notes the shortest beginning of the name that is in the view with all below it. */
static void note(struct view *view, const oid *name, size_t len)
{
	memcpy(view->all, name, len * sizeof(oid));
	for (view->all_len = 1; view->all_len < len; view->all_len++)
		if (netsnmp_acm_check_subtree(view->pdu, view->all, view->all_len) == VACM_SUCCESS)
			return;
	view->all_len = 0;
}

static bool has(struct view *view, const oid *name, size_t len)
{
	if (view->all_len > 0 && len >= view->all_len &&
	    memcmp(name, view->all, view->all_len * sizeof(oid)) == 0)
		return true;
	if (in_a_view((oid *)name, &len, view->pdu, ASN_NULL) != VACM_SUCCESS)
		return false;
	note(view, name, len);
	return true;
}

/*
 * Makes of a name that is not in the view the first one behind all that begins so and is not in it
 * either. False: nothing more is known, so that it is behind this name.
 */
static bool pass(const struct view *view, oid *name, size_t *len)
{
	for (size_t i = 0; i + 1 < *len; i++) {
		if (name[i] == MAX_SUBID ||
		    netsnmp_acm_check_subtree(view->pdu, name, i + 1) != VACM_NOTINVIEW)
			continue;
		name[i]++;
		*len = i + 1;
		return true;
	}
	return false;
}

/* Version 1 has no Counter64: where there is one, it has nothing (RFC 3584, 4.2.2.1). */
static bool can_have(const struct view *view, u_char type)
{
	return view->pdu->version != SNMP_VERSION_1 || type != ASN_COUNTER64;
}

/* --- Varbinds ----------------------------------------------------------------------------------*/

/* A request, and what becomes of it. */
struct work {
	const struct tcx_request *request;
	struct view view;
	const netsnmp_pdu *pdu; /* the request */
	netsnmp_pdu *answer;	/* a copy of it, to be filled */
	unsigned int waits;	/* the first varbind whose table is being read, from 1; 0: none */
	int error;		/* of SNMP, and of which varbind */
	unsigned int index;
};

static void note_pending(struct work *work, unsigned int number)
{
	if (work->waits == 0)
		work->waits = number;
}

static void get(struct work *work, netsnmp_variable_list *varbind, unsigned int number)
{
	struct tcx_value value;
	enum tcx_found found = TCX_NO_OBJECT;

	if (has(&work->view, varbind->name, varbind->name_length))
		found = tcx_dispatcher_get(work->request, varbind->name, varbind->name_length,
					   &value);
	if (found == TCX_PENDING)
		note_pending(work, number);
	else if (found == TCX_FOUND && can_have(&work->view, value.type))
		snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
	else
		snmp_set_var_typed_value(
			varbind, found == TCX_NO_OBJECT ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE,
			NULL, 0);
}

/* The first value behind a name that is shown to who asks. */
static enum tcx_found find_next(struct work *work, const netsnmp_variable_list *from, oid *next,
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
		if (!has(&work->view, next, *len))
			range.include = pass(&work->view, next, len);
		else if (can_have(&work->view, value->type))
			return found;
		memcpy(begin, next, *len * sizeof(oid));
		range.begin = begin;
		range.begin_len = *len;
	}
}

/* to may be from. */
static void get_next(struct work *work, const netsnmp_variable_list *from,
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

static void answer_get(struct work *work)
{
	unsigned int number = 0;

	for (netsnmp_variable_list *v = work->answer->variables; v != NULL; v = v->next_variable)
		get(work, v, ++number);
}

static void answer_next(struct work *work)
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
	struct work *work;
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

static void answer_bulk(struct work *work)
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
static void answer_set(struct work *work)
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

static const struct kind {
	int command;
	int statistic; /* that counts them; -1: none does */
	void (*answer)(struct work *work);
} kinds[] = {
	{SNMP_MSG_GET, STAT_SNMPINGETREQUESTS, answer_get},
	{SNMP_MSG_GETNEXT, STAT_SNMPINGETNEXTS, answer_next},
	{SNMP_MSG_GETBULK, -1, answer_bulk},
	{SNMP_MSG_SET, STAT_SNMPINSETREQUESTS, answer_set},
};

/* NULL: it is none that we take. */
static const struct kind *kind_of(const netsnmp_pdu *pdu)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].command == pdu->command)
			return &kinds[i];
	return NULL;
}

/* --- Responses ---------------------------------------------------------------------------------*/

/* Errors that version 1 has not, and what counts those of version 1. */
static const struct {
	int error, in_version_1, statistic;
} errors[] = {
	{SNMP_ERR_TOOBIG, SNMP_ERR_TOOBIG, STAT_SNMPOUTTOOBIGS},
	{SNMP_ERR_NOSUCHNAME, SNMP_ERR_NOSUCHNAME, STAT_SNMPOUTNOSUCHNAMES},
	{SNMP_ERR_NOACCESS, SNMP_ERR_NOSUCHNAME, STAT_SNMPOUTNOSUCHNAMES},
	{SNMP_ERR_NOTWRITABLE, SNMP_ERR_NOSUCHNAME, STAT_SNMPOUTNOSUCHNAMES},
	{SNMP_ERR_GENERR, SNMP_ERR_GENERR, STAT_SNMPOUTGENERRS},
	{SNMP_ERR_RESOURCEUNAVAILABLE, SNMP_ERR_GENERR, STAT_SNMPOUTGENERRS},
};

static int error_of(const netsnmp_pdu *pdu, int error)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		if (errors[i].error != error)
			continue;
		snmp_increment_statistic(errors[i].statistic);
		return pdu->version == SNMP_VERSION_1 ? errors[i].in_version_1 : error;
	}
	return error;
}

/* Owns the answer. What cannot be sent is lost, as any datagram can be. */
static void send_answer(netsnmp_session *session, netsnmp_pdu *answer)
{
	if (snmp_send(session, answer) == 0)
		snmp_free_pdu(answer);
	snmp_increment_statistic(STAT_SNMPOUTPKTS);
	snmp_increment_statistic(STAT_SNMPOUTGETRESPONSES);
}

static void refuse(netsnmp_session *session, const netsnmp_pdu *pdu, int error, unsigned int index)
{
	netsnmp_pdu *answer = snmp_clone_pdu((netsnmp_pdu *)pdu);

	if (answer == NULL)
		return;
	answer->command = SNMP_MSG_RESPONSE;
	answer->errstat = error_of(pdu, error);
	answer->errindex = index;
	send_answer(session, answer);
}

/* Version 1 has no exceptions. Of several the last one is told, as snmpd does. */
static void look_for_exceptions(struct work *work)
{
	unsigned int number = 0;

	for (netsnmp_variable_list *v = work->answer->variables; v != NULL; v = v->next_variable) {
		number++;
		if (v->type != SNMP_NOSUCHOBJECT && v->type != SNMP_NOSUCHINSTANCE &&
		    v->type != SNMP_ENDOFMIBVIEW)
			continue;
		work->error = SNMP_ERR_NOSUCHNAME;
		work->index = number;
	}
}

/* Of a GetBulk that is too long the end is left out. */
static void send_values(struct work *work, netsnmp_session *session)
{
	bool is_bulk = work->pdu->command == SNMP_MSG_GETBULK;
	netsnmp_pdu *answer = work->answer;

	work->answer = NULL;
	answer->command = SNMP_MSG_RESPONSE;
	answer->errstat = answer->errindex = 0;
	if (_build_initial_pdu_packet(snmp_sess_pointer(session), answer, is_bulk) ==
	    SNMPERR_SUCCESS) {
		snmp_increment_statistic_by(STAT_SNMPINTOTALREQVARS,
					    count_varbinds(answer->variables));
		send_answer(session, answer);
		return;
	}
	snmp_free_pdu(answer);
	refuse(session, work->pdu,
	       session->s_snmp_errno == SNMPERR_TOO_LONG ? SNMP_ERR_TOOBIG : SNMP_ERR_GENERR, 0);
}

/*
 * Answers, unless a table is being read: returns the first varbind of those, from 1, or 0. All
 * tables are asked for at once.
 */
static unsigned int respond(const struct tcx_request *request, netsnmp_session *session,
			    netsnmp_pdu *pdu)
{
	struct work work = {.request = request, .view = {.pdu = pdu}, .pdu = pdu};

	work.answer = snmp_clone_pdu(pdu);
	if (work.answer == NULL)
		return 0;
	kind_of(pdu)->answer(&work);
	if (pdu->version == SNMP_VERSION_1 && work.error == SNMP_ERR_NOERROR)
		look_for_exceptions(&work);
	if (work.waits == 0 && work.error == SNMP_ERR_NOERROR)
		send_values(&work, session);
	else if (work.waits == 0)
		refuse(session, pdu, work.error, work.index);
	snmp_free_pdu(work.answer);
	return work.waits;
}

/* --- Requests that wait for a table ------------------------------------------------------------*/

static bool is_wanted(struct tcx_pending *pending)
{
	return ((const struct tcx_manager_request *)pending)->session != NULL;
}

static bool answer_waiting(struct tcx_pending *pending, const struct tcx_request *request)
{
	struct tcx_manager_request *waiting = (struct tcx_manager_request *)pending;

	waiting->waits = respond(request, waiting->session, waiting->pdu);
	return waiting->waits == 0;
}

static void fail(struct tcx_pending *pending)
{
	const struct tcx_manager_request *waiting = (const struct tcx_manager_request *)pending;

	refuse(waiting->session, waiting->pdu, SNMP_ERR_GENERR, waiting->waits);
}

static void clear(struct tcx_pending *pending)
{
	struct tcx_manager_request *waiting = (struct tcx_manager_request *)pending;
	struct tcx_manager_request **link = &waiting->master->first;

	while (*link != waiting)
		link = &(*link)->next;
	*link = waiting->next;
	snmp_free_pdu(waiting->pdu);
}

static const struct tcx_face functions = {is_wanted, answer_waiting, fail, clear};

static bool wait_for_table(struct tcx_master *master, const struct tcx_request *request,
			   netsnmp_session *session, netsnmp_pdu *pdu, unsigned int waits)
{
	netsnmp_pdu *kept = snmp_clone_pdu(pdu);
	struct tcx_manager_request *waiting =
		kept != NULL ? tcx_dispatcher_wait(request, &functions, sizeof(*waiting)) : NULL;

	if (waiting == NULL) {
		snmp_free_pdu(kept);
		return false;
	}
	waiting->master = master;
	waiting->session = session;
	waiting->pdu = kept;
	waiting->waits = waits;
	waiting->next = master->first;
	master->first = waiting;
	return true;
}

/* The library frees the session. */
static void forget(struct tcx_master *master, const netsnmp_session *session)
{
	for (struct tcx_manager_request *one = master->first; one != NULL; one = one->next)
		if (one->session == session)
			one->session = NULL;
}

/* --- What comes from the library ---------------------------------------------------------------*/

/* NULL: there is none of this name, which ends with its first 0 octet as well. */
static struct tcx_context *context_of(const struct tcx_master *master, const netsnmp_pdu *pdu)
{
	char name[TCX_CONTEXT_MAX + 1] = "";
	struct tcx_context *context = NULL;

	if (pdu->contextNameLen > TCX_CONTEXT_MAX)
		return NULL;
	if (pdu->contextNameLen > 0)
		memcpy(name, pdu->contextName, pdu->contextNameLen);
	if (strlen(name) == pdu->contextNameLen)
		context = tcx_dispatcher_find(master->dispatcher, name);
	return context != NULL && tcx_context_is_served(context) ? context : NULL;
}

/* RFC 3413, 3.2: nobody hears of a community that is wrong, nor of a context that is none. */
static void deny(netsnmp_session *session, const netsnmp_pdu *pdu, int why)
{
	if (why == VACM_NOSUCHCONTEXT) {
		snmp_increment_statistic(STAT_SNMPUNKNOWNCONTEXTS);
		return;
	}
	send_easy_trap(SNMP_TRAP_AUTHFAIL, 0);
	if (pdu->version == SNMP_VERSION_3)
		refuse(session, pdu, SNMP_ERR_AUTHORIZATIONERROR, 0);
}

static void answer(struct tcx_master *master, netsnmp_session *session, netsnmp_pdu *pdu)
{
	const struct kind *kind = kind_of(pdu);
	const struct tcx_request *request;
	struct tcx_context *context;
	unsigned int waits;
	int access;

	if (kind == NULL) {
		snmp_increment_statistic(STAT_SNMPUNKNOWNPDUHANDLERS);
		return;
	}
	access = check_access(pdu); /* and gives a community its context */
	context = access == VACM_SUCCESS ? context_of(master, pdu) : NULL;
	if (context == NULL) {
		deny(session, pdu, access != VACM_SUCCESS ? access : VACM_NOSUCHCONTEXT);
		return;
	}
	if (kind->statistic >= 0)
		snmp_increment_statistic(kind->statistic);
	request = tcx_context_request(context, session, ++master->transactions);
	waits = respond(request, session, pdu);
	if (waits > 0 && !wait_for_table(master, request, session, pdu, waits))
		refuse(session, pdu, SNMP_ERR_RESOURCEUNAVAILABLE, 0);
}

/* Of what has failed the library's check of who sent it, it also tells us (handle_snmp_packet()).
 */
int tcx_master_take(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		    void *arg)
{
	(void)number;
	if (operation == NETSNMP_CALLBACK_OP_DISCONNECT)
		forget(arg, session);
	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
		return 1;
	if (pdu->version == SNMP_VERSION_3 &&
	    session->s_snmp_errno == SNMPERR_USM_AUTHENTICATIONFAILURE)
		send_easy_trap(SNMP_TRAP_AUTHFAIL, 0);
	else
		answer(arg, session, pdu);
	return 1;
}
