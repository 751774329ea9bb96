/* SPDX-License-Identifier: BSD-2-Clause */
/* One namespace: its name, its context, its readings. */
#include "known_namespace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#include "base/clock.h"
#include "kernel/netns.h"

/* The fraction of an interval between two that were found one after the other: the golden ratio's.
 */
#define SPREAD 0.6180339887498949

/* They get the name of the namespace, and a cause. NULL: it lasts as long as the namespace. */
static const struct tcx_condition_kind kinds[TCX_KNOWN_CONDITIONS] = {
	[TCX_KNOWN_RENAMED] =
		{LOG_NOTICE,
		 "namespace %s is served as context %s: that of its own name cannot be had, "
		 "which takes at most 32 letters, digits, '.', '-' and '_'\n",
		 NULL},
	[TCX_KNOWN_SAME] = {LOG_NOTICE, "namespace %s is %s, and not served twice\n",
			    "namespace %s is served now\n"},
	[TCX_KNOWN_NAMELESS] =
		{LOG_WARNING,
		 "namespace %s is not served as a context: %s names have been in use, which "
		 "the master keeps; raise namespaceLimit, or start the master again\n",
		 "namespace %s has a context now\n"},
	[TCX_KNOWN_CLOSED] = {LOG_WARNING, "tables of namespace %s are not served: %s\n", NULL},
	[TCX_KNOWN_FAILED] = {LOG_WARNING, "namespace %s cannot be served: %s; trying again\n",
			      "namespace %s can be served now\n"},
};

static void free_known(struct tcx_namespace *is)
{
	tcx_collector_unref(is->collector);
	tcx_tables_unref(is->tables);
	tcx_netns_unref(is->netns);
	free(is->name);
	free(((struct tcx_known *)is)->path);
	free(is);
}

TCX_REFERENCE_DEFINE(tcx_namespace, free_known)

static void report(struct tcx_known *known, struct tcx_serving *serving, int which,
		   const struct tcx_fault *cause)
{
	tcx_events_report(serving->events, &known->conditions[which], &kinds[which], known->is.name,
			  cause);
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return a < b ? -1 : a > b;
}

int tcx_namespace_compare(const struct tcx_namespace *a, const struct tcx_namespace *b)
{
	int order = compare_numbers(a->kind > TCX_NAMESPACE_NAMED, b->kind > TCX_NAMESPACE_NAMED);

	if (order == 0)
		order = strcmp(a->name, b->name);
	return order != 0 ? order : compare_numbers(a->id.inode, b->id.inode);
}

int tcx_known_compare(const struct tcx_known *known, enum tcx_discovery discovery,
		      const struct tcx_namespace_found *found)
{
	int order = compare_numbers(known->discovery, discovery);

	if (order == 0)
		order = strcmp(known->is.name, found->name);
	return order != 0 ? order : compare_numbers(known->is.id.inode, found->id.inode);
}

struct tcx_known *tcx_known_new(enum tcx_discovery discovery,
				const struct tcx_namespace_found *found)
{
	struct tcx_known *known = tcx_reference_new(sizeof(*known), NULL);

	if (known == NULL)
		return NULL;
	known->discovery = discovery;
	known->is.name = strdup(found->name);
	known->path = strdup(found->path);
	known->is.kind = found->kind;
	known->is.id = found->id;
	known->is.since.ns = tcx_clock_now();
	clock_gettime(CLOCK_REALTIME, &known->is.since.when);
	if (known->is.name != NULL && known->path != NULL)
		return known;
	tcx_namespace_unref(&known->is);
	return NULL;
}

struct tcx_known *tcx_known_again(struct tcx_known *known, struct tcx_serving *serving)
{
	const struct tcx_namespace_found found = {.kind = known->is.kind,
						  .id = known->is.id,
						  .name = known->is.name,
						  .path = known->path};
	struct tcx_known *again = tcx_known_new(known->discovery, &found);

	if (again != NULL)
		tcx_events_go_on(serving->events, &again->conditions[TCX_KNOWN_NAMELESS],
				 &known->conditions[TCX_KNOWN_NAMELESS]);
	return again;
}

void tcx_known_note_same(struct tcx_known *known, struct tcx_serving *serving,
			 const struct tcx_fault *which)
{
	report(known, serving, TCX_KNOWN_SAME, which);
}

void tcx_known_follow(struct tcx_known *known, const char *path)
{
	char *other = strcmp(known->path, path) != 0 ? strdup(path) : NULL;

	if (other == NULL || (known->served && !tcx_netns_follow(known->is.netns, path, NULL))) {
		free(other);
		return;
	}
	free(known->path);
	known->path = other;
}

static bool take_context(struct tcx_known *known, struct tcx_serving *serving, size_t limit)
{
	struct tcx_namespace *is = &known->is;

	return known->discovery == TCX_DISCOVERY_NAMES
		       ? tcx_context_names_take(&serving->contexts, is->name, limit, is->context)
		       : tcx_context_names_take_number(&serving->contexts, limit, is->context);
}

