/* SPDX-License-Identifier: BSD-2-Clause */
/* The view of who asks, looked up in the library's tables as seldom as may be. */
#include <string.h>

#include "manager_parts.h"

/* Notes the shortest beginning of the name that is in the view with all below it. */
static void note(struct tcx_view *view, const oid *name, size_t len)
{
	memcpy(view->all, name, len * sizeof(oid));
	for (view->all_len = 1; view->all_len < len; view->all_len++)
		if (netsnmp_acm_check_subtree(view->pdu, view->all, view->all_len) == VACM_SUCCESS)
			return;
	view->all_len = 0;
}

bool tcx_view_has(struct tcx_view *view, const oid *name, size_t len)
{
	if (view->all_len > 0 && len >= view->all_len &&
	    memcmp(name, view->all, view->all_len * sizeof(oid)) == 0)
		return true;
	if (in_a_view((oid *)name, &len, view->pdu, ASN_NULL) != VACM_SUCCESS)
		return false;
	note(view, name, len);
	return true;
}

bool tcx_view_pass(const struct tcx_view *view, oid *name, size_t *len)
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

bool tcx_view_can_have(const struct tcx_view *view, u_char type)
{
	return view->pdu->version != SNMP_VERSION_1 || type != ASN_COUNTER64;
}
