/* SPDX-License-Identifier: BSD-2-Clause */
/* A minimal SNMP client: session, request and walk. */
#include "client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void client_fail(const char *what)
{
	fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
	exit(EXIT_FAILURE);
}

netsnmp_session *client_open(const char *address, int timeout_s)
{
	netsnmp_session settings, *session;

	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp(program_invocation_short_name);
	snmp_sess_init(&settings);
	settings.version = SNMP_VERSION_2c;
	settings.peername = (char *)address;
	settings.community = (u_char *)"public";
	settings.community_len = strlen("public");
	settings.timeout = (long)timeout_s * 1000000L;
	settings.retries = 0;
	session = snmp_open(&settings);
	if (session == NULL)
		client_fail("no session");
	return session;
}

netsnmp_pdu *client_ask(netsnmp_session *session, netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = NULL;
	int status = snmp_synch_response(session, pdu, &answer);

	if (status == STAT_TIMEOUT)
		return NULL;
	if (status != STAT_SUCCESS || answer->errstat != SNMP_ERR_NOERROR)
		client_fail("no good answer");
	return answer;
}

void client_walk_begin(struct client_walk *walk, const oid *root, size_t root_len)
{
	memset(walk, 0, sizeof(*walk));
	memcpy(walk->root, root, root_len * sizeof(oid));
	memcpy(walk->name, root, root_len * sizeof(oid));
	walk->root_len = root_len;
	walk->name_len = root_len;
}

static void take_name(struct client_walk *walk, const netsnmp_variable_list *varbind)
{
	walk->ended = walk->ended || varbind->type == SNMP_ENDOFMIBVIEW ||
		      netsnmp_oid_is_subtree(walk->root, walk->root_len, varbind->name,
					     varbind->name_length) != 0;
	if (walk->ended)
		return;
	memcpy(walk->name, varbind->name, varbind->name_length * sizeof(oid));
	walk->name_len = varbind->name_length;
	walk->rows++;
}

bool client_walk_step(struct client_walk *walk, netsnmp_session *session, long repetitions)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
	netsnmp_pdu *answer;

	pdu->non_repeaters = 0;
	pdu->max_repetitions = repetitions;
	snmp_add_null_var(pdu, walk->name, walk->name_len);
	answer = client_ask(session, pdu);
	if (answer == NULL)
		return false;
	for (netsnmp_variable_list *v = answer->variables; v != NULL; v = v->next_variable)
		take_name(walk, v);
	snmp_free_pdu(answer);
	return true;
}