/* Of one that gets no name its counters are read all the same. False: memory is short. */
static bool name(struct tcx_known *known, struct tcx_serving *serving, size_t limit,
		 struct tcx_fault *fault)
{
	struct tcx_namespace *is = &known->is;
	struct tcx_fault text;

	if (!take_context(known, serving, limit)) {
		is->context[0] = '\0';
		if (serving->contexts.count < limit)
			return tcx_fault_set(fault, "out of memory");
		tcx_fault_set(&text, "%zu", limit);
		report(known, serving, TCX_KNOWN_NAMELESS, &text);
		return true;
	}
	report(known, serving, TCX_KNOWN_NAMELESS, NULL);
	if (known->discovery == TCX_DISCOVERY_NAMES && strcmp(is->name, is->context) != 0) {
		tcx_fault_set(&text, "%s", is->context);
		report(known, serving, TCX_KNOWN_RENAMED, &text);
	}
	return true;
}

/* Each is read at another time of the interval. */
static uint64_t next_phase(struct tcx_serving *serving, uint64_t interval_ns)
{
	double turns = SPREAD * serving->begun++;

	return (uint64_t)((turns - (double)(uint64_t)turns) * (double)interval_ns);
}

/*
 * Only workers come here, so this thread can try. False with a fault: it may go well later.
 * Counters of a process need no right to enter, those of a name do.
 */
static bool look_for_tables(struct tcx_known *known, struct tcx_serving *serving, bool *can,
			    struct tcx_fault *fault)
{
	int home = -1, error;

	*can = tcx_netns_enter(known->is.netns, &home, fault);
	error = errno;
	tcx_netns_return(&home);
	if (*can)
		return true;
	if (known->discovery == TCX_DISCOVERY_NAMES || (error != EPERM && error != EACCES))
		return false;
	report(known, serving, TCX_KNOWN_CLOSED, fault);
	return true;
}

static bool start_reading(struct tcx_known *known, struct tcx_serving *serving,
			  const struct tcx_namespaces_settings *settings, struct tcx_fault *fault)
{
	struct tcx_collector_settings counters = settings->counters;
	struct tcx_namespace *is = &known->is;
	bool has_tables;

	if (!look_for_tables(known, serving, &has_tables, fault))
		return false;
	if (has_tables) {
		is->tables = tcx_tables_start(serving->pool, serving->events, is->netns,
					      tcx_surveys, TCX_SURVEYS, &settings->tables, fault);
		if (is->tables == NULL)
			return false;
	}
	counters.tables = is->tables;
	is->collector = tcx_collector_new(serving->events, is->netns, serving->layouts, &counters,
					  next_phase(serving, counters.sources.interval_ns), fault);
	return is->collector != NULL;
}

static void stop_reading(struct tcx_known *known)
{
	tcx_collector_stop(tcx_collector_ref(known->is.collector));
	tcx_tables_stop(tcx_tables_ref(known->is.tables));
}

/* What was begun is tried anew. */
static bool give_up(struct tcx_namespace *is)
{
	tcx_collector_unref(is->collector);
	tcx_tables_unref(is->tables);
	tcx_netns_unref(is->netns);
	is->collector = NULL;
	is->tables = NULL;
	is->netns = NULL;
	return false;
}

bool tcx_known_serve(struct tcx_known *known, struct tcx_serving *serving,
		     const struct tcx_namespaces_settings *settings)
{
	struct tcx_namespace *is = &known->is;
	struct tcx_fault fault = {""};
	struct tcx_namespace_id id;

	is->netns = known->discovery == TCX_DISCOVERY_NAMES ? tcx_netns_named(known->path, &fault)
							    : tcx_netns_new(known->path, &fault);
	if (is->netns == NULL && known->discovery != TCX_DISCOVERY_NAMES)
		report(known, serving, TCX_KNOWN_FAILED, &fault);
	if (is->netns == NULL)
		return false;
	id = tcx_netns_id(is->netns);
	if (!tcx_namespace_is(&id, &is->id))
		return give_up(is);
	if (!start_reading(known, serving, settings, &fault) ||
	    !name(known, serving, settings->limit, &fault)) {
		stop_reading(known);
		report(known, serving, TCX_KNOWN_FAILED, &fault);
		return give_up(is);
	}
	report(known, serving, TCX_KNOWN_FAILED, NULL);
	known->served = true;
	return true;
}

void tcx_known_end(struct tcx_known *known, struct tcx_serving *serving)
{
	tcx_events_mute(serving->events, known->conditions, TCX_KNOWN_CONDITIONS);
	if (known->served)
		stop_reading(known);
	if (known->served && known->is.context[0] != '\0')
		tcx_context_names_give(&serving->contexts, known->is.context);
	tcx_namespace_unref(&known->is);
}
