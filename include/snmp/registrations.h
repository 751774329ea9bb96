/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is registered with the library, and through it with the master. A registration is a module
 * in the default context, or a root of modules in another one, at a priority. The master grants or
 * refuses it.
 *
 * In other contexts nothing is unregistered during a session: of one that was removed requests find
 * no objects, and the next session begins without it (doc/decisions/contexts.md).
 */
#ifndef TCX_SNMP_REGISTRATIONS_H
#define TCX_SNMP_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "snmp/dispatcher.h"
#include "snmp/module.h"

/* In a set of modules: whatever is registered in other contexts than the default one. */
#define TCX_ELSEWHERE (1U << TCX_MODULES_MAX)

/* Belongs to the functions; others read what they have been given. */
struct tcx_registration {
	const struct tcx_module *module; /* in another context: the first with its root */
	struct tcx_context *context;
	const struct tcx_built_modules *built; /* which have the module */
	int wanted;			       /* priority; 0: it is not to be registered */
	int priority;			       /* of the subtrees; 0 while there are none */
	struct subtree *subtrees;	       /* owned: the whole and its objects */
	size_t count;
	bool unlisted; /* the master's sysORTable lacks its row: some are refused */
};

struct tcx_registrations {
	const struct tcx_built_modules *modules; /* set by the caller; they must outlive it */
	bool alone; /* likewise: there is no master, who would grant objects one by one */
	/* Set by the functions, which are called after init_agent(): */
	size_t count;
	struct tcx_registration *all; /* owned; those of the default context first */
	bool is_moot;	       /* what is being unregistered was refused and not granted since */
	unsigned long changed; /* sysUpTime at which sysORTable changed last */
};

/*
 * Sets what to register in a context, of which the default one must be the first: the modules with
 * the bit 1 << i, no tables unless tables is set, at a priority of 1 to 255, of which the lowest
 * wins (RFC 2741, 7.1.4.1). Registers nothing yet, but in another context than the default one this
 * is what requests see from now on. False when memory is short.
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
 * Registers and unregisters, the latter without a session. False when memory is short: the library
 * has then freed what it still uses, and must not be called any more except for the log.
 */
bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault);

/*
 * Registers at once what is wanted in one context, other than the default one, and not yet
 * registered; takes nothing back. Requests may be pending. False as above.
 */
bool tcx_registrations_add(struct tcx_registrations *registrations, struct tcx_context *context,
			   struct tcx_fault *fault);

/* Notes that the master refuses a subtree. Returns whose it is; NULL: it is not ours. */
const struct tcx_registration *tcx_registrations_refused(struct tcx_registrations *registrations,
							 const netsnmp_handler_registration *made);

/* The bit of its module, or TCX_ELSEWHERE. */
unsigned int tcx_registration_bit(const struct tcx_registration *one);

/*
 * Notes that the master of this session has nothing of a module in the default context any more, as
 * if it had refused all of it.
 */
void tcx_registrations_left(struct tcx_registrations *registrations, size_t module);

/*
 * Asks the master again for what it refused of these modules; returns those of which it had refused
 * something and now refuses nothing. What it refuses again goes to
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
