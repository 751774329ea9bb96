/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests of the library: what they see, and how they are answered from the tree that they come
 * with. Those for a table that is being read wait here, while others go on.
 */
#include "snmp/dispatcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "quirks.h"

/*
 * How long a request is kept for the rest of its varbinds: a GETBULK whose first repetition waits
 * for a table goes on after tableTimeout at the latest, and this is for the rest.
 */
#define REST_NS TCX_NS_PER_S

/* So many requests may wait for tables, each with its varbinds. More get an error at once, so that
 * a flood of them does not fill the memory. */
#define PENDING_MAX 500

/*
 * A request for a table that is still being read waits here, while others are answered. The library
 * calls that delegation: it sends the answer once no varbind of the request is delegated any more.
 */
struct pending_request {
	struct pending_request *next;
	netsnmp_delegated_cache *cache;
	const struct tcx_served *served;
	const void *session;
	long transaction;
	uint64_t since_ns;
};

struct tcx_dispatcher {
	struct tcx_dispatcher_settings settings; /* collector and tables with a reference */
	struct tcx_request request;		 /* of what is being answered */
	struct tcx_held_tables held;
	long transaction;		 /* the number that the master gave it */
	const void *session;		 /* which it came by */
	struct pending_request *pending; /* those for tables that are being read */
	unsigned int alarm;		 /* that looks after them; 0: none */
	uint64_t quiescing_ns; /* since when registrations are to be changed; 0: they are not */
	bool quiesced;	       /* none is pending, and none is to become so */
	bool complained;       /* that a table takes too long; until one comes again */
};

struct tcx_dispatcher *tcx_dispatcher_new(void)
{
	struct tcx_dispatcher *dispatcher = calloc(1, sizeof(*dispatcher));

	if (dispatcher != NULL)
		dispatcher->request.held = &dispatcher->held;
	return dispatcher;
}

/* Releases the request that was answered last, and what it held. */
static void end_request(struct tcx_dispatcher *dispatcher)
{
	tcx_request_release(&dispatcher->request);
	dispatcher->session = NULL;
}

static void begin_request(const struct tcx_dispatcher *dispatcher, struct tcx_request *request)
{
	tcx_request_release(request);
	request->latest = tcx_collector_latest(dispatcher->settings.collector, &request->status);
	request->now_ns = tcx_clock_now();
	request->uptime_zero_ns = tcx_quirk_uptime_zero(request->now_ns, request->uptime_zero_ns);
	request->interval_ns = dispatcher->settings.interval_ns;
	request->max_age_ns = dispatcher->settings.max_age_ns;
	request->oldest_ns =
		request->now_ns > request->max_age_ns ? request->now_ns - request->max_age_ns : 0;
	if (request->latest != NULL && request->latest->taken_ns >= request->oldest_ns)
		request->fresh = request->latest;
}

static bool is_over(const struct tcx_dispatcher *dispatcher)
{
	return tcx_clock_now() - dispatcher->request.now_ns >
	       dispatcher->settings.table_timeout_ns + REST_NS;
}

/*
 * The master splits one request of a manager into several for us, one per registration and, for
 * GETBULK, one per repetition. All carry the same transaction number (master.c,
 * agentx_master_handler()): they all see one snapshot.
 */
static const struct tcx_request *request_of(struct tcx_dispatcher *dispatcher,
					    const netsnmp_agent_session *asp)
{
	if (dispatcher->session != asp->session || dispatcher->transaction != asp->pdu->transid ||
	    is_over(dispatcher))
		begin_request(dispatcher, &dispatcher->request);
	dispatcher->session = asp->session;
	dispatcher->transaction = asp->pdu->transid;
	dispatcher->request.stale_ok = dispatcher->quiescing_ns != 0;
	return &dispatcher->request;
}

/* False when the answer is not known yet. */
static bool answer_get(const struct tcx_served *served, const struct tcx_request *request,
		       netsnmp_agent_request_info *info, netsnmp_request_info *varbind)
{
	netsnmp_variable_list *vb = varbind->requestvb;
	struct tcx_value value;
	enum tcx_found found = tcx_tree_get(&served->tree, request, vb->name + served->root_len,
					    vb->name_length - served->root_len, &value);

	if (found == TCX_FOUND)
		snmp_set_var_typed_value(vb, value.type, value.data, value.len);
	else if (found != TCX_PENDING)
		netsnmp_set_request_error(info, varbind,
					  found == TCX_NO_INSTANCE ? SNMP_NOSUCHINSTANCE
								   : SNMP_NOSUCHOBJECT);
	return found != TCX_PENDING;
}

/*
 * *len becomes that of the part of a name below the root, 0 for a name that lies before it. False
 * for one that lies behind, as what is registered is sometimes more than the root.
 */
static bool below_root(const struct tcx_served *served, const netsnmp_variable_list *vb,
		       size_t *len)
{
	size_t root_len = served->root_len;
	size_t shared = vb->name_length < root_len ? vb->name_length : root_len;
	int order = snmp_oid_compare(vb->name, shared, served->root, root_len);

	*len = order == 0 ? vb->name_length - root_len : 0;
	return order <= 0;
}

