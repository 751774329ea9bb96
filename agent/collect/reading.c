/* SPDX-License-Identifier: BSD-2-Clause */
/* Starts and stops collector, tables, link watch and namespaces, and logs their events. */
#include "collect/reading.h"

#include <stdio.h>
#include <string.h>
#include <syslog.h>

#include "catalogue/catalogue.h"
#include "events.h"
#include "kernel/netns_names.h"
#include "pool.h"
#include "proc_root.h"

/* Jobs that run at a time. One is for the counters, whatever the tables take. */
#define PLACES 2

/* How long start and reload wait for the first counters, which take less than a millisecond. */
#define FIRST_READ_MS 1000
#define NEXT_READ_MS  100

/* The tables are of the counters' namespace, or there are none. */
static void log_no_tables(const struct tcx_reading *reading, const struct tcx_proc_root *root)
{
	const char *whose = tcx_netns_where(root->netns) == TCX_WHERE_OTHER
				    ? " has the counters of another network namespace, whose "
				      "tables cannot be read"
				    : "";

	reading->log(LOG_WARNING, "procRoot %s%s: %s; no table is registered\n",
		     tcx_netns_name(root->netns), whose, root->why.text);
}

/* The procfs of a host or a container may show another namespace than the operator means. */
static void log_whose(const struct tcx_reading *reading, const struct tcx_netns *netns)
{
	const char *root = tcx_netns_name(netns);

	if (tcx_netns_where(netns) == TCX_WHERE_OWN_NOT_INIT)
		reading->log(LOG_WARNING,
			     "procRoot %s has the counters of the network namespace that the agent "
			     "runs in, as the `net' of each procfs does; for those of process 1 "
			     "give procRoot %s/1\n",
			     root, root);
}

/* The pool and the events stay for good. */
static bool prepare(struct tcx_reading *reading, struct tcx_fault *fault)
{
	if (reading->events == NULL)
		reading->events = tcx_events_new(fault);
	if (reading->pool == NULL && reading->events != NULL)
		reading->pool = tcx_pool_new(PLACES, fault);
	return reading->pool != NULL;
}

/* Nothing of what reads this place answers or is logged any more. */
static void stop(const struct tcx_reading *reading)
{
	tcx_finder_stop(reading->finder);
	tcx_collector_stop(reading->collector);
	tcx_tables_stop(reading->tables);
	tcx_netns_unref(reading->netns);
}

static bool start(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		  bool tables, struct tcx_fault *fault)
{
	struct tcx_collector_settings counters = settings->counters;
	struct tcx_netns *netns = reading->netns;

	if (tables) {
		reading->tables =
			tcx_tables_start(reading->pool, reading->events, netns, tcx_surveys,
					 TCX_SURVEYS, &settings->tables, fault);
		if (reading->tables == NULL)
			return false;
	}
	counters.tables = reading->tables;
	reading->collector =
		tcx_collector_start(reading->pool, reading->events, netns, &counters, fault);
	return reading->collector != NULL;
}

/* Replaces what reads by what reads another place. */
static bool move(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		 struct tcx_fault *fault)
{
	struct tcx_reading next = *reading;
	struct tcx_proc_root root;

	if (!tcx_proc_root_find(&root, reading->pool, settings->proc_root, fault))
		return false;
	next.collector = NULL;
	next.tables = NULL;
	next.finder = NULL;
	next.netns = root.netns;
	if (!start(&next, settings, root.can_enter, fault)) {
		stop(&next);
		return false;
	}
	if (!root.can_enter)
		log_no_tables(reading, &root);
	log_whose(reading, next.netns);
	tcx_collector_wait_first(next.collector,
				 reading->collector != NULL ? NEXT_READ_MS : FIRST_READ_MS);
	stop(reading);
	*reading = next;
	return true;
}

static void change(struct tcx_reading *reading, const struct tcx_reading_settings *settings)
{
	struct tcx_collector_settings counters = settings->counters;

	counters.tables = reading->tables;
	tcx_collector_set(reading->collector, &counters);
	if (reading->tables != NULL)
		tcx_tables_set(reading->tables, &settings->tables);
}

/* What is the whole host's is the default context's. But a limit goes with what it limits. */
static uint32_t sources_of_host(void)
{
	uint32_t sources = 0;

	for (size_t i = 0; i < TCX_SOURCES; i++)
		if (tcx_catalogue_source(i)->per == TCX_PER_host &&
		    i != TCX_SOURCE_NF_CONNTRACK_MAX)
			sources |= 1U << i;
	return sources;
}

static bool set_namespaces(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
			   struct tcx_fault *fault)
{
	struct tcx_namespaces_settings others = {
		.folder = TCX_NETNS_FOLDER,
		.names = settings->names,
		.own = tcx_netns_id(reading->netns).inode,
		.counters = settings->counters,
		.tables = settings->tables,
		.limit = settings->limit,
	};

	others.tables.lazy = true;
	others.counters.sources.off |= sources_of_host();
	if (reading->namespaces != NULL)
		tcx_namespaces_set(reading->namespaces, &others);
	else
		reading->namespaces =
			tcx_namespaces_start(reading->pool, reading->events, &others, fault);
	return reading->namespaces != NULL;
}

static bool set_finder(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		       struct tcx_fault *fault)
{
	if (reading->finder != NULL)
		tcx_finder_set(reading->finder, &settings->processes);
	else if (settings->processes.text[0] != '\0')
		reading->finder =
			tcx_finder_start(reading->pool, reading->events, reading->namespaces,
					 settings->proc_root, &settings->processes, fault);
	return reading->finder != NULL || settings->processes.text[0] == '\0';
}

bool tcx_reading_set(struct tcx_reading *reading, const struct tcx_reading_settings *settings,
		     struct tcx_fault *fault)
{
	const struct tcx_netns *netns = reading->netns;

	if (netns != NULL && strcmp(settings->proc_root, tcx_netns_name(netns)) == 0)
		change(reading, settings);
	else if (!prepare(reading, fault) || !move(reading, settings, fault))
		return false;
	reading->max_age_ns = settings->max_age_ns;
	return set_namespaces(reading, settings, fault) && set_finder(reading, settings, fault);
}

int tcx_reading_fd(const struct tcx_reading *reading)
{
	return tcx_events_fd(reading->events);
}

void tcx_reading_log(struct tcx_reading *reading)
{
	struct tcx_event event;

	while (tcx_events_next(reading->events, &event))
		reading->log(event.priority, event.format, event.name, event.cause.text,
			     (double)reading->max_age_ns / 1e9);
}

void tcx_reading_stop(struct tcx_reading *reading)
{
	stop(reading);
	tcx_namespaces_stop(reading->namespaces);
	tcx_pool_stop(reading->pool);
	tcx_events_unref(reading->events);
}
