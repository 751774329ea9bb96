/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contexts, the requests in them, and the search in their modules. A request whose table is being
 * read becomes pending here, while others are answered.
 */
#include "snmp/dispatcher.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "snmp/quirks.h"
#include "snmp/table_rows.h"

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

/* Managers' requests that come in turns, each with a snapshot of its own. */
#define REQUESTS 8

struct tcx_context {
	char name[TCX_CONTEXT_MAX + 1];
	struct tcx_dispatcher *dispatcher;
	struct tcx_context_settings settings; /* collector and tables with a reference */
	unsigned int modules;		      /* that are served */
};

/* A request that is being answered. Without a context: none. */
struct open_request {
	struct tcx_request request;
	struct tcx_held_tables held;
	const void *session; /* which it came by */
	long transaction;    /* the number that the master gave it */
	uint64_t used;	     /* the number of its last use */
};

struct tcx_dispatcher {
	const struct tcx_built_modules *modules;
	struct tcx_context **contexts; /* owned; the default one first */
	size_t context_count;
	struct open_request requests[REQUESTS];
	uint64_t used;		     /* the number of the last use of a request */
	uint64_t uptime_zero_ns;     /* when sysUpTime was 0 */
	struct tcx_pending *pending; /* list of pending requests */
	size_t pending_count;
	unsigned int alarm;    /* of look_after_pending(); 0: none */
	uint64_t quiescing_ns; /* since when registrations are to change; 0: they are not */
	bool quiesced;	       /* none is pending, and none may become so */
	bool holding;	       /* each GETNEXT is to become pending */
	bool complained;       /* that a table takes too long; until one comes again */
};

struct tcx_dispatcher *tcx_dispatcher_new(const struct tcx_built_modules *modules)
{
	struct tcx_dispatcher *dispatcher = calloc(1, sizeof(*dispatcher));

	if (dispatcher != NULL)
		dispatcher->modules = modules;
	return dispatcher;
}

/* --- Contexts ----------------------------------------------------------------------------------*/

static struct tcx_context *find_context(const struct tcx_dispatcher *dispatcher, const char *name)
{
	for (size_t i = 0; i < dispatcher->context_count; i++)
		if (strcmp(dispatcher->contexts[i]->name, name) == 0)
			return dispatcher->contexts[i];
	return NULL;
}

static struct tcx_context *add_context(struct tcx_dispatcher *dispatcher, const char *name)
{
	struct tcx_context *context =
		strlen(name) <= TCX_CONTEXT_MAX ? calloc(1, sizeof(*context)) : NULL;

	if (context == NULL || !tcx_array_append(&dispatcher->contexts, &dispatcher->context_count,
						 &context, sizeof(context))) {
		free(context);
		return NULL;
	}
	strcpy(context->name, name);
	context->dispatcher = dispatcher;
	return context;
}

struct tcx_context *tcx_dispatcher_context(struct tcx_dispatcher *dispatcher, const char *name)
{
	struct tcx_context *context = find_context(dispatcher, name);

	return context != NULL ? context : add_context(dispatcher, name);
}

struct tcx_context *tcx_dispatcher_find(const struct tcx_dispatcher *dispatcher, const char *name)
{
	struct tcx_context *context = find_context(dispatcher, name);

	return context != NULL && context->settings.collector != NULL ? context : NULL;
}

const char *tcx_context_name(const struct tcx_context *context)
{
	return context->name;
}

static void release(const struct tcx_context_settings *settings)
{
	tcx_collector_unref(settings->collector);
	tcx_tables_unref(settings->tables);
}

static void end_request(struct open_request *open)
{
	tcx_request_release(&open->request);
	open->request.context = NULL;
}

void tcx_context_set(struct tcx_context *context, const struct tcx_context_settings *settings)
{
	const struct tcx_context_settings before = context->settings;

	for (size_t i = 0; i < REQUESTS; i++)
		if (context->dispatcher->requests[i].request.context == context)
			end_request(&context->dispatcher->requests[i]);
	context->settings = *settings;
	tcx_collector_ref(settings->collector);
	tcx_tables_ref(settings->tables);
	release(&before);
	tcx_dispatcher_tables_changed(context->dispatcher);
}

void tcx_context_serve(struct tcx_context *context, size_t module, bool served)
{
	unsigned int bit = 1U << module;

	context->modules = served ? context->modules | bit : context->modules & ~bit;
}

/* --- Requests ----------------------------------------------------------------------------------*/

