/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers names in contexts (RFC 3411, 3.3.1), from the modules that are registered there. Knows no
 * PDU: a face takes requests and sends answers. A request whose table is being read waits here.
 */
#ifndef TCX_SNMP_DISPATCHER_H
#define TCX_SNMP_DISPATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collector.h"
#include "collect/namespaces.h"
#include "collect/tables.h"
#include "snmp/module.h"
#include "snmp/request.h"
#include "snmp/value.h"

/* The name of the default one. */
#define TCX_CONTEXT_DEFAULT ""

struct tcx_dispatcher;

/* How requests in a context are answered. */
struct tcx_context_settings {
	struct tcx_collector *collector;
	struct tcx_tables *tables;	   /* NULL: there are none */
	struct tcx_namespaces *namespaces; /* of namespaceTable; NULL: it is empty */
	uint64_t interval_ns;
	uint64_t max_age_ns;		     /* counters of an older snapshot are absent */
	uint64_t table_timeout_ns;	     /* how long a request waits for a table */
	const struct tcx_notified *notified; /* borrowed; NULL: all 0 */
	const struct tcx_system *system;     /* borrowed; NULL: there is none */
};

struct tcx_context {
	char name[TCX_CONTEXT_MAX + 1];
	unsigned int modules; /* that are served, by whoever registers them: bits 1 << place */
	/* The dispatcher's: */
	struct tcx_dispatcher *dispatcher;
	struct tcx_context_settings settings; /* the first three with references */
};

/* The modules must outlive it. NULL when memory is short. */
struct tcx_dispatcher *tcx_dispatcher_new(const struct tcx_built_modules *modules);

/*
 * Uses these settings from now on in the context of this name, for pending requests as well, and
 * takes references. It is made if there is none; the default one must be the first. Returns it,
 * which belongs to the dispatcher; NULL when memory is short or the name is longer than
 * TCX_CONTEXT_MAX.
 */
struct tcx_context *tcx_dispatcher_set(struct tcx_dispatcher *dispatcher, const char *name,
				       const struct tcx_context_settings *settings);

/*
 * What a context serves has gone, be it while requests are pending: from now on it has no object,
 * and no references are left. The struct stays, for tcx_dispatcher_set() to use it again.
 */
void tcx_dispatcher_remove(struct tcx_context *context);

/* A module by its place. */
const struct tcx_module *tcx_context_module(const struct tcx_context *context, size_t place);

/* Whether something is served there: it was set, and not removed since. */
bool tcx_context_is_served(const struct tcx_context *context);

bool tcx_context_is_default(const struct tcx_context *context);

/* The context of this name, be it a removed one; NULL: there is none. */
struct tcx_context *tcx_dispatcher_find(const struct tcx_dispatcher *dispatcher, const char *name);

/*
 * When sysUpTime was 0, by tcx_sleeps_awake(). Call it in each turn of the loop: what comes between
 * two calls, one of which is at each request, counts as before a sleep that comes there, too.
 */
uint64_t tcx_dispatcher_uptime_zero(struct tcx_dispatcher *dispatcher);

/*
 * Whether an object of a module, by its place, has a value there. Of a table that is not known to
 * fail this is taken for granted: none is read for it.
 */
bool tcx_context_shows(struct tcx_context *context, size_t module);

/*
 * What all varbinds of one request see. The master splits a manager's request, into one per
 * registration and per repetition of a GETBULK, of one session and transaction number: they are one
 * request. Valid until the next call.
 */
const struct tcx_request *tcx_context_request(struct tcx_context *context, const void *session,
					      long transaction);

/* GET: the value at exactly this name, whichever module of the context has it. */
enum tcx_found tcx_dispatcher_get(const struct tcx_request *request, const oid *name, size_t len,
				  struct tcx_value *value);

/* GETNEXT, as tcx_tree_next(). */
enum tcx_found tcx_dispatcher_next(const struct tcx_request *request, const struct tcx_range *range,
				   oid *next, size_t *next_len, struct tcx_value *value);

/* A request that waits for a table. The face's own struct begins with it, and only reads it. */
struct tcx_pending {
	const struct tcx_face *face;
	struct tcx_context *context;
	const void *session;
	long transaction;
	uint64_t since_ns;
	struct tcx_pending *next;
};

/* What the dispatcher does with them. */
struct tcx_face {
	/* Whether somebody still waits for the answer. */
	bool (*is_wanted)(struct tcx_pending *pending);
	/* Answers what it can; true once that is all. */
	bool (*answer)(struct tcx_pending *pending, const struct tcx_request *request);
	/* Answers what is left with an error. */
	void (*fail)(struct tcx_pending *pending);
	/* Frees what the face has put into its struct. NULL: that is nothing. */
	void (*clear)(struct tcx_pending *pending);
};

/*
 * Keeps a request until it is answered, in a face's struct of this size for the face to fill. It
 * gets an error tableTimeout after the first with its session and transaction became pending: a
 * master without an answer closes the session. NULL: there are too many, memory is short, or
 * registrations are about to change.
 */
void *tcx_dispatcher_wait(const struct tcx_request *request, const struct tcx_face *face,
			  size_t size);

/* Answers pending requests whose tables have come. */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher);

/*
 * Call before registrations are changed, again and again until it returns true: no request is
 * pending. tableTimeout after the first call, pending requests get an error, and from then on, or
 * once this was true, new ones do instead of becoming pending. tcx_dispatcher_resume() ends that.
 */
bool tcx_dispatcher_quiesce(struct tcx_dispatcher *dispatcher);
void tcx_dispatcher_resume(struct tcx_dispatcher *dispatcher);

/* Between the two no GETNEXT is answered: each becomes pending. */
void tcx_dispatcher_hold(struct tcx_dispatcher *dispatcher);
void tcx_dispatcher_release(struct tcx_dispatcher *dispatcher);

/* Frees the pending requests and drops all references. May be NULL. */
void tcx_dispatcher_free(struct tcx_dispatcher *dispatcher);

#endif
