/* What the agent shows: the groups that a configuration can choose, and their registration. */
#ifndef TCX_REGISTRATIONS_H
#define TCX_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"
#include "snmp/dispatcher.h"

struct tcx_mib;

/* What is to be registered. */
struct tcx_mib_settings {
	unsigned int groups; /* bits of tcx_mib_group_bit() */
	bool tables;	     /* else groups that are tables are not */
	int priority;	     /* 1 to 255; the lowest number wins (RFC 2741, 7.1.4.1) */
};

/*
 * The groups by the word that the directive "register" has for them: i from 0; NULL behind the
 * last.
 */
const char *tcx_mib_group_word(size_t i);

/*
 * What the group's row of sysORTable says (sysORDescr). The row is there while the group is
 * registered and the master has refused none of it.
 */
const char *tcx_mib_group_text(size_t i);

/* The bit of a word, in any case of letters; 0 for none. "all" has all bits. */
unsigned int tcx_mib_group_bit(const char *word);

/*
 * Builds the objects; registers nothing yet. NULL when memory is short. init_agent() must have run.
 */
struct tcx_mib *tcx_mib_new(struct tcx_dispatcher *dispatcher);

/* For tcx_mib_register(); registers nothing. */
void tcx_mib_set(struct tcx_mib *mib, const struct tcx_mib_settings *settings);

/* What tcx_mib_register() would do. */
enum tcx_mib_change {
	TCX_MIB_AS_IT_IS,   /* nothing */
	TCX_MIB_ADDS,	    /* register what has not been */
	TCX_MIB_TAKES_BACK, /* unregister, too */
};

enum tcx_mib_change tcx_mib_change(const struct tcx_mib *mib);

/*
 * Registers and unregisters what the settings say. False when memory is short: the library has then
 * freed what it still goes through, so that nothing of it may be called any more but the log.
 */
bool tcx_mib_register(struct tcx_mib *mib, struct tcx_fault *fault);

/*
 * To be called when the master refuses to register an OID: keeps that in mind. Returns the word of
 * its group; NULL when it is none of ours.
 */
const char *tcx_mib_refused(struct tcx_mib *mib, const oid *name, size_t len, int priority);

/* Whether it was refused, in this session, and not taken since. */
bool tcx_mib_is_refused(struct tcx_mib *mib, const oid *name, size_t len, int priority);

/*
 * Asks the master once more for what it has refused. Returns the groups of that, as bits of
 * tcx_mib_group_bit(). What it refuses again is reported to tcx_mib_refused() again.
 */
unsigned int tcx_mib_ask_again(struct tcx_mib *mib);

/*
 * Takes the rows of refused groups out of the master's sysORTable, and puts those of groups that it
 * takes now there again: a manager sees there what is served. To be called when the session is
 * complete, for the library sends all rows when it begins.
 */
void tcx_mib_list(struct tcx_mib *mib);

/* To be called when a session with a master has begun: the library is about to register everything
 * there. */
void tcx_mib_connected(struct tcx_mib *mib);

/*
 * Frees the objects. The registrations are the library's: shutdown_agent() must have freed them.
 * mib may be NULL.
 */
void tcx_mib_free(struct tcx_mib *mib);

#endif
