/*
 * What reads the kernel for the agent: the collector of counters, the tables on demand, and the
 * watch of interfaces. All three tell by a descriptor that something has happened; here the loop
 * hears of it, logs it, and lets requests that waited for a table be answered.
 */
#ifndef TCX_READING_H
#define TCX_READING_H

#include <stdbool.h>

#include "base/fault.h"
#include "config/config.h"

struct tcx_context;

/*
 * Starts all three with context->config and waits for the first counters. Without a watch of
 * interfaces, which is only logged, ifLastChange is 0 and everything else goes on.
 */
bool tcx_reading_start(struct tcx_context *context, struct tcx_fault *fault);

/*
 * Goes on with another configuration than context->config: a new procRoot is read anew, all else
 * changes on the fly. False leaves everything as it was.
 */
bool tcx_reading_change(struct tcx_context *context, const struct tcx_config *config,
			struct tcx_fault *fault);

/* Logs what has happened to the counters so far. */
void tcx_reading_log(struct tcx_context *context);

/* Ends the threads; nobody may use what they gave any more. */
void tcx_reading_stop(struct tcx_context *context);

#endif
