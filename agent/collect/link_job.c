/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs when there are changes of links, or when it is time to try again. */
#include "link_job.h"

#include <stdlib.h>
#include <syslog.h>

struct tcx_link_job {
	atomic_uint references; /* the job has one */
	struct tcx_job job;
	struct tcx_events *events;
	struct tcx_netns *netns;
	struct tcx_condition fails;
	bool begun; /* a drain has succeeded */
};

/* By begun. Before that ifLastChange is 0 for all interfaces. */
static const struct tcx_condition_kind kinds[] = {
	{LOG_WARNING, "%s cannot be watched: %s; ifLastChange is 0 until they can\n",
	 "%s are watched again\n"},
	{LOG_WARNING, "%s were missed: %s; ifLastChange may be late; trying again every second\n",
	 "%s are watched again\n"},
};

static uint64_t drain(void *owner)
{
	struct tcx_link_job *links = owner;
	struct tcx_fault fault = {""};
	bool done = tcx_netns_drain(links->netns, &fault);

	tcx_events_report(links->events, &links->fails, &kinds[links->begun],
			  "changes of interfaces", done ? NULL : &fault);
	links->begun = links->begun || done;
	links->job.fd = tcx_netns_fd(links->netns);
	return TCX_NEVER;
}

static void unref(void *owner)
{
	struct tcx_link_job *links = owner;

	if (!tcx_reference_give(&links->references))
		return;
	tcx_netns_unref(links->netns);
	tcx_events_unref(links->events);
	free(links);
}

/* A long read does not hold it up: a namespace that has ended is to be let go of within a second.
 */
static const struct tcx_job_kind kind = {.run = drain, .unref = unref};

struct tcx_link_job *tcx_link_job_start(struct tcx_pool *pool, struct tcx_events *events,
					struct tcx_netns *netns, struct tcx_fault *fault)
{
	struct tcx_link_job *links = tcx_reference_new(sizeof(*links), fault);

	if (links == NULL)
		return NULL;
	links->netns = tcx_netns_ref(netns);
	links->events = tcx_events_ref(events);
	tcx_reference_take(&links->references);
	tcx_job_init(&links->job, pool, &kind, links);
	tcx_job_ask(&links->job);
	return links;
}

void tcx_link_job_stop(struct tcx_link_job *links)
{
	if (links == NULL)
		return;
	tcx_events_mute(links->events, &links->fails, 1);
	tcx_job_stop(&links->job);
	unref(links);
}
