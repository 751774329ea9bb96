/* Requests: what they see, and how they are answered. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "mib.h"

/*
 * How long a view is kept for the rest of its request: a GETBULK whose first repetition waits for a
 * table goes on after tableTimeout at the latest, and this is for the rest.
 */
#define REST_NS TCX_NS_PER_S

/* So many requests may wait for tables, each with its varbinds. More get an error at once, so that
 * a flood of them does not fill the memory. */
#define WAITING_MAX 500

/*
 * A request for a table that is still being read waits here, while others are answered. The library
 * calls that delegation: it sends the answer once no varbind of the request is delegated any more.
 */
struct waiting {
	struct waiting *next;
	netsnmp_delegated_cache *cache;
	const struct group *group;
	const void *session;
	long transaction;
	uint64_t since_ns;
};

/* Forgets the request that was answered last, and what it held. */
static void end_view(struct answering *answering)
{
	tcx_view_release(&answering->view);
	answering->session = NULL;
}

/*
 * The library keeps sysUpTime equal to the master's, in hundredths of a second and with a small
 * error that differs from answer to answer. So its beginning is kept here and found anew only when
 * it is clearly another: the master has been restarted.
 */
static uint64_t uptime_zero(const struct tcx_view *view)
{
	uint64_t uptime_ns = (uint64_t)netsnmp_get_agent_uptime() * (TCX_NS_PER_S / 100);
	uint64_t zero = view->now_ns > uptime_ns ? view->now_ns - uptime_ns : 0;
	uint64_t known = view->uptime_zero_ns;
	uint64_t difference = zero > known ? zero - known : known - zero;

	return difference > TCX_NS_PER_S / 2 ? zero : known;
}

static void begin_view(const struct answering *answering, struct tcx_view *view)
{
	tcx_view_release(view);
	view->latest = tcx_collector_latest(answering->settings.collector, &view->status);
	view->now_ns = tcx_clock_now();
	view->uptime_zero_ns = uptime_zero(view);
	view->interval_ns = answering->settings.interval_ns;
	view->max_age_ns = answering->settings.max_age_ns;
	view->oldest_ns = view->now_ns > view->max_age_ns ? view->now_ns - view->max_age_ns : 0;
	if (view->latest != NULL && view->latest->taken_ns >= view->oldest_ns)
		view->fresh = view->latest;
}

static bool is_over(const struct answering *answering)
{
	return tcx_clock_now() - answering->view.now_ns >
	       answering->settings.table_timeout_ns + REST_NS;
}

/*
 * The master splits one request of a manager into several for us, one per registration and, for
 * GETBULK, one per repetition. All carry the same transaction number (master.c,
 * agentx_master_handler()): they all see one snapshot.
 */
static const struct tcx_view *view_of(struct answering *answering,
				      const netsnmp_agent_session *request)
{
	if (answering->session != request->session ||
	    answering->transaction != request->pdu->transid || is_over(answering))
		begin_view(answering, &answering->view);
	answering->session = request->session;
	answering->transaction = request->pdu->transid;
	answering->view.impatient = answering->closing_ns != 0;
	return &answering->view;
}

/* False when the answer is not known yet. */
static bool answer_get(const struct group *group, const struct tcx_view *view,
		       netsnmp_agent_request_info *info, netsnmp_request_info *request)
{
	netsnmp_variable_list *varbind = request->requestvb;
	struct tcx_value value;

	switch (tcx_tree_get(&group->tree, view, varbind->name + group->root_len,
			     varbind->name_length - group->root_len, &value)) {
	case TCX_FOUND:
		snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
		return true;
	case TCX_PENDING:
		return false;
	case TCX_NO_INSTANCE:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHINSTANCE);
		return true;
	default:
		netsnmp_set_request_error(info, request, SNMP_NOSUCHOBJECT);
		return true;
	}
}

/*
 * *len becomes that of the part of a name below the group's root, 0 for a name that lies before it.
 * False for one that lies behind, as what is registered is sometimes more than the root.
 */
static bool below_root(const struct group *group, const netsnmp_variable_list *varbind, size_t *len)
{
	size_t root_len = group->root_len;
	size_t shared = varbind->name_length < root_len ? varbind->name_length : root_len;
	int order = snmp_oid_compare(varbind->name, shared, group->root, root_len);

	*len = order == 0 ? varbind->name_length - root_len : 0;
	return order <= 0;
}

/*
 * False when the answer is not known yet. Leaving the varbind as it is tells the library that there
 * is nothing more in this registration.
 */