static void set_max_age(struct tcx_request *request, uint64_t max_age_ns)
{
	request->max_age_ns = max_age_ns;
	request->oldest_ns = request->now_ns > max_age_ns ? request->now_ns - max_age_ns : 0;
	if (request->latest != NULL && request->latest->taken_ns >= request->oldest_ns)
		request->fresh = request->latest;
}

static void begin_request(struct open_request *open, struct tcx_context *context)
{
	const struct tcx_context_settings *settings = &context->settings;
	struct tcx_dispatcher *dispatcher = context->dispatcher;
	struct tcx_request *request = &open->request;

	request->held = &open->held;
	tcx_request_release(request);
	request->context = context;
	request->modules = context->modules;
	request->held->tables = settings->tables;
	request->latest = tcx_collector_latest(settings->collector, &request->status);
	request->now_ns = tcx_clock_now();
	dispatcher->uptime_zero_ns =
		tcx_quirk_uptime_zero(request->now_ns, dispatcher->uptime_zero_ns);
	request->uptime_zero_ns = dispatcher->uptime_zero_ns;
	request->interval_ns = settings->interval_ns;
	set_max_age(request, settings->max_age_ns);
}

static bool shows(const struct tcx_object *object, const struct tcx_request *request,
		  uint64_t within_ns)
{
	struct tcx_tables *tables = request->held->tables;
	struct tcx_value value;

	if (object->rows->count == tcx_table_count)
		return tables != NULL && !tcx_tables_fails(tables, object->rows->table, within_ns);
	return object->rows == &tcx_scalar_rows && object->show(request, object, 0, &value);
}

bool tcx_context_shows(struct tcx_context *context, size_t module, uint64_t within_ns)
{
	const struct tcx_tree *tree = &context->dispatcher->modules->tree;
	struct open_request open = {.used = 0};
	bool found = false;

	begin_request(&open, context);
	set_max_age(&open.request, context->settings.max_age_ns + within_ns);
	for (size_t i = 0; i < tree->count && !found; i++)
		found = tree->objects[i].module == module &&
			shows(&tree->objects[i], &open.request, within_ns);
	end_request(&open);
	return found;
}

static bool is_over(const struct tcx_request *request)
{
	return request->context == NULL ||
	       tcx_clock_now() - request->now_ns >
		       request->context->settings.table_timeout_ns + REST_NS;
}

/* The one of these, or the one that was used longest ago for a new one. */
static struct open_request *find_request(struct tcx_dispatcher *dispatcher,
					 const struct tcx_context *context, const void *session,
					 long transaction, bool *is_new)
{
	struct open_request *oldest = &dispatcher->requests[0];

	for (size_t i = 0; i < REQUESTS; i++) {
		struct open_request *open = &dispatcher->requests[i];

		*is_new = open->request.context != context || open->session != session ||
			  open->transaction != transaction;
		if (!*is_new)
			return open;
		if (open->used < oldest->used)
			oldest = open;
	}
	return oldest;
}

const struct tcx_request *tcx_context_request(struct tcx_context *context, const void *session,
					      long transaction)
{
	struct tcx_dispatcher *dispatcher = context->dispatcher;
	bool is_new;
	struct open_request *open =
		find_request(dispatcher, context, session, transaction, &is_new);

	if (is_new || is_over(&open->request))
		begin_request(open, context);
	open->session = session;
	open->transaction = transaction;
	open->used = ++dispatcher->used;
	open->request.stale_ok = dispatcher->quiescing_ns != 0;
	return &open->request;
}

enum tcx_found tcx_dispatcher_get(const struct tcx_request *request, const oid *name, size_t len,
				  struct tcx_value *value)
{
	return tcx_tree_get(&request->context->dispatcher->modules->tree, request, name, len,
			    value);
}

enum tcx_found tcx_dispatcher_next(const struct tcx_request *request, const struct tcx_range *range,
				   oid *next, size_t *next_len, struct tcx_value *value)
{
	const struct tcx_dispatcher *dispatcher = request->context->dispatcher;

	return dispatcher->holding ? TCX_PENDING
				   : tcx_tree_next(&dispatcher->modules->tree, request, range, next,
						   next_len, value);
}

/* --- Pending requests --------------------------------------------------------------------------*/

static void remove_pending(struct tcx_dispatcher *dispatcher, struct tcx_pending **link)
{
	struct tcx_pending *pending = *link;

	*link = pending->next;
	dispatcher->pending_count--;
	pending->face->free(pending);
}

static void complain(struct tcx_dispatcher *dispatcher, const struct tcx_pending *pending)
{
	if (dispatcher->complained)
		return;
	dispatcher->complained = true;
	snmp_log(LOG_WARNING,
		 "a request was answered with an error, as its table could not be read in %g s; "
		 "see kernelTableCost, and raise tableTimeout\n",
		 (double)pending->context->settings.table_timeout_ns / 1e9);
}

