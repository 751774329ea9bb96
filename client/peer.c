/* SPDX-License-Identifier: BSD-2-Clause */
/* The host that is asked. net-snmp reads its own options; here is said what is wrong with an
 * answer. */
#include "peer.h"

#include <stdlib.h>

#include "probe.h"

/* What the library keeps of its last error, as a fault. */
static bool library_fault(struct tcx_fault *fault, const struct tcx_peer *peer,
			  netsnmp_session *session)
{
	char *text = NULL;
	int errors, system_error;

	snmp_error(session, &errors, &system_error, &text);
	tcx_fault_set(fault, "%s: %s", peer->host, text != NULL ? text : "no session");
	free(text);
	return false;
}

static void note_context(struct tcx_peer *peer)
{
	const netsnmp_session *wanted = &peer->wanted;
	const char *by_default =
		netsnmp_ds_get_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_CONTEXT);

	peer->has_context = wanted->version == SNMP_VERSION_3;
	peer->context = "";
	peer->community = "";
	if (peer->has_context && wanted->contextName != NULL)
		peer->context = wanted->contextName;
	else if (peer->has_context && by_default != NULL)
		peer->context = by_default;
	else if (!peer->has_context && wanted->community != NULL)
		peer->community = (const char *)wanted->community;
}

bool tcx_peer_parse(struct tcx_peer *peer, int argc, char **argv, bool *shown,
		    struct tcx_fault *fault)
{
	netsnmp_session *wanted = &peer->wanted;

	peer->host = argv[argc - 1];
	setenv("MIBS", "", 1); /* no MIB text is needed, and reading them takes long */
	*shown = snmp_parse_args(argc, argv, wanted, "", NULL) < 0;
	if (*shown)
		return false;
	if (wanted->version == SNMP_VERSION_1)
		return tcx_fault_set(fault, "SNMPv1 has no 64-bit counters: give -v2c or -v3");
	note_context(peer);
	return true;
}

/*
 * From 5.9.5 on the library writes the port that it got into what it was asked for, and would take
 * the peer's address for one to bind the next session to.
 */
bool tcx_peer_open(struct tcx_peer *peer, struct tcx_fault *fault)
{
	unsigned short port = peer->wanted.local_port;

	peer->session = snmp_open(&peer->wanted);
	peer->wanted.local_port = port;
	return peer->session != NULL || library_fault(fault, peer, &peer->wanted);
}

static bool timeout_fault(struct tcx_fault *fault, const struct tcx_peer *peer)
{
	return tcx_fault_set(
		fault,
		"%s does not answer: snmpd does not run there, or listens at another address "
		"(agentaddress), or does not know %s, or a firewall is in the way",
		peer->host, peer->has_context ? "the context" : "the community");
}

static bool closed_fault(struct tcx_fault *fault, const struct tcx_peer *peer)
{
	return tcx_fault_set(fault,
			     "%s does not answer: the connection is closed; snmpd does not run, or "
			     "listens at another address (agentaddress)",
			     peer->host);
}

static bool error_fault(struct tcx_fault *fault, const struct tcx_peer *peer, long error)
{
	return tcx_fault_set(fault, "%s refuses the request: %s", peer->host,
			     snmp_errstring((int)error));
}

bool tcx_peer_absent(const struct tcx_peer *peer, struct tcx_fault *fault)
{
	return tcx_fault_set(fault,
			     "%s shows nothing of LINUX-TCPEXT-MIB: no tcpextd is connected to its "
			     "snmpd, or the view of this %s leaves it out; tcpextd --doctor there "
			     "tells which",
			     peer->host, peer->has_context ? "user and context" : "community");
}

netsnmp_pdu *tcx_peer_ask(const struct tcx_peer *peer, netsnmp_pdu *request,
			  struct tcx_fault *fault)
{
	netsnmp_pdu *response = NULL;
	int status;

	if (request == NULL) {
		tcx_fault_set(fault, "out of memory");
		return NULL;
	}
	status = tcx_converse(peer->session, peer->meanwhile, request, &response);
	if (status == STAT_SUCCESS && response != NULL && response->errstat == SNMP_ERR_NOERROR)
		return response;
	if (status == STAT_SUCCESS && response != NULL)
		error_fault(fault, peer, response->errstat);
	else if (status == STAT_TIMEOUT)
		timeout_fault(fault, peer);
	else if (peer->session->s_snmp_errno == SNMPERR_ABORT)
		closed_fault(fault, peer);
	else
		library_fault(fault, peer, peer->session);
	snmp_free_pdu(response);
	return NULL;
}

/* With SNMPv3 an engine that is another one is silent. */
static bool is_of_use(const struct tcx_peer *peer)
{
	if (peer->session == NULL)
		return false;
	if (peer->session->s_snmp_errno == SNMPERR_TIMEOUT)
		return peer->wanted.version != SNMP_VERSION_3;
	return peer->session->s_snmp_errno == SNMPERR_SUCCESS;
}

/* Finds the engine ID, and makes the user's keys for it. */
static bool discover(struct tcx_peer *peer, struct tcx_fault *fault)
{
	netsnmp_pdu *probe = tcx_probe_request(), *response = NULL;

	if (probe == NULL)
		return tcx_fault_set(fault, "out of memory");
	tcx_converse(peer->session, peer->meanwhile, probe, &response);
	snmp_free_pdu(response);
	if (peer->session->securityEngineIDLen == 0)
		return timeout_fault(fault, peer);
	return usm_create_user_from_session(peer->session) == SNMPERR_SUCCESS ||
	       library_fault(fault, peer, peer->session);
}

/* The library would wait for the engine ID itself, and look after nothing else meanwhile. */
bool tcx_peer_mend(struct tcx_peer *peer, struct tcx_fault *fault)
{
	bool probes =
		peer->wanted.version == SNMP_VERSION_3 && peer->wanted.securityEngineIDLen == 0;

	if (is_of_use(peer))
		return true;
	tcx_peer_close(peer);
	if (probes)
		peer->wanted.flags |= SNMP_FLAGS_DONT_PROBE;
	if (!tcx_peer_open(peer, fault))
		return false;
	if (!probes)
		return true;
	peer->session->flags |= SNMP_FLAGS_DONT_PROBE; /* which opening has taken away */
	return discover(peer, fault);
}

void tcx_peer_close(struct tcx_peer *peer)
{
	if (peer->session != NULL)
		snmp_close(peer->session);
	peer->session = NULL;
}