/*
 * False when the answer is not known yet. Leaving the varbind as it is tells the library that there
 * is nothing more in this registration.
 */
static bool answer_next(const struct tcx_served *served, const struct tcx_request *request,
			netsnmp_request_info *varbind)
{
	netsnmp_variable_list *vb = varbind->requestvb;
	size_t root_len = served->root_len;
	oid next[MAX_OID_LEN];
	enum tcx_found found;
	size_t begin_len, next_len;
	struct tcx_value value;

	if (!below_root(served, vb, &begin_len))
		return true;
	memcpy(next, served->root, root_len * sizeof(oid));
	found = tcx_tree_next(&served->tree, request, vb->name + root_len, begin_len,
			      next + root_len, &next_len, &value);
	if (found == TCX_FOUND) {
		snmp_set_var_objid(vb, next, root_len + next_len);
		snmp_set_var_typed_value(vb, value.type, value.data, value.len);
	}
	return found != TCX_PENDING;
}

/*
 * Answers what can be answered and marks the rest as delegated. False when there is a rest.
 * delegated tells whether this is about requests that are new or about those that waited: what is
 * answered must be left alone, for it holds the next name, from which a walk would go one too far.
 */
static bool answer_all(const struct tcx_served *served, const struct tcx_request *request,
		       netsnmp_agent_request_info *info, netsnmp_request_info *varbinds,
		       int delegated)
{
	bool all = true;

	for (netsnmp_request_info *varbind = varbinds; varbind != NULL; varbind = varbind->next) {
		bool known = true;

		if (varbind->processed || varbind->delegated != delegated)
			continue;
		if (info->mode == MODE_GET)
			known = answer_get(served, request, info, varbind);
		else if (info->mode == MODE_GETNEXT)
			known = answer_next(served, request, varbind);
		varbind->delegated = known ? REQUEST_IS_NOT_DELEGATED : REQUEST_IS_DELEGATED;
		all = all && known;
	}
	return all;
}

static void remove_pending(struct pending_request **link)
{
	struct pending_request *pending = *link;

	*link = pending->next;
	netsnmp_free_delegated_cache(pending->cache);
	free(pending);
}

static void complain(struct tcx_dispatcher *dispatcher)
{
	if (dispatcher->complained)
		return;
	dispatcher->complained = true;
	snmp_log(LOG_WARNING,
		 "a request was answered with an error, as a table could not be read in %g s "
		 "(tableTimeout)\n",
		 (double)dispatcher->settings.table_timeout_ns / 1e9);
}

/*
 * A reload waits no longer for requests than they for a table. Once none waits, none may begin to:
 * until the session has ended the master goes on with asking.
 */
static bool is_quiesced(const struct tcx_dispatcher *dispatcher)
{
	return dispatcher->quiesced ||
	       (dispatcher->quiescing_ns != 0 && tcx_clock_now() - dispatcher->quiescing_ns >=
							 dispatcher->settings.table_timeout_ns);
}

static bool is_overdue(const struct tcx_dispatcher *dispatcher,
		       const struct pending_request *pending)
{
	return is_quiesced(dispatcher) ||
	       tcx_clock_now() - pending->since_ns >= dispatcher->settings.table_timeout_ns;
}

/*
 * A master that gets no answer closes the session, and all counters are gone with it: better an
 * error for one request. The table is still being read, for the next one. A session that has ended
 * waits for nothing any more.
 */
static void look_after_pending(unsigned int alarm, void *arg)
{
	struct tcx_dispatcher *dispatcher = arg;
	struct pending_request **link = &dispatcher->pending;

	while (*link != NULL) {
		netsnmp_delegated_cache *cache = netsnmp_handler_check_cache((*link)->cache);

		if (cache != NULL && !is_overdue(dispatcher, *link)) {
			link = &(*link)->next;
			continue;
		}
		if (cache != NULL) {
			tcx_quirk_answer_error(cache);
			complain(dispatcher);
		}
		remove_pending(link);
	}
	if (dispatcher->pending != NULL)
		return;
	snmp_alarm_unregister(alarm);
	dispatcher->alarm = 0;
}

/* A master that gets no answer asks again: that is the same request, and has waited all the while.
 */
static uint64_t pending_since(const struct tcx_dispatcher *dispatcher,
			      const struct pending_request *pending)
{
	for (const struct pending_request *other = dispatcher->pending; other != NULL;
	     other = other->next)
		if (other->session == pending->session &&
		    other->transaction == pending->transaction)
			return other->since_ns;
	return tcx_clock_now();
}

static size_t count_pending(const struct tcx_dispatcher *dispatcher)
{
	size_t count = 0;

	for (const struct pending_request *one = dispatcher->pending; one != NULL; one = one->next)
		count++;
	return count;
}

