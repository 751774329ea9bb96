/*
 * What the agent shows: the groups that a configuration can choose, their registration with the
 * master, and the handler that answers for all of them.
 */
#ifndef TCX_REGISTRATIONS_H
#define TCX_REGISTRATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "collect/collector.h"
#include "collect/tables.h"

struct tcx_mib;

/* What decides how requests are answered. */
struct tcx_mib_settings {
	struct tcx_collector *collector; /* the MIB takes a reference to both */
	struct tcx_tables *tables;	 /* NULL: there are none, and none of them is registered */
	uint64_t interval_ns;
	uint64_t max_age_ns;	   /* counters of an older snapshot do not exist */
	uint64_t table_timeout_ns; /* how long a request waits for a table */
	unsigned int groups;	   /* bits of tcx_mib_group_bit() */
	int priority; /* of registrations, 1 to 255; the lowest number wins (RFC 2741, 7.1.4.1) */
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
struct tcx_mib *tcx_mib_new(void);

/* Answers with these settings from now on, requests that wait included. Registers nothing. */
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

/* To be called when tcx_tables_ready_fd() is readable: answers the requests that waited for a
 * table. */
void tcx_mib_tables_changed(struct tcx_mib *mib);

/*
 * Before tcx_mib_register(), once a master may be there. The library would free registrations that
 * it still needs to answer the requests that wait for a table, so none may. True when none does. To
 * be called again until then; tableTimeout after the first call those that wait get an error. Those
 * that would begin to wait get it then, too, and once this was true. tcx_mib_open() ends that.
 */
bool tcx_mib_close(struct tcx_mib *mib);
void tcx_mib_open(struct tcx_mib *mib);

/*
 * To be called when the master refuses to register an OID: keeps that in mind. Returns the word of
 * its group; NULL when it is none of ours.
 */
const char *tcx_mib_refused(struct tcx_mib *mib, const unsigned long *name, size_t len,
			    int priority);

/* Whether it was refused, in this session, and not taken since. */
bool tcx_mib_is_refused(struct tcx_mib *mib, const unsigned long *name, size_t len, int priority);

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
