/* SPDX-License-Identifier: BSD-2-Clause */
/* The receivers of a master's notifications. */
#include "sinks.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/reference.h"
#include "base/worker.h"
#include "session/address.h"
#include "snmp/quirks.h"
#include "stream.h"

/* Notifications that wait for one receiver at most. */
#define QUEUE_MAX 1000

/* How long a receiver has to accept a stream. */
#define REACH_MS 5000

/* Looks whether a receiver can be reached, which may take long. */
struct reach {
	atomic_uint references;
	char *target;
	int done_fd;	  /* owned */
	atomic_int error; /* 0: it can; -1: not known yet */
};

struct waiting {
	struct waiting *next;
	netsnmp_pdu *pdu; /* owned */
};

struct sink {
	struct sink *next;
	const struct tcx_access_line *line;
	char *target;		  /* owned: what the log calls it */
	netsnmp_session *session; /* owned by the library; NULL: it is not open */
	bool informs;
	bool learns;	     /* its engineID is asked for: */
	bool asking;	     /* that is being done */
	bool useless;	     /* the session is to be closed */
	struct reach *reach; /* with a reference; NULL: it is not looked for */
	struct waiting *first;
	size_t count;
	size_t unanswered; /* informs that were sent by the session */
	bool failing;	   /* which the log says */
};

struct tcx_sinks {
	const struct tcx_access *access;
	struct sink *first;
	int done_fd; /* of tcx_sinks_fd(), and for all reaches */
};

/* --- What becomes of it ------------------------------------------------------------------------*/

static void take_first(struct sink *sink)
{
	struct waiting *waiting = sink->first;

	sink->first = waiting->next;
	sink->count--;
	free(waiting);
}

static void drop_all(struct sink *sink)
{
	while (sink->first != NULL) {
		snmp_free_pdu(sink->first->pdu);
		take_first(sink);
	}
}

static void tell_loss(struct sink *sink, const char *why)
{
	if (!sink->failing)
		snmp_log(LOG_WARNING,
			 "notifications do not reach %s: %s; they are lost, and each later one "
			 "tries again: see that a receiver runs there, or take the line out\n",
			 sink->target, why);
	sink->failing = true;
}

/* What waits is lost: later ones may come through. */
static void fail(struct sink *sink, const char *why)
{
	drop_all(sink);
	tell_loss(sink, why);
}

static void succeed(struct sink *sink)
{
	if (sink->failing)
		snmp_log(LOG_NOTICE, "notifications reach %s again\n", sink->target);
	sink->failing = false;
}

/* Of a session that cannot send. */
static void fail_by(struct sink *sink, const netsnmp_session *session)
{
	fail(sink, session->s_errno != 0 ? strerror(session->s_errno)
					 : snmp_api_errstring(session->s_snmp_errno));
	sink->useless = true;
}

/* Closing ends requests of the session, of which nobody needs to hear. */
static void close_session(struct sink *sink)
{
	netsnmp_session *session = sink->session;

	sink->session = NULL;
	sink->asking = sink->useless = false;
	sink->unanswered = 0;
	if (session != NULL)
		snmp_close(session);
}

/* --- Whether it can be reached -----------------------------------------------------------------*/

static void give_reach(struct reach *reach)
{
	if (!tcx_reference_give(&reach->references))
		return;
	if (reach->done_fd >= 0)
		close(reach->done_fd);
	free(reach->target);
	free(reach);
}

static void *look_for(void *arg)
{
	struct reach *reach = arg;

	reach->error = tcx_address_reach(reach->target, REACH_MS);
	eventfd_write(reach->done_fd, 1);
	give_reach(reach);
	return NULL;
}

static struct reach *begin_reach(const char *target, int done_fd)
{
	struct reach *reach = tcx_reference_new(sizeof(*reach), NULL);

	if (reach == NULL)
		return NULL;
	reach->error = -1;
	reach->target = strdup(target);
	reach->done_fd = dup(done_fd);
	if (reach->target != NULL && reach->done_fd >= 0 &&
	    tcx_worker_start(look_for, reach, &reach->references) == 0)
		return reach;
	give_reach(reach);
	return NULL;
}

