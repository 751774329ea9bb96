/* SPDX-License-Identifier: BSD-2-Clause */
/* The job that watches the links of a network namespace, and reports when it misses changes. */
#ifndef TCX_COLLECT_LINK_JOB_H
#define TCX_COLLECT_LINK_JOB_H

#include "events.h"
#include "kernel/netns.h"
#include "pool.h"

struct tcx_link_job;

/* Takes references to events and netns, which has its links watched. NULL with a fault. */
struct tcx_link_job *tcx_link_job_start(struct tcx_pool *pool, struct tcx_events *events,
					struct tcx_netns *netns, struct tcx_fault *fault);

/* May be NULL. */
void tcx_link_job_stop(struct tcx_link_job *links);

#endif
