/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers requests from the tree of their handler. A request whose table is being read becomes
 * pending here, while others are answered.
 */
#include "snmp/dispatcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "quirks.h"

/*
 * How long a request is kept for later varbinds. A GETBULK whose first repetition is pending goes
 * on after tableTimeout at the latest; this is for its other repetitions.
 */
#define REST_NS TCX_NS_PER_S

/*
 * Limits the pending requests, each with its varbinds; more get an error at once, so that a flood
 * does not fill the memory.
 */
#define PENDING_MAX 500

/*
 * A request whose table is still being read. The library calls it delegated, and sends the answer
 * once none of its varbinds is.
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
	struct tcx_request request;		 /* of the request being answered */
	struct tcx_held_tables held;
	long transaction;		 /* the number that the master gave it */
	const void *session;		 /* which it came by */
	struct pending_request *pending; /* list of pending requests */
	size_t pending_count;
	unsigned int alarm;    /* of look_after_pending(); 0: none */
	uint64_t quiescing_ns; /* since when registrations are to change; 0: they are not */
	bool quiesced;	       /* none is pending, and none may become so */
	bool complained;       /* that a table takes too long; until one comes again */
};

struct tcx_dispatcher *tcx_dispatcher_new(void)
{
	struct tcx_dispatcher *dispatcher = calloc(1, sizeof(*dispatcher));

	if (dispatcher != NULL)
		dispatcher->request.held = &dispatcher->held;
	return dispatcher;
}

/* Releases the last request. */
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
 * The master splits a manager's request, into one per registration and per repetition of a GETBULK.
 * All have the same transaction number (master.c, agentx_master_handler()) and must see one
 * snapshot.
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

/* False while the table is being read. */
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
 * *len becomes the length of the name's part below the root, 0 before it. False behind it, which
 * happens because a registration can exceed the root.
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
 * False while the table is being read. A varbind left unchanged tells the library that this
 * registration has no more.
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
 * Answers what it can and marks the rest as delegated; false when there is a rest. delegated: these
 * varbinds were pending, so answered ones must not be answered again: they hold the next name, and
 * a walk would skip one.
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

static void remove_pending(struct tcx_dispatcher *dispatcher, struct pending_request **link)
{
	struct pending_request *pending = *link;

	*link = pending->next;
	dispatcher->pending_count--;
	netsnmp_free_delegated_cache(pending->cache);
	free(pending);
}

static void complain(struct tcx_dispatcher *dispatcher)
{
	if (dispatcher->complained)
		return;
	dispatcher->complained = true;
	snmp_log(LOG_WARNING,
		 "a request was answered with an error, as its table could not be read in %g s; "
		 "see kernelTableCost, and raise tableTimeout\n",
		 (double)dispatcher->settings.table_timeout_ns / 1e9);
}

/*
 * A reload waits as long for requests as they wait for a table. Then none may become pending: until
 * the session ends the master sends more.
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
 * A master without an answer closes the session, and all counters are gone: an error for one
 * request is better. The table is read on for the next request. A request whose session has ended
 * is dropped.
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
		remove_pending(dispatcher, link);
	}
	if (dispatcher->pending != NULL)
		return;
	snmp_alarm_unregister(alarm);
	dispatcher->alarm = 0;
}

/* A master without an answer repeats the request: it has been pending since the first one. */
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

static bool wait_for_table(const struct tcx_served *served, netsnmp_mib_handler *handler,
			   netsnmp_handler_registration *made, netsnmp_agent_request_info *info,
			   netsnmp_request_info *varbinds)
{
	const struct timeval tenth = {.tv_usec = 100000};
	struct tcx_dispatcher *dispatcher = served->dispatcher;
	struct pending_request *pending =
		dispatcher->pending_count < PENDING_MAX ? calloc(1, sizeof(*pending)) : NULL;

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
	dispatcher->pending_count++;
	if (dispatcher->alarm == 0)
		dispatcher->alarm =
			snmp_alarm_register_hr(tenth, SA_REPEAT, look_after_pending, dispatcher);
	return true;
}

/* A varbind that stays delegated would never be answered. */
static int give_up(netsnmp_request_info *varbinds)
{
	for (netsnmp_request_info *varbind = varbinds; varbind != NULL; varbind = varbind->next)
		varbind->delegated = REQUEST_IS_NOT_DELEGATED;
	return SNMP_ERR_RESOURCEUNAVAILABLE;
}

/* True when it is answered, or the library no longer waits for it. */
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
			remove_pending(dispatcher, link);
			dispatcher->complained = false;
		} else
			link = &(*link)->next;
	}
}

/*
 * Pending requests share one request, since a GETBULK under way keeps its own to the end. Releases
 * the last request, so that it does not hold a table that is released.
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
		remove_pending(dispatcher, &dispatcher->pending);
	end_request(dispatcher);
	release(&dispatcher->settings);
	free(dispatcher);
}
