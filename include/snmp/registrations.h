/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is registered with the library, and through it with the master. Modules are constant data of
 * the caller; a registration is a module at a priority, which the master grants or refuses.
 */
#ifndef TCX_SNMP_REGISTRATIONS_H
#define TCX_SNMP_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "snmp/dispatcher.h"

#define TCX_ROOT_MAX 32

/*
 * A module is one subtree, which makes a walk twice as fast as one registration per object. But the
 * more specific registration wins: where snmpd has its own below (two settings of ip, the columns
 * of most tables), ours are by object, too. The subtree stays necessary. Where snmpd has a whole
 * table, the parts that we do not register are still asked, and answer with snmpd's rows behind our
 * last one, in our last column. A table is by object, too, and not registered while there are no
 * tables.
 */
enum tcx_module_how { TCX_MODULE_WHOLE, TCX_MODULE_BY_OBJECT, TCX_MODULE_TABLE };

/* Objects registered together. Its row of sysORTable exists while all of it is registered. */
struct tcx_module {
	const char *word; /* of the directive "register" */
	/* Adds the objects of this word; false when memory is short. */
	bool (*add)(struct tcx_tree *tree, const char *word);
	enum tcx_module_how how;
	oid root[TCX_ROOT_MAX]; /* of the objects */
	size_t root_len;
	oid subtree[TCX_ROOT_MAX]; /* that is registered */
	size_t subtree_len;
	oid sysORID[TCX_ROOT_MAX]; /* of the row in sysORTable */
	size_t sysORID_len;
	const char *text; /* its sysORDescr */
};

struct tcx_registrations;

/*
 * Builds the objects of the modules, which must outlive it; registers nothing yet. NULL when memory
 * is short. Call after init_agent().
 */
struct tcx_registrations *tcx_registrations_new(const struct tcx_module *modules, size_t count,
						struct tcx_dispatcher *dispatcher);

/*
 * Sets what to register: the modules with the bit 1 << i, no tables unless tables is set, at a
 * priority of 1 to 255, of which the lowest wins (RFC 2741, 7.1.4.1). Registers nothing yet.
 */
void tcx_registrations_want(struct tcx_registrations *registrations, unsigned int modules,
			    bool tables, int priority);

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

/* Notes that the master refuses an OID. Returns the word of its module; "?" if it is not ours. */
const char *tcx_registrations_refused(struct tcx_registrations *registrations, const oid *name,
				      size_t len, int priority);

/* Whether it was refused in this session and not granted since. */
bool tcx_registrations_is_refused(struct tcx_registrations *registrations, const oid *name,
				  size_t len, int priority);

/*
 * Asks the master again for what it refused; returns those modules as bits. What it refuses again
 * goes to tcx_registrations_refused() again.
 */
unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations);

/*
 * Removes the rows of refused modules from the master's sysORTable, and adds those that are granted
 * now, so that it shows what is served. Call when the session is complete, since the library sends
 * all rows at its beginning.
 */
void tcx_registrations_update_sysORTable(struct tcx_registrations *registrations);

/* Call when a session has begun: the library then registers everything. */
void tcx_registrations_connected(struct tcx_registrations *registrations);

/* Frees the objects, once shutdown_agent() has freed the registrations. May be NULL. */
void tcx_registrations_free(struct tcx_registrations *registrations);

#endif