static bool answer_next(const struct group *group, const struct tcx_view *view,
			netsnmp_request_info *request)
{
	netsnmp_variable_list *varbind = request->requestvb;
	size_t root_len = group->root_len;
	oid next[MAX_OID_LEN];
	enum tcx_found found;
	size_t begin_len, next_len;
	struct tcx_value value;

	if (!below_root(group, varbind, &begin_len))
		return true;
	memcpy(next, group->root, root_len * sizeof(oid));
	found = tcx_tree_next(&group->tree, view, varbind->name + root_len, begin_len,
			      next + root_len, &next_len, &value);
	if (found == TCX_FOUND) {
		snmp_set_var_objid(varbind, next, root_len + next_len);
		snmp_set_var_typed_value(varbind, value.type, value.data, value.len);
	}
	return found != TCX_PENDING;
}

/*
 * Answers what can be answered and marks the rest as delegated. False when there is a rest.
 * delegated tells whether this is about requests that are new or about those that waited: what is
 * answered must be left alone, for it holds the next name, from which a walk would go one too far.
 */
static bool answer_all(const struct group *group, const struct tcx_view *view,
		       netsnmp_agent_request_info *info, netsnmp_request_info *requests,
		       int delegated)
{
	bool all = true;

	for (netsnmp_request_info *request = requests; request != NULL; request = request->next) {
		bool known = true;

		if (request->processed || request->delegated != delegated)
			continue;
		if (info->mode == MODE_GET)
			known = answer_get(group, view, info, request);
		else if (info->mode == MODE_GETNEXT)
			known = answer_next(group, view, request);
		request->delegated = known ? REQUEST_IS_NOT_DELEGATED : REQUEST_IS_DELEGATED;
		all = all && known;
	}
	return all;
}

static void free_waiting(struct waiting *waiting)
{
	if (waiting->cache != NULL)
		netsnmp_free_delegated_cache(waiting->cache);
	free(waiting);
}

static void remove_waiting(struct waiting **link)
{
	struct waiting *waiting = *link;

	*link = waiting->next;
	free_waiting(waiting);
}

/* Without a value the library would look for one in the next registration, error or not. */
static void refuse(netsnmp_delegated_cache *cache)
{
	for (netsnmp_request_info *request = cache->requests; request != NULL;
	     request = request->next) {
		if (request->delegated != REQUEST_IS_DELEGATED)
			continue;
		request->delegated = REQUEST_IS_NOT_DELEGATED;
		snmp_set_var_typed_integer(request->requestvb, ASN_INTEGER, 0);
		netsnmp_set_request_error(cache->reqinfo, request, SNMP_ERR_GENERR);
	}
}

static void complain(struct answering *answering)
{
	if (answering->complained)
		return;
	answering->complained = true;
	snmp_log(LOG_WARNING,
		 "a request was answered with an error, as a table could not be read in %g s "
		 "(tableTimeout)\n",
		 (double)answering->settings.table_timeout_ns / 1e9);
}

/*
 * A reload waits no longer for requests than they for a table. Once none waits, none may begin to:
 * until the session has ended the master goes on with asking.
 */
static bool is_closed(const struct answering *answering)
{
	return answering->closed ||
	       (answering->closing_ns != 0 &&
		tcx_clock_now() - answering->closing_ns >= answering->settings.table_timeout_ns);
}

static bool is_overdue(const struct answering *answering, const struct waiting *waiting)
{
	return is_closed(answering) ||
	       tcx_clock_now() - waiting->since_ns >= answering->settings.table_timeout_ns;
}

/*
 * A master that gets no answer closes the session, and all counters are gone with it: better an
 * error for one request. The table is still being read, for the next one. A session that has ended
 * waits for nothing any more.
 */
static void look_after_waiting(unsigned int alarm, void *arg)
{
	struct answering *answering = arg;
	struct waiting **link = &answering->waiting;

	while (*link != NULL) {
		netsnmp_delegated_cache *cache = netsnmp_handler_check_cache((*link)->cache);

		if (cache != NULL && !is_overdue(answering, *link)) {
			link = &(*link)->next;
			continue;
		}
		if (cache != NULL) {
			refuse(cache);
			complain(answering);
		}
		remove_waiting(link);
	}
	if (answering->waiting != NULL)
		return;
	snmp_alarm_unregister(alarm);
	answering->alarm = 0;
}

static void watch_waiting(struct answering *answering)
{
	const struct timeval tenth = {.tv_usec = 100000};

	if (answering->alarm == 0)
		answering->alarm =
			snmp_alarm_register_hr(tenth, SA_REPEAT, look_after_waiting, answering);
}

/* A master that gets no answer asks again: that is the same request, and has waited all the while.
 */
static uint64_t waiting_since(const struct answering *answering, const struct waiting *request)
{
	for (const struct waiting *other = answering->waiting; other != NULL; other = other->next)
		if (other->session == request->session &&
		    other->transaction == request->transaction)
			return other->since_ns;
	return tcx_clock_now();
}

