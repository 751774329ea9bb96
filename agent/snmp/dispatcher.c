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

struct tcx_dispatcher {
	const struct tcx_built_modules *modules;
	struct tcx_context **contexts; /* owned, in the order of their names: the default first */
	size_t context_count;
	struct tcx_request requests[REQUESTS];
	uint64_t used;		 /* the number of the last use of a request */
	uint64_t uptime_zero_ns; /* when sysUpTime was 0, by tcx_sleeps_awake() */
	struct tcx_sleeps sleeps;
	struct tcx_pending *pending; /* list of pending requests */
	size_t pending_count;
	unsigned int alarm; /* of on_alarm(); 0: none */
	uint64_t quiet_ns;  /* from when on none may be pending; 0: registrations stay */
	bool holding;	    /* each GETNEXT is to become pending */
	bool complained;    /* that a table takes too long; until one comes again */
};

struct tcx_dispatcher *tcx_dispatcher_new(const struct tcx_built_modules *modules)
{
	struct tcx_dispatcher *dispatcher = calloc(1, sizeof(*dispatcher));

	if (dispatcher == NULL)
		return NULL;
	dispatcher->modules = modules;
	tcx_sleeps_look(&dispatcher->sleeps);
	return dispatcher;
}

/* --- Contexts ----------------------------------------------------------------------------------*/

static bool is_context_before(const void *contexts, size_t i, const void *name)
{
	return strcmp(((struct tcx_context *const *)contexts)[i]->name, name) < 0;
}

/* The place of the context of this name, or where it belongs. */
static size_t place_of(const struct tcx_dispatcher *dispatcher, const char *name)
{
	return tcx_search(dispatcher->contexts, dispatcher->context_count, name, is_context_before);
}

struct tcx_context *tcx_dispatcher_find(const struct tcx_dispatcher *dispatcher, const char *name)
{
	size_t place = place_of(dispatcher, name);
	bool found = place < dispatcher->context_count &&
		     strcmp(dispatcher->contexts[place]->name, name) == 0;

	return found ? dispatcher->contexts[place] : NULL;
}

static struct tcx_context *add_context(struct tcx_dispatcher *dispatcher, const char *name)
{
	struct tcx_context *context =
		strlen(name) <= TCX_CONTEXT_MAX ? calloc(1, sizeof(*context)) : NULL;
	size_t place = place_of(dispatcher, name);

	if (context == NULL || !tcx_array_append(&dispatcher->contexts, &dispatcher->context_count,
						 &context, sizeof(context))) {
		free(context);
		return NULL;
	}
	memmove(dispatcher->contexts + place + 1, dispatcher->contexts + place,
		(dispatcher->context_count - 1 - place) * sizeof(context));
	dispatcher->contexts[place] = context;
	strcpy(context->name, name);
	context->dispatcher = dispatcher;
	return context;
}

static void release(const struct tcx_context_settings *settings)
{
	tcx_collector_unref(settings->collector);
	tcx_tables_unref(settings->tables);
	tcx_namespaces_unref(settings->namespaces);
}

/* Pending requests, and those that go on, see the new settings. */
static void change(struct tcx_context *context, const struct tcx_context_settings *settings)
{
	struct tcx_dispatcher *dispatcher = context->dispatcher;
	const struct tcx_context_settings before = context->settings;

	for (size_t i = 0; i < REQUESTS; i++)
		if (dispatcher->requests[i].context == context)
			tcx_request_release(&dispatcher->requests[i]);
	context->settings = *settings;
	tcx_collector_ref(settings->collector);
	tcx_tables_ref(settings->tables);
	tcx_namespaces_ref(settings->namespaces);
	release(&before);
	tcx_dispatcher_tables_changed(dispatcher);
}

struct tcx_context *tcx_dispatcher_set(struct tcx_dispatcher *dispatcher, const char *name,
				       const struct tcx_context_settings *settings)
{
	struct tcx_context *context = tcx_dispatcher_find(dispatcher, name);

	if (context == NULL)
		context = add_context(dispatcher, name);
	if (context != NULL)
		change(context, settings);
	return context;
}

/* The context stays for whoever has registered it, and has nothing. */
void tcx_dispatcher_remove(struct tcx_context *context)
{
	const struct tcx_context_settings nothing = {.collector = NULL};

	context->modules = 0;
	change(context, &nothing);
}

const struct tcx_module *tcx_context_module(const struct tcx_context *context, size_t place)
{
	return &context->dispatcher->modules->modules[place];
}