/*
 * A reload waits as long for requests as they wait for a table. Then none may become pending: until
 * the session ends the master sends more.
 */
static bool is_quiesced(const struct tcx_dispatcher *dispatcher)
{
	return dispatcher->quiesced || (dispatcher->quiescing_ns != 0 &&
					tcx_clock_now() - dispatcher->quiescing_ns >=
						dispatcher->contexts[0]->settings.table_timeout_ns);
}

static bool is_overdue(const struct tcx_dispatcher *dispatcher, const struct tcx_pending *pending)
{
	return is_quiesced(dispatcher) ||
	       tcx_clock_now() - pending->since_ns >= pending->context->settings.table_timeout_ns;
}

/*
 * A master without an answer closes the session, and all counters are gone: an error for one
 * request is better. The table is read on for the next request. A request that nobody waits for any
 * more is dropped.
 */
static void look_after_pending(unsigned int alarm, void *arg)
{
	struct tcx_dispatcher *dispatcher = arg;
	struct tcx_pending **link = &dispatcher->pending;

	while (*link != NULL) {
		bool wanted = (*link)->face->is_wanted(*link);

		if (wanted && !is_overdue(dispatcher, *link)) {
			link = &(*link)->next;
			continue;
		}
		if (wanted) {
			(*link)->face->fail(*link);
			complain(dispatcher, *link);
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
			      const struct tcx_pending *pending)
{
	for (const struct tcx_pending *other = dispatcher->pending; other != NULL;
	     other = other->next)
		if (other->session == pending->session &&
		    other->transaction == pending->transaction)
			return other->since_ns;
	return tcx_clock_now();
}

bool tcx_dispatcher_wait(struct tcx_pending *pending)
{
	const struct timeval tenth = {.tv_usec = 100000};
	struct tcx_dispatcher *dispatcher = pending->context->dispatcher;

	if (dispatcher->pending_count >= PENDING_MAX || is_quiesced(dispatcher))
		return false;
	pending->since_ns = pending_since(dispatcher, pending);
	pending->next = dispatcher->pending;
	dispatcher->pending = pending;
	dispatcher->pending_count++;
	if (dispatcher->alarm == 0)
		dispatcher->alarm =
			snmp_alarm_register_hr(tenth, SA_REPEAT, look_after_pending, dispatcher);
	return true;
}

/*
 * Those of one context share one request, which is not the managers' own: a GETBULK under way keeps
 * its own to the end.
 */
static void answer_all_pending(struct tcx_dispatcher *dispatcher)
{
	struct tcx_pending **link = &dispatcher->pending;
	struct open_request shared = {.used = 0};

	while (*link != NULL) {
		const struct tcx_face *face = (*link)->face;

		if (shared.request.context != (*link)->context)
			begin_request(&shared, (*link)->context);
		if (!face->is_wanted(*link) || face->answer(*link, &shared.request)) {
			remove_pending(dispatcher, link);
			dispatcher->complained = false;
		} else
			link = &(*link)->next;
	}
	if (shared.request.context != NULL)
		end_request(&shared);
}

/* Releases what is over, so that it does not hold a table that is released. */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher)
{
	for (size_t i = 0; i < REQUESTS; i++) {
		struct open_request *open = &dispatcher->requests[i];

		if (open->request.context != NULL && is_over(&open->request))
			end_request(open);
	}
	answer_all_pending(dispatcher);
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

void tcx_dispatcher_hold(struct tcx_dispatcher *dispatcher)
{
	dispatcher->holding = true;
}

void tcx_dispatcher_release(struct tcx_dispatcher *dispatcher)
{
	dispatcher->holding = false;
	tcx_dispatcher_tables_changed(dispatcher);
}

void tcx_dispatcher_free(struct tcx_dispatcher *dispatcher)
{
	if (dispatcher == NULL)
		return;
	if (dispatcher->alarm != 0)
		snmp_alarm_unregister(dispatcher->alarm);
	while (dispatcher->pending != NULL)
		remove_pending(dispatcher, &dispatcher->pending);
	for (size_t i = 0; i < REQUESTS; i++)
		if (dispatcher->requests[i].request.context != NULL)
			end_request(&dispatcher->requests[i]);
	for (size_t i = 0; i < dispatcher->context_count; i++) {
		release(&dispatcher->contexts[i]->settings);
		free(dispatcher->contexts[i]);
	}
	free(dispatcher->contexts);
	free(dispatcher);
}
