/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes requests of managers, as the library has decoded them and found out whose they are, and
 * sends what they get, at once or when a table has been read.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/clock.h"
#include "manager_parts.h"
#include "master_parts.h"

/* Managers that may be connected at once, and the part of all descriptors that they may have. */
#define CONNECTIONS_MAX	 1000
#define CONNECTIONS_PART 4

struct tcx_manager_connection {
	netsnmp_session *session;
	uint64_t used_ns; /* when something was asked by it, or it began */
};

/* A request that waits for a table. */
struct tcx_manager_request {
	struct tcx_pending pending;
	struct tcx_master *master;
	netsnmp_session *session; /* which it came by; NULL once that has ended */
	netsnmp_pdu *pdu;	  /* owned */
	unsigned int waits;	  /* the first varbind that does, from 1 */
	struct tcx_manager_request *next;
};

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
static void look_for_exceptions(struct tcx_work *work)
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
static void send_values(struct tcx_work *work, netsnmp_session *session)
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
	struct tcx_work work = {.request = request, .view = {.pdu = pdu}, .pdu = pdu};

	work.answer = snmp_clone_pdu(pdu);
	if (work.answer == NULL)
		return 0;
	tcx_manager_kind_of(pdu)->answer(&work);
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

/* --- Connections -------------------------------------------------------------------------------*/

/* NULL: it is no stream's, or that is being shut. */
static struct tcx_manager_connection *find_connection(const struct tcx_master *master,
						      const netsnmp_session *session)
{
	for (size_t i = 0; i < master->connection_count; i++)
		if (master->connections[i].session == session)
			return &master->connections[i];
	return NULL;
}

static void drop_connection(struct tcx_master *master, struct tcx_manager_connection *one)
{
	if (one != NULL)
		*one = master->connections[--master->connection_count];
}

/* The library frees the session. */
static void forget(struct tcx_master *master, const netsnmp_session *session)
{
	drop_connection(master, find_connection(master, session));
	for (struct tcx_manager_request *one = master->first; one != NULL; one = one->next)
		if (one->session == session)
			one->session = NULL;
}

/* It ends as if its manager had left. */
static void shut(netsnmp_session *session)
{
	shutdown(snmp_sess_transport(snmp_sess_pointer(session))->sock, SHUT_RDWR);
}

static void shut_idlest(struct tcx_master *master)
{
	struct tcx_manager_connection *idlest = &master->connections[0];

	for (size_t i = 1; i < master->connection_count; i++)
		if (master->connections[i].used_ns < idlest->used_ns)
			idlest = &master->connections[i];
	shut(idlest->session);
	drop_connection(master, idlest);
}

static size_t most_connections(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
	rlim_t part;

	getrlimit(RLIMIT_NOFILE, &limit);
	part = limit.rlim_cur / CONNECTIONS_PART;
	return part < CONNECTIONS_MAX ? (size_t)part : CONNECTIONS_MAX;
}

/*
 * Whoever can connect may stay without a word. Once all descriptors are taken the library would do
 * nothing but try to accept one more: so one has to go for one too many.
 */
static void take_connection(struct tcx_master *master, netsnmp_session *session)
{
	const struct tcx_manager_connection one = {session, tcx_clock_now()};

	if (!tcx_array_append(&master->connections, &master->connection_count, &one, sizeof(one)))
		shut(session);
	else if (master->connection_count > most_connections())
		shut_idlest(master);
}

static void note_use(const struct tcx_master *master, const netsnmp_session *session)
{
	struct tcx_manager_connection *one = find_connection(master, session);

	if (one != NULL)
		one->used_ns = tcx_clock_now();
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

/* Anybody can make it happen, and each one is a notification. */
static void tell_of_failure(struct tcx_master *master)
{
	const uint64_t now = tcx_clock_now();

	if (now - master->failed_ns < TCX_NS_PER_S)
		return;
	master->failed_ns = now;
	send_easy_trap(SNMP_TRAP_AUTHFAIL, 0);
}

/* RFC 3413, 3.2: nobody hears of a community that is wrong, nor of a context that is none. */
static void deny(struct tcx_master *master, netsnmp_session *session, const netsnmp_pdu *pdu,
		 int why)
{
	if (why == VACM_NOSUCHCONTEXT) {
		snmp_increment_statistic(STAT_SNMPUNKNOWNCONTEXTS);
		return;
	}
	tell_of_failure(master);
	if (pdu->version == SNMP_VERSION_3)
		refuse(session, pdu, SNMP_ERR_AUTHORIZATIONERROR, 0);
}

static void answer(struct tcx_master *master, netsnmp_session *session, netsnmp_pdu *pdu)
{
	const struct tcx_manager_kind *kind = tcx_manager_kind_of(pdu);
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
		deny(master, session, pdu, access != VACM_SUCCESS ? access : VACM_NOSUCHCONTEXT);
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
	if (operation == NETSNMP_CALLBACK_OP_CONNECT)
		take_connection(arg, session);
	if (operation == NETSNMP_CALLBACK_OP_DISCONNECT)
		forget(arg, session);
	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
		return 1;
	note_use(arg, session);
	if (pdu->version == SNMP_VERSION_3 &&
	    session->s_snmp_errno == SNMPERR_USM_AUTHENTICATIONFAILURE)
		tell_of_failure(arg);
	else
		answer(arg, session, pdu);
	return 1;
}
