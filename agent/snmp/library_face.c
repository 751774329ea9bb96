/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests as the library hands them to handlers. One that waits for a table is delegated: the
 * library sends the answer once none of its varbinds is.
 */
#include "snmp/library_face.h"

#include "snmp/dispatcher.h"
#include "snmp/quirks.h"

struct delegated {
	struct tcx_pending pending;
	netsnmp_delegated_cache *cache;
};

/* False while the table is being read. */
static bool answer_get(const struct tcx_request *request, netsnmp_agent_request_info *info,
		       netsnmp_request_info *varbind)
{
	netsnmp_variable_list *vb = varbind->requestvb;
	struct tcx_value value;
	enum tcx_found found = tcx_dispatcher_get(request, vb->name, vb->name_length, &value);

	if (found == TCX_FOUND)
		snmp_set_var_typed_value(vb, value.type, value.data, value.len);
	else if (found != TCX_PENDING || tcx_quirk_is_getnext(info))
		netsnmp_set_request_error(info, varbind,
					  found == TCX_NO_OBJECT ? SNMP_NOSUCHOBJECT
								 : SNMP_NOSUCHINSTANCE);
	return found != TCX_PENDING || tcx_quirk_is_getnext(info);
}

/*
 * Likewise. A varbind left unchanged, or with a name of another registration, tells the library
 * that this one has no more.
 */
static bool answer_next(const struct tcx_request *request, netsnmp_request_info *varbind)
{
	netsnmp_variable_list *vb = varbind->requestvb;
	const struct tcx_range range = {.begin = vb->name, .begin_len = vb->name_length};
	oid next[MAX_OID_LEN];
	size_t next_len;
	struct tcx_value value;
	enum tcx_found found = tcx_dispatcher_next(request, &range, next, &next_len, &value);

	if (found == TCX_FOUND) {
		snmp_set_var_objid(vb, next, next_len);
		snmp_set_var_typed_value(vb, value.type, value.data, value.len);
	}
	return found != TCX_PENDING;
}

/*
 * Answers what it can and marks the rest as delegated; false when there is a rest. delegated: these
 * varbinds were pending, so answered ones must not be answered again: they hold the next name, and
 * a walk would skip one.
 */
static bool answer_all(const struct tcx_request *request, netsnmp_agent_request_info *info,
		       netsnmp_request_info *varbinds, int delegated)
{
	bool all = true;

	for (netsnmp_request_info *varbind = varbinds; varbind != NULL; varbind = varbind->next) {
		bool known = true;

		if (varbind->processed || varbind->delegated != delegated)
			continue;
		if (info->mode == MODE_GET)
			known = answer_get(request, info, varbind);
		else if (info->mode == MODE_GETNEXT)
			known = answer_next(request, varbind);
		varbind->delegated = known ? REQUEST_IS_NOT_DELEGATED : REQUEST_IS_DELEGATED;
		all = all && known;
	}
	return all;
}

static netsnmp_delegated_cache *cache_of(const struct tcx_pending *pending)
{
	return netsnmp_handler_check_cache(((const struct delegated *)pending)->cache);
}

static bool is_wanted(struct tcx_pending *pending)
{
	return cache_of(pending) != NULL;
}

static bool answer(struct tcx_pending *pending, const struct tcx_request *request)
{
	netsnmp_delegated_cache *cache = cache_of(pending);

	return answer_all(request, cache->reqinfo, cache->requests, REQUEST_IS_DELEGATED);
}

static void fail(struct tcx_pending *pending)
{
	tcx_quirk_answer_error(cache_of(pending));
}

static void clear(struct tcx_pending *pending)
{
	netsnmp_free_delegated_cache(((struct delegated *)pending)->cache);
}

static const struct tcx_face face = {is_wanted, answer, fail, clear};

/* False: it is not kept. */
static bool keep(const struct tcx_request *request, netsnmp_delegated_cache *cache)
{
	struct delegated *delegated =
		cache != NULL ? tcx_dispatcher_wait(request, &face, sizeof(*delegated)) : NULL;

	if (delegated != NULL)
		delegated->cache = cache;
	else
		netsnmp_free_delegated_cache(cache);
	return delegated != NULL;
}

/* A varbind that stays delegated would never be answered. */
static int give_up(netsnmp_request_info *varbinds)
{
	for (netsnmp_request_info *varbind = varbinds; varbind != NULL; varbind = varbind->next)
		varbind->delegated = REQUEST_IS_NOT_DELEGATED;
	return SNMP_ERR_RESOURCEUNAVAILABLE;
}

int tcx_library_face_answer(netsnmp_mib_handler *handler, netsnmp_handler_registration *made,
			    netsnmp_agent_request_info *info, netsnmp_request_info *varbinds)
{
	const struct tcx_request *request =
		tcx_context_request(handler->myvoid, info->asp->session, info->asp->pdu->transid);

	if (answer_all(request, info, varbinds, REQUEST_IS_NOT_DELEGATED) ||
	    keep(request, netsnmp_create_delegated_cache(handler, made, info, varbinds, NULL)))
		return SNMP_ERR_NOERROR;
	return give_up(varbinds);
}
