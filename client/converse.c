/* SPDX-License-Identifier: BSD-2-Clause */
/* Sends a request and looks after its response, and after whatever else can be read. */
#include "converse.h"

#include <errno.h>

/* What has come of a request. */
struct outcome {
	bool known;
	int status;
	netsnmp_pdu *response;
};

/* One about the clocks of both is no end: the library sends the request again. */
static void take_report(struct outcome *outcome, netsnmp_session *session, netsnmp_pdu *report)
{
	session->s_snmp_errno = snmpv3_get_report_type(report);
	outcome->known = session->s_snmp_errno != SNMPERR_NOT_IN_TIME_WINDOW;
}

static void take_message(struct outcome *outcome, netsnmp_session *session, netsnmp_pdu *pdu)
{
	if (pdu->command == SNMP_MSG_REPORT) {
		take_report(outcome, session, pdu);
		return;
	}
	outcome->known = true;
	outcome->response = snmp_clone_pdu(pdu);
	outcome->status = outcome->response != NULL ? STAT_SUCCESS : STAT_ERROR;
}

static void fail(struct outcome *outcome, netsnmp_session *session, int status, int error)
{
	outcome->known = true;
	outcome->status = status;
	session->s_snmp_errno = error;
}

/*
 * What else is told, such as that the request was sent again, changes nothing. One that nobody
 * waits for any more stays the session's until it is closed, which tells of it once more.
 */
static int take(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu, void *magic)
{
	struct outcome *outcome = session->myvoid;

	(void)id;
	(void)magic;
	if (outcome == NULL)
		return 1;
	switch (operation) {
	case NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE:
		take_message(outcome, session, pdu);
		break;
	case NETSNMP_CALLBACK_OP_TIMED_OUT:
		fail(outcome, session, STAT_TIMEOUT, SNMPERR_TIMEOUT);
		break;
	case NETSNMP_CALLBACK_OP_SEND_FAILED:
	case NETSNMP_CALLBACK_OP_DISCONNECT:
		fail(outcome, session, STAT_ERROR, SNMPERR_ABORT);
		break;
	default:
		break;
	}
	return 1;
}

/* Reads what there is. False: the response is not wanted any more. */
static bool read_all(const struct tcx_meanwhile *meanwhile, netsnmp_large_fd_set *set)
{
	if (meanwhile != NULL && NETSNMP_LARGE_FD_ISSET(meanwhile->fd, set)) {
		NETSNMP_LARGE_FD_CLR(meanwhile->fd, set);
		if (!meanwhile->ready(meanwhile->whose))
			return false;
	}
	snmp_read2(set);
	return true;
}

/* Waits for something to read, or for the time of a request to be over. */
static bool look(const struct tcx_meanwhile *meanwhile, netsnmp_large_fd_set *set)
{
	struct timeval timeout = {0, 0};
	int fds = 0, block = 1, found;

	NETSNMP_LARGE_FD_ZERO(set);
	snmp_select_info2(&fds, set, &timeout, &block);
	if (meanwhile != NULL) {
		NETSNMP_LARGE_FD_SET(meanwhile->fd, set);
		fds = fds > meanwhile->fd ? fds : meanwhile->fd + 1;
	}
	found = netsnmp_large_fd_set_select(fds, set, NULL, NULL, block ? NULL : &timeout);
	if (found < 0)
		return errno == EINTR;
	if (found > 0 && !read_all(meanwhile, set))
		return false;
	snmp_timeout();
	return true;
}

int tcx_converse(netsnmp_session *session, const struct tcx_meanwhile *meanwhile,
		 netsnmp_pdu *request, netsnmp_pdu **response)
{
	struct outcome outcome = {.status = STAT_ERROR};
	netsnmp_large_fd_set set;
	bool going;

	session->myvoid = &outcome;
	session->s_snmp_errno = SNMPERR_SUCCESS;
	going = snmp_async_send(session, request, take, NULL) != 0;
	if (!going)
		snmp_free_pdu(request);
	netsnmp_large_fd_set_init(&set, FD_SETSIZE);
	while (going && !outcome.known)
		going = look(meanwhile, &set);
	netsnmp_large_fd_set_cleanup(&set);
	session->myvoid = NULL;
	*response = outcome.response;
	return outcome.status;
}
