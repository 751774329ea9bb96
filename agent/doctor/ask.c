/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks snmpd as a manager does, with names and passwords of snmpd.conf, which are never printed. */
#include "checks.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "mib/modules.h"
#include "mib/objects.h"
#include "snmp/netsnmp.h"

#define TIMEOUT_US 1000000L
#define ROWS_MAX   1000 /* of sysORTable */

static const oid agent_version[] = {TCX_OBJECTS_ROOT, 1, 11, 0};
static const oid rows_changed[] = {1, 3, 6, 1, 2, 1, 1, 8, 0};
static const oid row_texts[] = {1, 3, 6, 1, 2, 1, 1, 9, 1, 3};

/* Exported by the library (agentx/subagent.h), but not installed as a header. */
SNMPCallback subagent_startup;

/*
 * init_snmp() prepares SNMPv3, but would also connect this process to the master. Where the
 * configuration names an engine it is that of the agent, which we would take for ourselves.
 */
void tcx_doctor_ask_init(void)
{
	snmp_unregister_callback(SNMP_CALLBACK_LIBRARY, SNMP_CALLBACK_POST_READ_CONFIG,
				 subagent_startup, NULL, 0);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp("tcpextd-doctor");
	setup_engineID(NULL, "tcpextd --doctor");
}

/* Both kinds of keys need the hash of authentication. */
static bool make_key(netsnmp_session *session, const char *words, u_char *key, size_t *len)
{
	*len = USM_AUTH_KU_LEN;
	return generate_Ku(session->securityAuthProto, (u_int)session->securityAuthProtoLen,
			   (const u_char *)words, strlen(words), key, len) == SNMPERR_SUCCESS;
}

/* The library has no OID for an unknown hash or cipher. */
static bool be_user(netsnmp_session *session, const struct tcx_snmpd_user *user)
{
	bool auth = user->auth_type[0] != '\0', priv = user->priv_type[0] != '\0';

	session->version = SNMP_VERSION_3;
	session->securityModel = USM_SEC_MODEL_NUMBER;
	session->securityName = (char *)user->name;
	session->securityNameLen = strlen(user->name);
	session->securityLevel = priv	? SNMP_SEC_LEVEL_AUTHPRIV
				 : auth ? SNMP_SEC_LEVEL_AUTHNOPRIV
					: SNMP_SEC_LEVEL_NOAUTH;
	if (auth)
		session->securityAuthProto = (oid *)sc_get_auth_oid(
			usm_lookup_auth_type(user->auth_type), &session->securityAuthProtoLen);
	if (priv)
		session->securityPrivProto = (oid *)sc_get_priv_oid(
			usm_lookup_priv_type(user->priv_type), &session->securityPrivProtoLen);
	return (!auth || make_key(session, user->auth, session->securityAuthKey,
				  &session->securityAuthKeyLen)) &&
	       (!priv || (session->securityPrivProto != NULL &&
			  make_key(session, user->priv, session->securityPrivKey,
				   &session->securityPrivKeyLen)));
}

/* A new session gets the timeout of AgentX sessions, which we do not want. */
static netsnmp_session *open_session(const struct tcx_snmpd_access *access,
				     const struct tcx_snmpd_user *user, const char *address)
{
	netsnmp_session wanted, *session;

	snmp_sess_init(&wanted);
	wanted.peername = (char *)address;
	if (user == NULL) {
		wanted.version = SNMP_VERSION_2c;
		wanted.community = (u_char *)access->name;
		wanted.community_len = strlen(access->name);
	} else if (!be_user(&wanted, user)) {
		return NULL;
	}
	wanted.timeout = TIMEOUT_US;
	wanted.retries = 1;
	session = snmp_open(&wanted);
	if (session != NULL) {
		session->timeout = TIMEOUT_US;
		session->retries = 1;
	}
	return session;
}

static bool is_text(const netsnmp_variable_list *variable)
{
	return variable != NULL && variable->type == ASN_OCTET_STR;
}

static void note_row(struct doctor_answer *answer, const netsnmp_variable_list *variable)
{
	for (size_t i = 0; i < tcx_modules_count; i++) {
		const char *text = tcx_modules[i].text;
		unsigned int bit = 1U << i;

		if (strlen(text) != variable->val_len ||
		    memcmp(text, variable->val.string, variable->val_len) != 0)
			continue;
		answer->twice |= answer->modules & bit;
		answer->modules |= bit;
	}
}

/* sysORTable has a row for each module that the agent serves. */
static void look_at_rows(netsnmp_session *session, struct doctor_answer *answer)
{
	netsnmp_variable_list *row = NULL;

	snmp_varlist_add_variable(&row, row_texts, OID_LENGTH(row_texts), ASN_NULL, NULL, 0);
	for (int i = 0; i < ROWS_MAX && netsnmp_query_getnext(row, session) == SNMP_ERR_NOERROR &&
			is_text(row) &&
			netsnmp_oid_is_subtree(row_texts, OID_LENGTH(row_texts), row->name,
					       row->name_length) == 0;
	     i++) {
		answer->rows = true;
		note_row(answer, row);
	}
	snmp_free_varbind(row);
}

static void look(netsnmp_session *session, struct doctor_answer *answer)
{
	netsnmp_variable_list *version = NULL, *changed;

	snmp_varlist_add_variable(&version, agent_version, OID_LENGTH(agent_version), ASN_NULL,
				  NULL, 0);
	changed = snmp_varlist_add_variable(&version, rows_changed, OID_LENGTH(rows_changed),
					    ASN_NULL, NULL, 0);
	answer->came = changed != NULL && netsnmp_query_get(version, session) == SNMP_ERR_NOERROR;
	answer->rows = answer->came && changed->type == ASN_TIMETICKS;
	if (is_text(version))
		snprintf(answer->version, sizeof(answer->version), "%.*s", (int)version->val_len,
			 (const char *)version->val.string);
	snmp_free_varbind(version);
	if (answer->rows)
		look_at_rows(session, answer);
}

bool tcx_doctor_ask(const struct tcx_snmpd_access *access, const struct tcx_snmpd_user *user,
		    const char *address, struct doctor_answer *answer)
{
	netsnmp_session *session = open_session(access, user, address);

	memset(answer, 0, sizeof(*answer));
	if (session == NULL)
		return false;
	look(session, answer);
	snmp_close(session);
	return true;
}
