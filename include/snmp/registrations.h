/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is registered with the library, and through it with the master. A registration is a module
 * in a context at a priority, which the master grants or refuses.
 */
#ifndef TCX_SNMP_REGISTRATIONS_H
#define TCX_SNMP_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "snmp/dispatcher.h"
#include "snmp/module.h"

struct tcx_registrations {
	const struct tcx_built_modules *modules; /* set by the caller; they must outlive it */
	/* Set by the functions, which are called after init_agent(): */
	size_t count;
	/* Owned: for each context one per module, in their order. The default context is first. */
	struct tcx_registration *all;
	bool is_moot; /* what is being unregistered was refused and not granted since */
};

/*
 * Sets what to register in a context: the modules with the bit 1 << i, no tables unless tables is
 * set, at a priority of 1 to 255, of which the lowest wins (RFC 2741, 7.1.4.1). Registers nothing
 * yet. False when memory is short.
 */
bool tcx_registrations_want(struct tcx_registrations *registrations, struct tcx_context *context,
			    unsigned int modules, bool tables, int priority);

/* What tcx_registrations_apply() would do. */
enum tcx_registrations_change {
	TCX_REGISTRATIONS_STAY,	     /* nothing */
	TCX_REGISTRATIONS_ADD,	     /* register what has not been */
	TCX_REGISTRATIONS_TAKE_BACK, /* unregister, too */
};

enum tcx_registrations_change
tcx_registrations_change(const struct tcx_registrations *registrations);

/*
 * Registers and unregisters. False when memory is short: the library has then freed what it still
 * uses, and must not be called any more except for the log.
 */
bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault);

/* Notes that the master refuses a subtree. Returns its module; NULL: it is not ours. */
const struct tcx_module *tcx_registrations_refused(struct tcx_registrations *registrations,
						   const netsnmp_handler_registration *made);

/*
 * Notes that the master of this session has nothing of a module in the default context any more, as
 * if it had refused all of it.
 */
void tcx_registrations_left(struct tcx_registrations *registrations, size_t module);

/*
 * Asks the master again for what it refused of these modules; returns, as bits, those of
 * which it had refused something and now refuses nothing. What it refuses again goes to
 * tcx_registrations_refused() again.
 */
unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations,
					 unsigned int modules);

/*
 * Removes the rows of refused modules from the master's sysORTable, and adds those that are granted
 * now, so that it shows what is served. Call when the session is complete, since the library sends
 * all rows at its beginning.
 */
void tcx_registrations_update_sysORTable(struct tcx_registrations *registrations);

/* Call when a session has begun: the library then registers everything. */
void tcx_registrations_connected(struct tcx_registrations *registrations);

/* Frees what it owns. Call once shutdown_agent() has freed the library's registrations. */
void tcx_registrations_clear(struct tcx_registrations *registrations);

#endif
