/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks as nobody, so that the answer has the engine ID. */
#include "probe.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Whoever has no name and no engine ID is answered with the engine ID (RFC 3414, 4). */
static bool know_nobody(void)
{
	struct usmUser *user = usm_get_user(NULL, 0, "");

	if (user != NULL)
		return true;
	user = calloc(1, sizeof(*user));
	if (user == NULL)
		return false;
	user->name = strdup("");
	user->secName = strdup("");
	user->authProtocolLen = OID_LENGTH(usmNoAuthProtocol);
	user->authProtocol = snmp_duplicate_objid(usmNoAuthProtocol, user->authProtocolLen);
	user->privProtocolLen = OID_LENGTH(usmNoPrivProtocol);
	user->privProtocol = snmp_duplicate_objid(usmNoPrivProtocol, user->privProtocolLen);
	return usm_add_user(user) != NULL;
}

netsnmp_pdu *tcx_probe_request(void)
{
	netsnmp_pdu *pdu = know_nobody() ? snmp_pdu_create(SNMP_MSG_GET) : NULL;

	if (pdu == NULL)
		return NULL;
	pdu->version = SNMP_VERSION_3;
	pdu->securityName = strdup("");
	pdu->securityLevel = SNMP_SEC_LEVEL_NOAUTH;
	pdu->securityModel = SNMP_SEC_MODEL_USM;
	return pdu;
}