static const char *text_of(int error)
{
	if (error == ENOENT)
		return "the name service does not know it";
	return error != 0 ? strerror(error) : "the library cannot use this address";
}

/* --- Sending -----------------------------------------------------------------------------------*/

/* The session ends by itself: a receiver has closed its stream. */
static int on_session(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		      void *arg)
{
	struct sink *sink = arg;

	(void)number;
	(void)pdu;
	if (operation != NETSNMP_CALLBACK_OP_DISCONNECT || sink->session != session)
		return 1;
	sink->useless = true;
	if (sink->first != NULL || sink->unanswered > 0)
		fail(sink, "it has ended the connection");
	return 1;
}

static void open_session(const struct tcx_sinks *sinks, struct sink *sink)
{
	netsnmp_session *session =
		tcx_config_open_target(sinks->access, sink->line, &sink->informs);

	if (session == NULL) {
		fail(sink, text_of(errno));
		return;
	}
	tcx_stream_never_wait(snmp_sess_transport(snmp_sess_pointer(session)));
	session->callback = on_session;
	session->callback_magic = sink;
	sink->session = session;
	sink->learns = sink->informs && session->version == SNMP_VERSION_3 &&
		       session->securityEngineIDLen == 0;
}

/* The session has the engineID only after this. */
static int on_engine(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		     void *arg)
{
	struct sink *sink = arg;

	(void)number;
	if (sink->session != session)
		return 1;
	if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT)
		fail(sink, "it does not answer");
	else if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu->securityEngineIDLen == 0)
		fail(sink, "it answers without an engineID");
	else if (operation == NETSNMP_CALLBACK_OP_SEND_FAILED)
		fail_by(sink, session);
	sink->asking = sink->asking && operation == NETSNMP_CALLBACK_OP_RESEND;
	return 1;
}

/* A receiver that was restarted may have another engine, whom this one cannot tell. */
static void lose(struct sink *sink, const char *why)
{
	if (sink->learns)
		tcx_quirk_forget_engine(sink->session);
	fail(sink, why);
}

/* Of informs that were sent at once the first may have had the new engine asked for. */
static bool is_to_engine_of(const netsnmp_pdu *pdu, const netsnmp_session *session)
{
	return pdu->securityEngineIDLen == session->securityEngineIDLen &&
	       (pdu->securityEngineIDLen == 0 ||
		memcmp(pdu->securityEngineID, session->securityEngineID,
		       pdu->securityEngineIDLen) == 0);
}

/* A report is followed by what becomes of its inform: an error, or that it is sent again. */
static bool is_end(int operation, const netsnmp_pdu *pdu)
{
	return operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE
		       ? pdu->command != SNMP_MSG_REPORT
		       : operation != NETSNMP_CALLBACK_OP_RESEND;
}

static int on_answer(int operation, netsnmp_session *session, int number, netsnmp_pdu *pdu,
		     void *arg)
{
	struct sink *sink = arg;

	(void)number;
	if (sink->session != session)
		return 1;
	sink->unanswered -= is_end(operation, pdu);
	if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT && is_to_engine_of(pdu, session))
		lose(sink, "it does not answer");
	else if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT)
		tell_loss(sink, "it does not answer");
	else if (operation == NETSNMP_CALLBACK_OP_SEC_ERROR)
		lose(sink, "it refuses the user, or cannot read what comes");
	else if (operation == NETSNMP_CALLBACK_OP_SEND_FAILED)
		fail_by(sink, session);
	if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
		return 1;
	snmp_increment_statistic(STAT_SNMPINPKTS);
	if (pdu->command != SNMP_MSG_REPORT)
		succeed(sink);
	return 1;
}

