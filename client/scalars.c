/* SPDX-License-Identifier: BSD-2-Clause */
/* Values as cells, and scalars by their names. */
#include "scalars.h"

#include <string.h>

#include "types.h"

static const oid objects[] = {TCX_MIB_ROOT, 1};

#define OBJECTS	 OID_LENGTH(objects)
#define NAME_LEN (OBJECTS + 3)

static void take_text(struct tcx_cell *cell, const netsnmp_variable_list *variable)
{
	char text[TCX_TEXT_MAX + 1] = "";
	size_t len = variable->val_len < TCX_TEXT_MAX ? variable->val_len : TCX_TEXT_MAX;

	memcpy(text, variable->val.string, len);
	tcx_text_escape(cell->text, sizeof(cell->text), text);
}

static bool is_exception(u_char type)
{
	return type == SNMP_NOSUCHOBJECT || type == SNMP_NOSUCHINSTANCE ||
	       type == SNMP_ENDOFMIBVIEW;
}

bool tcx_cell_take(struct tcx_cell *cell, const netsnmp_variable_list *variable, u_char type)
{
	*cell = (struct tcx_cell){.known = false};
	if (is_exception(variable->type))
		return true;
	if (type != 0 && variable->type != type)
		return false;
	cell->known = true;
	cell->type = variable->type;
	switch (variable->type) {
	case ASN_OCTET_STR:
		take_text(cell, variable);
		break;
	case ASN_INTEGER:
	case ASN_GAUGE:
	case ASN_COUNTER:
	case ASN_TIMETICKS:
		cell->number = (uint32_t)*variable->val.integer;
		break;
	case ASN_COUNTER64:
		cell->number = (uint64_t)variable->val.counter64->high << 32 |
			       (variable->val.counter64->low & UINT32_MAX);
		break;
	default:
		cell->known = false;
	}
	return true;
}

static void name_of(const struct tcx_scalar *scalar, oid name[NAME_LEN])
{
	memcpy(name, objects, sizeof(objects));
	name[OBJECTS] = scalar->node;
	name[OBJECTS + 1] = scalar->sub_id;
	name[OBJECTS + 2] = 0;
}

netsnmp_pdu *tcx_scalars_request(const struct tcx_scalar *scalars, size_t count)
{
	netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
	oid name[NAME_LEN];

	for (size_t i = 0; pdu != NULL && i < count; i++) {
		name_of(&scalars[i], name);
		snmp_add_null_var(pdu, name, NAME_LEN);
	}
	return pdu;
}

bool tcx_scalars_take(const netsnmp_pdu *response, const struct tcx_scalar *scalars, size_t count,
		      struct tcx_cell *cells)
{
	const netsnmp_variable_list *variable = response->variables;
	oid name[NAME_LEN];

	memset(cells, 0, count * sizeof(cells[0]));
	for (size_t i = 0; i < count; i++, variable = variable->next_variable) {
		name_of(&scalars[i], name);
		if (variable == NULL ||
		    netsnmp_oid_equals(variable->name, variable->name_length, name, NAME_LEN) !=
			    0 ||
		    !tcx_cell_take(&cells[i], variable,
				   tcx_type_of(scalars[i].node, scalars[i].sub_id)))
			return false;
	}
	return variable == NULL;
}

bool tcx_get_scalars(const struct tcx_peer *peer, const struct tcx_scalar *scalars, size_t count,
		     struct tcx_cell *cells, struct tcx_fault *fault)
{
	netsnmp_pdu *response = tcx_peer_ask(peer, tcx_scalars_request(scalars, count), fault);
	bool good;

	if (response == NULL)
		return false;
	good = tcx_scalars_take(response, scalars, count, cells);
	snmp_free_pdu(response);
	if (!good)
		return tcx_fault_set(fault, "%s answers with other objects than were asked for",
				     peer->host);
	return cells[0].known || tcx_peer_absent(peer, fault);
}