static bool wait_for_table(const struct tcx_served *served, netsnmp_mib_handler *handler,
			   netsnmp_handler_registration *made, netsnmp_agent_request_info *info,
			   netsnmp_request_info *varbinds)
{
	const struct timeval tenth = {.tv_usec = 100000};
	struct tcx_dispatcher *dispatcher = served->dispatcher;
	struct pending_request *pending =
		count_pending(dispatcher) < PENDING_MAX ? calloc(1, sizeof(*pending)) : NULL;

	if (pending != NULL)
		pending->cache =
			netsnmp_create_delegated_cache(handler, made, info, varbinds, NULL);
	if (pending == NULL || pending->cache == NULL) {
		free(pending);
		return false;
	}
	pending->served = served;
	pending->session = info->asp->session;
	pending->transaction = info->asp->pdu->transid;
	pending->since_ns = pending_since(dispatcher, pending);
	pending->next = dispatcher->pending;
	dispatcher->pending = pending;
	if (dispatcher->alarm == 0)
		dispatcher->alarm =
			snmp_alarm_register_hr(tenth, SA_REPEAT, look_after_pending, dispatcher);
	return true;
}

/* What is left marked as delegated would never be answered. */
static int give_up(netsnmp_request_info *varbinds)
{
	for (netsnmp_request_info *varbind = varbinds; varbind != NULL; varbind = varbind->next)
		varbind->delegated = REQUEST_IS_NOT_DELEGATED;
	return SNMP_ERR_RESOURCEUNAVAILABLE;
}

/* True when it is done with: answered, or the library does not wait for it any more. */
static bool answer_pending(struct pending_request *pending, const struct tcx_request *request)
{
	netsnmp_delegated_cache *cache = netsnmp_handler_check_cache(pending->cache);

	return cache == NULL || answer_all(pending->served, request, cache->reqinfo,
					   cache->requests, REQUEST_IS_DELEGATED);
}

static void answer_all_pending(struct tcx_dispatcher *dispatcher, const struct tcx_request *request)
{
	struct pending_request **link = &dispatcher->pending;

	while (*link != NULL) {
		if (answer_pending(*link, request)) {
			remove_pending(link);
			dispatcher->complained = false;
		} else
			link = &(*link)->next;
	}
}

/*
 * Those who waited share a request of their own: a GETBULK that is on its way keeps its own to the
 * end. The last request is given up here, so that it does not hold a table which the agent lets go.
 */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher)
{
	struct tcx_held_tables held = {.tables = dispatcher->settings.tables};
	struct tcx_request request = {.held = &held,
				      .uptime_zero_ns = dispatcher->request.uptime_zero_ns};

	if (is_over(dispatcher))
		end_request(dispatcher);
	if (dispatcher->pending == NULL)
		return;
	begin_request(dispatcher, &request);
	answer_all_pending(dispatcher, &request);
	tcx_request_release(&request);
}

static void release(const struct tcx_dispatcher_settings *settings)
{
	tcx_collector_unref(settings->collector);
	tcx_tables_unref(settings->tables);
}

void tcx_dispatcher_set(struct tcx_dispatcher *dispatcher,
			const struct tcx_dispatcher_settings *settings)
{
	const struct tcx_dispatcher_settings before = dispatcher->settings;

	end_request(dispatcher);
	dispatcher->settings = *settings;
	tcx_collector_ref(settings->collector);
	if (settings->tables != NULL)
		tcx_tables_ref(settings->tables);
	release(&before);
	dispatcher->held.tables = settings->tables;
	tcx_dispatcher_tables_changed(dispatcher);
}

bool tcx_dispatcher_quiesce(struct tcx_dispatcher *dispatcher)
{
	if (dispatcher->quiescing_ns == 0)
		dispatcher->quiescing_ns = tcx_clock_now();
	dispatcher->quiesced = dispatcher->pending == NULL;
	return dispatcher->quiesced;
}

void tcx_dispatcher_resume(struct tcx_dispatcher *dispatcher)
{
	dispatcher->quiescing_ns = 0;
	dispatcher->quiesced = false;
}

int tcx_dispatcher_answer(netsnmp_mib_handler *handler, netsnmp_handler_registration *made,
			  netsnmp_agent_request_info *info, netsnmp_request_info *varbinds)
{
	const struct tcx_served *served = handler->myvoid;
	struct tcx_dispatcher *dispatcher = served->dispatcher;
	const struct tcx_request *request = request_of(dispatcher, info->asp);

	if (answer_all(served, request, info, varbinds, REQUEST_IS_NOT_DELEGATED))
		return SNMP_ERR_NOERROR;
	if (!is_quiesced(dispatcher) && wait_for_table(served, handler, made, info, varbinds))
		return SNMP_ERR_NOERROR;
	return give_up(varbinds);
}

void tcx_dispatcher_free(struct tcx_dispatcher *dispatcher)
{
	if (dispatcher == NULL)
		return;
	if (dispatcher->alarm != 0)
		snmp_alarm_unregister(dispatcher->alarm);
	while (dispatcher->pending != NULL)
		remove_pending(&dispatcher->pending);
	end_request(dispatcher);
	release(&dispatcher->settings);
	free(dispatcher);
}