/* A trap of version 3 is of our own engine. */
static void complete(netsnmp_pdu *pdu, const netsnmp_session *session, bool informs)
{
	u_char id[SNMP_MAXBUF_SMALL];
	size_t len;

	pdu->version = session->version;
	if (session->version != SNMP_VERSION_1)
		pdu->command = informs ? SNMP_MSG_INFORM : SNMP_MSG_TRAP2;
	pdu->reqid = snmp_get_next_reqid();
	pdu->msgid = snmp_get_next_msgid();
	if (informs || session->version != SNMP_VERSION_3 || session->securityEngineIDLen > 0)
		return;
	len = snmpv3_get_engineID(id, sizeof(id));
	pdu->securityEngineID = netsnmp_memdup(id, len);
	pdu->securityEngineIDLen = pdu->securityEngineID != NULL ? len : 0;
}

/* False: the session cannot. */
static bool send_first(struct sink *sink)
{
	netsnmp_pdu *pdu = sink->first->pdu;
	size_t unanswered = sink->unanswered;

	take_first(sink);
	complete(pdu, sink->session, sink->informs);
	sink->unanswered += sink->informs;
	if (snmp_async_send(sink->session, pdu, sink->informs ? on_answer : NULL, sink) == 0) {
		sink->unanswered = unanswered; /* on_answer() was called or not */
		snmp_free_pdu(pdu);
		fail_by(sink, sink->session);
		return false;
	}
	snmp_increment_statistic(STAT_SNMPOUTTRAPS);
	snmp_increment_statistic(STAT_SNMPOUTPKTS);
	if (!sink->informs)
		succeed(sink);
	return true;
}

/* Whether the session can send now. Asks for what it lacks. */
static bool knows_engine(struct sink *sink)
{
	if (!sink->learns)
		return true;
	if (sink->session->securityEngineIDLen > 0)
		return tcx_quirk_make_user(sink->session);
	if (sink->asking)
		return false;
	sink->asking = true;
	if (!tcx_quirk_ask_engine(sink->session, on_engine, sink)) {
		fail_by(sink, sink->session);
		sink->asking = false;
	}
	return false;
}

/* False: it waits, or has failed. */
static bool is_open(const struct tcx_sinks *sinks, struct sink *sink)
{
	if (sink->reach == NULL && sink->session == NULL) {
		if (tcx_address_is_plain(sink->target))
			open_session(sinks, sink);
		else if ((sink->reach = begin_reach(sink->target, sinks->done_fd)) == NULL)
			fail(sink, strerror(ENOMEM));
	}
	return sink->session != NULL;
}

static void advance(const struct tcx_sinks *sinks, struct sink *sink)
{
	if (sink->useless)
		close_session(sink);
	while (sink->first != NULL && is_open(sinks, sink) && knows_engine(sink) &&
	       send_first(sink))
		;
	if (sink->useless)
		close_session(sink);
}

/* --- What the library wants to have sent -------------------------------------------------------*/

static void add(struct sink *sink, const netsnmp_pdu *pdu)
{
	struct waiting *waiting = sink->count < QUEUE_MAX ? calloc(1, sizeof(*waiting)) : NULL;
	struct waiting **end = &sink->first;

	if (waiting != NULL)
		waiting->pdu = snmp_clone_pdu((netsnmp_pdu *)pdu);
	if (waiting == NULL || waiting->pdu == NULL) {
		free(waiting);
		tell_loss(sink, sink->count < QUEUE_MAX ? strerror(ENOMEM)
							: "too many wait for it already");
		return;
	}
	while (*end != NULL)
		end = &(*end)->next;
	*end = waiting;
	sink->count++;
}

/* To those of version 1, or to the others, of which a receiver gets traps or informs. */
static void send_to(struct tcx_sinks *sinks, const netsnmp_pdu *pdu, bool to_version_1)
{
	for (struct sink *sink = sinks->first; sink != NULL; sink = sink->next) {
		if (sink->line->is_version_1 != to_version_1)
			continue;
		add(sink, pdu);
		advance(sinks, sink);
	}
}

static int on_trap_1(int major, int minor, void *pdu, void *arg)
{
	(void)major;
	(void)minor;
	send_to(arg, pdu, true);
	return SNMPERR_SUCCESS;
}

static int on_trap_2(int major, int minor, void *pdu, void *arg)
{
	(void)major;
	(void)minor;
	send_to(arg, pdu, false);
	return SNMPERR_SUCCESS;
}

