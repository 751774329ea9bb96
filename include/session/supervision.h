/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the service manager hears of the agent: that it is ready, how it is, and that it is alive.
 * On the main loop. Does nothing where there is no service manager.
 */
#ifndef TCX_SESSION_SUPERVISION_H
#define TCX_SESSION_SUPERVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "collect/reading.h"
#include "daemon/service_manager.h"
#include "session/agentx.h"

#define TCX_STATUS_SIZE 512

struct tcx_supervision {
	struct tcx_service_manager manager;
	const struct tcx_agentx *agentx;   /* borrowed; NULL: we are the master */
	const struct tcx_reading *reading; /* borrowed; it may have no collector yet */
	uint64_t watchdog_ns;		   /* the time for which the loop may be silent; 0: any */
	bool ready;			   /* it knows */
	uint64_t due_ns;		   /* when to look again */
	char status[TCX_STATUS_SIZE];	   /* what it knows */
};

/* Once the library can have alarms. Both must outlive it. */
void tcx_supervision_begin(struct tcx_supervision *supervision, const struct tcx_agentx *agentx,
			   const struct tcx_reading *reading);

/* The loop may wait for the master, and be silent, for so long. */
void tcx_supervision_allow(struct tcx_supervision *supervision, uint64_t wait_ns);

/*
 * Call in each turn of the loop: tells what there is to tell. Ready is who has tried to read the
 * counters and is not busy, with a reload.
 */
void tcx_supervision_run(struct tcx_supervision *supervision, bool busy);

/* Not ready from now on, until the next run that is not busy. */
void tcx_supervision_reloading(struct tcx_supervision *supervision);

/* The end, and for which fault; NULL: for none. */
void tcx_supervision_end(struct tcx_supervision *supervision, const struct tcx_fault *fault);

#endif