bool tcx_context_is_served(const struct tcx_context *context)
{
	return context->settings.collector != NULL;
}

bool tcx_context_is_default(const struct tcx_context *context)
{
	return strcmp(context->name, TCX_CONTEXT_DEFAULT) == 0;
}

/* --- Requests ----------------------------------------------------------------------------------*/

uint64_t tcx_dispatcher_uptime_zero(struct tcx_dispatcher *dispatcher)
{
	dispatcher->uptime_zero_ns = tcx_quirk_uptime_zero(tcx_sleeps_look(&dispatcher->sleeps),
							   dispatcher->uptime_zero_ns);
	return dispatcher->uptime_zero_ns;
}

/* A clock that went back, which no kernel's does, would make young what is old. */
static void set_max_age(struct tcx_request *request, uint64_t max_age_ns)
{
	bool is_back = request->latest != NULL && request->latest->taken_ns > request->now_ns;

	request->max_age_ns = max_age_ns;
	request->oldest_ns = request->now_ns > max_age_ns ? request->now_ns - max_age_ns : 0;
	if (is_back)
		request->oldest_ns = TCX_NEVER;
	if (request->latest != NULL && request->latest->taken_ns >= request->oldest_ns)
		request->fresh = request->latest;
}

static void begin_request(struct tcx_request *request, struct tcx_context *context)
{
	const struct tcx_context_settings *settings = &context->settings;
	struct tcx_dispatcher *dispatcher = context->dispatcher;

	tcx_request_release(request);
	request->context = context;
	request->modules = context->modules;
	request->tables = settings->tables;
	request->namespaces = settings->namespaces;
	if (settings->collector != NULL)
		request->latest = tcx_collector_latest(settings->collector, &request->status);
	request->now_ns = tcx_clock_now();
	request->uptime_zero_ns = tcx_dispatcher_uptime_zero(dispatcher);
	request->sleeps = &dispatcher->sleeps;
	request->interval_ns = settings->interval_ns;
	if (settings->notified != NULL)
		request->notified = *settings->notified;
	request->system = settings->system;
	set_max_age(request, settings->max_age_ns);
}

static bool shows(const struct tcx_object *object, const struct tcx_request *request)
{
	struct tcx_value value;

	if (object->rows->count == tcx_table_count)
		return request->tables != NULL &&
		       !tcx_tables_fails(request->tables, object->rows->table);
	return object->rows == &tcx_scalar_rows && object->show(request, object, 0, &value);
}

bool tcx_context_shows(struct tcx_context *context, size_t module)
{
	const struct tcx_tree *tree = &context->dispatcher->modules->tree;
	struct tcx_request request = {.context = NULL};
	bool found = false;

	begin_request(&request, context);
	for (size_t i = 0; i < tree->count && !found; i++)
		found = tree->objects[i].module == module && shows(&tree->objects[i], &request);
	tcx_request_release(&request);
	return found;
}

static bool is_over(const struct tcx_request *request)
{
	return request->context != NULL &&
	       tcx_clock_now() - request->now_ns >
		       request->context->settings.table_timeout_ns + REST_NS;
}

static bool is_of(const struct tcx_request *request, const struct tcx_context *context,
		  const void *session, long transaction)
{
	return request->context == context && request->session == session &&
	       request->transaction == transaction;
}