/* --- All of them -------------------------------------------------------------------------------*/

static void take_reach(struct sink *sink, const struct tcx_sinks *sinks)
{
	int error = sink->reach != NULL ? sink->reach->error : -1;

	if (error < 0)
		return;
	give_reach(sink->reach);
	sink->reach = NULL;
	if (error == 0)
		open_session(sinks, sink);
	else
		fail(sink, text_of(error));
}

void tcx_sinks_run(struct tcx_sinks *sinks)
{
	eventfd_t done;

	eventfd_read(sinks->done_fd, &done);
	for (struct sink *sink = sinks->first; sink != NULL; sink = sink->next) {
		take_reach(sink, sinks);
		advance(sinks, sink);
	}
}

bool tcx_sinks_wait(const struct tcx_sinks *sinks)
{
	for (const struct sink *sink = sinks->first; sink != NULL; sink = sink->next)
		if (sink->reach != NULL)
			return true;
	return false;
}

int tcx_sinks_fd(const struct tcx_sinks *sinks)
{
	return sinks->done_fd;
}

static void free_all(struct sink *first)
{
	struct sink *next;

	for (struct sink *sink = first; sink != NULL; sink = next) {
		next = sink->next;
		drop_all(sink);
		close_session(sink);
		if (sink->reach != NULL)
			give_reach(sink->reach);
		free(sink->target);
		free(sink);
	}
}

/* Informs may fail where traps, which nobody acknowledges, do not. */
static bool was_failing(const struct sink *before, const struct sink *sink)
{
	while (before != NULL &&
	       (before->informs != sink->informs || strcmp(before->target, sink->target) != 0))
		before = before->next;
	return before != NULL && before->failing;
}

/* One for which memory is short gets nothing until the next time. */
static struct sink *new_sink(const struct tcx_access_line *line)
{
	struct sink *sink = calloc(1, sizeof(*sink));
	char *target = strdup(line->target);

	if (sink == NULL || target == NULL) {
		snmp_log(LOG_ERR, "%snobody is told: out of memory\n", line->place);
		free(sink);
		free(target);
		return NULL;
	}
	sink->line = line;
	sink->informs = line->informs;
	sink->target = target;
	return sink;
}

void tcx_sinks_set(struct tcx_sinks *sinks, const struct tcx_access *access)
{
	struct sink *before = sinks->first, **end = &sinks->first;

	sinks->access = access;
	sinks->first = NULL;
	for (size_t i = 0; i < access->count; i++) {
		struct sink *sink =
			access->lines[i].target != NULL ? new_sink(&access->lines[i]) : NULL;

		if (sink == NULL)
			continue;
		sink->failing = was_failing(before, sink);
		*end = sink;
		end = &sink->next;
	}
	free_all(before);
}

static const struct {
	int minor;
	SNMPCallback *take;
} events[] = {
	{SNMPD_CALLBACK_SEND_TRAP1, on_trap_1},
	{SNMPD_CALLBACK_SEND_TRAP2, on_trap_2},
};

#define EVENTS (sizeof(events) / sizeof(events[0]))

struct tcx_sinks *tcx_sinks_new(void)
{
	struct tcx_sinks *sinks = calloc(1, sizeof(*sinks));

	if (sinks == NULL)
		return NULL;
	sinks->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (sinks->done_fd < 0) {
		free(sinks);
		return NULL;
	}
	for (size_t i = 0; i < EVENTS; i++)
		snmp_register_callback(SNMP_CALLBACK_APPLICATION, events[i].minor, events[i].take,
				       sinks);
	return sinks;
}

/* The library would free the argument as its own. */
void tcx_sinks_free(struct tcx_sinks *sinks)
{
	if (sinks == NULL)
		return;
	for (size_t i = 0; i < EVENTS; i++)
		snmp_unregister_callback(SNMP_CALLBACK_APPLICATION, events[i].minor, events[i].take,
					 sinks, 1);
	free_all(sinks->first);
	close(sinks->done_fd);
	free(sinks);
}
