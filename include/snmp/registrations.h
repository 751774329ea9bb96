/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is registered with the library, and with the master through it. The modules are whatever
 * constant data is handed over here; a registration is one of them at a priority, which the master
 * grants or refuses.
 */
#ifndef TCX_SNMP_REGISTRATIONS_H
#define TCX_SNMP_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "snmp/dispatcher.h"

#define TCX_ROOT_MAX 32

/*
 * A module is registered as one subtree, which costs a walk half of what one registration per
 * object does. But the more specific registration wins: where snmpd has some of its own below, as
 * the two settings of ip and the columns of most tables, ours are by object as well. The subtree is
 * needed all the same. Where snmpd has a table as a whole, what we leave of it goes on being asked,
 * and answers with its own rows that lie behind our last one, in our last column. A table is by
 * object too, and not registered while there are no tables.
 */
enum tcx_module_how { TCX_MODULE_WHOLE, TCX_MODULE_BY_OBJECT, TCX_MODULE_TABLE };

/*
 * Objects that are registered together. The row of sysORTable is there while they are registered
 * and the master has refused none of them.
 */
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
 * Builds the objects of the modules, which stay the caller's; registers nothing yet. NULL when
 * memory is short. init_agent() must have run.
 */
struct tcx_registrations *tcx_registrations_new(const struct tcx_module *modules, size_t count,
						struct tcx_dispatcher *dispatcher);

/*
 * What is to be registered: the modules with the bit 1 << i, but without tables no module of them;
 * at a priority of 1 to 255, of which the lowest wins (RFC 2741, 7.1.4.1). Registers nothing yet.
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
 * Registers and unregisters what is wanted. False when memory is short: the library has then freed
 * what it still goes through, so that nothing of it may be called any more but the log.
 */
bool tcx_registrations_apply(struct tcx_registrations *registrations, struct tcx_fault *fault);

/*
 * To be called when the master refuses to register an OID: keeps that in mind. Returns the word of
 * its module; NULL when it is none of ours.
 */
const char *tcx_registrations_refused(struct tcx_registrations *registrations, const oid *name,
				      size_t len, int priority);

/* Whether it was refused, in this session, and not taken since. */
bool tcx_registrations_is_refused(struct tcx_registrations *registrations, const oid *name,
				  size_t len, int priority);

/*
 * Asks the master once more for what it has refused. Returns the modules of that, as bits. What it
 * refuses again is reported to tcx_registrations_refused() again.
 */
unsigned int tcx_registrations_ask_again(struct tcx_registrations *registrations);

/*
 * Takes the rows of refused modules out of the master's sysORTable, and puts those of modules that
 * it takes now there again: a manager sees there what is served. To be called when the session is
 * complete, for the library sends all rows when it begins.
 */
void tcx_registrations_list(struct tcx_registrations *registrations);

/* To be called when a session with a master has begun: the library is about to register everything
 * there. */
void tcx_registrations_connected(struct tcx_registrations *registrations);

/*
 * Frees the objects. The registrations are the library's: shutdown_agent() must have freed them.
 * registrations may be NULL.
 */
void tcx_registrations_free(struct tcx_registrations *registrations);

#endif