static size_t count_waiting(const struct answering *answering)
{
	size_t count = 0;

	for (const struct waiting *one = answering->waiting; one != NULL; one = one->next)
		count++;
	return count;
}

static bool wait_for_table(const struct group *group, netsnmp_mib_handler *handler,
			   netsnmp_handler_registration *registration,
			   netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	struct answering *answering = tcx_answering(group->mib);
	struct waiting *waiting =
		count_waiting(answering) < WAITING_MAX ? calloc(1, sizeof(*waiting)) : NULL;

	if (waiting == NULL)
		return false;
	waiting->cache =
		netsnmp_create_delegated_cache(handler, registration, info, requests, NULL);
	if (waiting->cache == NULL) {
		free_waiting(waiting);
		return false;
	}
	waiting->group = group;
	waiting->session = info->asp->session;
	waiting->transaction = info->asp->pdu->transid;
	waiting->since_ns = waiting_since(answering, waiting);
	waiting->next = answering->waiting;
	answering->waiting = waiting;
	watch_waiting(answering);
	return true;
}

/* What is left marked as delegated would never be answered. */
static int give_up(netsnmp_request_info *requests)
{
	for (netsnmp_request_info *request = requests; request != NULL; request = request->next)
		request->delegated = REQUEST_IS_NOT_DELEGATED;
	return SNMP_ERR_RESOURCEUNAVAILABLE;
}

/* True when it is done with: answered, or the library does not wait for it any more. */
static bool answer_waiting(struct waiting *waiting, const struct tcx_view *view)
{
	netsnmp_delegated_cache *cache = netsnmp_handler_check_cache(waiting->cache);

	return cache == NULL || answer_all(waiting->group, view, cache->reqinfo, cache->requests,
					   REQUEST_IS_DELEGATED);
}

static void answer_all_waiting(struct answering *answering, const struct tcx_view *view)
{
	struct waiting **link = &answering->waiting;

	while (*link != NULL) {
		if (answer_waiting(*link, view)) {
			remove_waiting(link);
			answering->complained = false;
		} else
			link = &(*link)->next;
	}
}

/*
 * Those who waited get a view of their own: a GETBULK that is on its way keeps its own to the end.
 * The last view is given up here, so that it does not hold a table which the agent lets go.
 */
void tcx_mib_tables_changed(struct tcx_mib *mib)
{
	struct answering *answering = tcx_answering(mib);
	struct tcx_held_tables held = {.tables = answering->settings.tables};
	struct tcx_view view = {.held = &held, .uptime_zero_ns = answering->view.uptime_zero_ns};

	if (is_over(answering))
		end_view(answering);
	if (answering->waiting == NULL)
		return;
	begin_view(answering, &view);
	answer_all_waiting(answering, &view);
	tcx_view_release(&view);
}

static void release(const struct tcx_mib_settings *settings)
{
	tcx_collector_unref(settings->collector);
	tcx_tables_unref(settings->tables);
}

void tcx_mib_set(struct tcx_mib *mib, const struct tcx_mib_settings *settings)
{
	struct answering *answering = tcx_answering(mib);
	const struct tcx_mib_settings before = answering->settings;

	end_view(answering);
	answering->settings = *settings;
	tcx_collector_ref(settings->collector);
	if (settings->tables != NULL)
		tcx_tables_ref(settings->tables);
	release(&before);
	answering->held.tables = settings->tables;
	tcx_mib_tables_changed(mib);
}

bool tcx_mib_close(struct tcx_mib *mib)
{
	struct answering *answering = tcx_answering(mib);

	if (answering->closing_ns == 0)
		answering->closing_ns = tcx_clock_now();
	answering->closed = answering->waiting == NULL;
	return answering->closed;
}

void tcx_mib_open(struct tcx_mib *mib)
{
	struct answering *answering = tcx_answering(mib);

	answering->closing_ns = 0;
	answering->closed = false;
}

int tcx_answer(netsnmp_mib_handler *handler, netsnmp_handler_registration *registration,
	       netsnmp_agent_request_info *info, netsnmp_request_info *requests)
{
	const struct group *group = handler->myvoid;
	struct answering *answering = tcx_answering(group->mib);
	const struct tcx_view *view = view_of(answering, info->asp);

	if (answer_all(group, view, info, requests, REQUEST_IS_NOT_DELEGATED))
		return SNMP_ERR_NOERROR;
	if (!is_closed(answering) && wait_for_table(group, handler, registration, info, requests))
		return SNMP_ERR_NOERROR;
	return give_up(requests);
}

void tcx_answer_free(struct answering *answering)
{
	if (answering->alarm != 0)
		snmp_alarm_unregister(answering->alarm);
	while (answering->waiting != NULL)
		remove_waiting(&answering->waiting);
	end_view(answering);
	release(&answering->settings);
}