const struct tcx_request *tcx_context_request(struct tcx_context *context, const void *session,
					      long transaction)
{
	struct tcx_dispatcher *dispatcher = context->dispatcher;
	struct tcx_request *requests = dispatcher->requests;
	struct tcx_request *request = &requests[0]; /* this one, or the one used longest ago */

	for (size_t i = 1; i < REQUESTS && !is_of(request, context, session, transaction); i++)
		if (is_of(&requests[i], context, session, transaction) ||
		    requests[i].used < request->used)
			request = &requests[i];
	if (!is_of(request, context, session, transaction) || is_over(request))
		begin_request(request, context);
	request->session = session;
	request->transaction = transaction;
	request->used = ++dispatcher->used;
	request->stale_ok = dispatcher->quiet_ns != 0;
	return request;
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
	if (pending->face->clear != NULL)
		pending->face->clear(pending);
	free(pending);
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

static bool is_quiet(const struct tcx_dispatcher *dispatcher)
{
	return dispatcher->quiet_ns != 0 && tcx_clock_now() >= dispatcher->quiet_ns;
}

static bool is_overdue(const struct tcx_dispatcher *dispatcher, const struct tcx_pending *pending)
{
	return is_quiet(dispatcher) ||
	       tcx_clock_now() - pending->since_ns >= pending->context->settings.table_timeout_ns;
}

/*
 * Whether a pending request is done with. request: what it sees, if tables have come. One that is
 * overdue gets an error; its table is read on for the next one.
 */
static bool is_done(struct tcx_dispatcher *dispatcher, struct tcx_pending *pending,
		    const struct tcx_request *request)
{
	if (!pending->face->is_wanted(pending))
		return true;
	if (request != NULL && pending->face->answer(pending, request)) {
		dispatcher->complained = false;
		return true;
	}
	if (!is_overdue(dispatcher, pending))
		return false;
	pending->face->fail(pending);
	complain(dispatcher, pending);
	return true;
}

/*
 * Those of one context share one request, which is not the managers' own: a GETBULK under way keeps
 * its own to the end.
 */
static void look_after_pending(struct tcx_dispatcher *dispatcher, bool tables_changed)
{
	struct tcx_pending **link = &dispatcher->pending;
	struct tcx_request shared = {.context = NULL};

	while (*link != NULL) {
		if (tables_changed && shared.context != (*link)->context)
			begin_request(&shared, (*link)->context);
		if (is_done(dispatcher, *link, tables_changed ? &shared : NULL))
			remove_pending(dispatcher, link);
		else
			link = &(*link)->next;
	}
	tcx_request_release(&shared);
}

static void on_alarm(unsigned int alarm, void *arg)
{
	struct tcx_dispatcher *dispatcher = arg;

	look_after_pending(dispatcher, false);
	if (dispatcher->pending != NULL)
		return;
	snmp_alarm_unregister(alarm);
	dispatcher->alarm = 0;
}

/* A master without an answer repeats the request: it has been pending since the first one. */
static uint64_t pending_since(const struct tcx_dispatcher *dispatcher,
			      const struct tcx_request *request)
{
	for (const struct tcx_pending *other = dispatcher->pending; other != NULL;
	     other = other->next)
		if (other->session == request->session &&
		    other->transaction == request->transaction)
			return other->since_ns;
	return tcx_clock_now();
}

void *tcx_dispatcher_wait(const struct tcx_request *request, const struct tcx_face *face,
			  size_t size)
{
	const struct timeval tenth = {.tv_usec = 100000};
	struct tcx_dispatcher *dispatcher = request->context->dispatcher;
	bool can = dispatcher->pending_count < PENDING_MAX && !is_quiet(dispatcher);
	struct tcx_pending *pending = can ? calloc(1, size) : NULL;

	if (pending == NULL)
		return NULL;
	*pending = (struct tcx_pending){
		.face = face,
		.context = request->context,
		.session = request->session,
		.transaction = request->transaction,
		.since_ns = pending_since(dispatcher, request),
		.next = dispatcher->pending,
	};
	dispatcher->pending = pending;
	dispatcher->pending_count++;
	if (dispatcher->alarm == 0)
		dispatcher->alarm = snmp_alarm_register_hr(tenth, SA_REPEAT, on_alarm, dispatcher);
	return pending;
}

/* Releases what is over, so that it does not hold a table that is released. */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher)
{
	for (size_t i = 0; i < REQUESTS; i++)
		if (is_over(&dispatcher->requests[i]))
			tcx_request_release(&dispatcher->requests[i]);
	look_after_pending(dispatcher, true);
}

/* At the end none may become pending: until the session ends the master sends more. */
bool tcx_dispatcher_quiesce(struct tcx_dispatcher *dispatcher)
{
	uint64_t now = tcx_clock_now();

	if (dispatcher->pending == NULL)
		dispatcher->quiet_ns = now;
	else if (dispatcher->quiet_ns == 0)
		dispatcher->quiet_ns = now + dispatcher->contexts[0]->settings.table_timeout_ns;
	return dispatcher->pending == NULL;
}

void tcx_dispatcher_resume(struct tcx_dispatcher *dispatcher)
{
	dispatcher->quiet_ns = 0;
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
		tcx_request_release(&dispatcher->requests[i]);
	for (size_t i = 0; i < dispatcher->context_count; i++) {
		release(&dispatcher->contexts[i]->settings);
		free(dispatcher->contexts[i]);
	}
	free(dispatcher->contexts);
	free(dispatcher);
}
