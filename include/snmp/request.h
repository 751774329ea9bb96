/* SPDX-License-Identifier: BSD-2-Clause */
/* What all varbinds of one request see: a snapshot, tables and the agent's own state. */
#ifndef TCX_SNMP_REQUEST_H
#define TCX_SNMP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sleeps.h"
#include "catalogue/table_ids.h"
#include "collect/collector.h"
#include "collect/namespace_rows.h"
#include "collect/tables.h"
#include "sample/snapshot.h"

struct tcx_context;

/* What has become of notifications since the agent started, and how many wait. */
struct tcx_notified {
	uint64_t sent, dropped, refused, waiting;
};

/* Texts of a master's system group; of descr and name, "" stands for what the host tells. */
struct tcx_system {
	const char *descr, *contact, *name, *location;
	const unsigned long *modules_changed; /* sysUpTime at which they did */
};

struct tcx_request {
	struct tcx_context *context;	  /* NULL: there is no request */
	const void *session;		  /* which it came by */
	long transaction;		  /* the number that the master gave it */
	uint64_t used;			  /* the number of its last use */
	unsigned int modules;		  /* that are served there: bits by their places */
	struct tcx_snapshot *latest;	  /* with a reference, or NULL before the first one */
	const struct tcx_snapshot *fresh; /* latest, or NULL once it is older than max_age_ns */
	uint64_t now_ns;		  /* when the request came, on tcx_clock_now()'s clock */
	uint64_t interval_ns;
	uint64_t max_age_ns;
	uint64_t oldest_ns;		 /* values read before are too old */
	uint64_t uptime_zero_ns;	 /* when sysUpTime was 0, by tcx_sleeps_awake() */
	const struct tcx_sleeps *sleeps; /* of the dispatcher; NULL: none */
	struct tcx_collector_status status;
	struct tcx_notified notified;
	const struct tcx_system *system; /* NULL: it has none */
	bool stale_ok;			 /* take a table that is due for renewal rather than wait */
	struct tcx_tables *tables;	 /* NULL: there are none */
	/*
	 * The tables that it has used so far, and what was read together with them. Each is taken
	 * once, so that none changes within a request; a pending one is asked for again.
	 */
	struct tcx_table *held[TCX_TABLES]; /* with a reference, or NULL */
	bool known[TCX_TABLES];		    /* used; held is final, even if NULL */
	struct tcx_namespaces *namespaces;  /* NULL: it sees none */
	struct tcx_namespace_rows *rows;    /* owned: of these, once it has used them; or NULL */
};

/* The request's table. NULL when there is none, or, with *pending, when it is being read. */
const struct tcx_table *tcx_request_table(const struct tcx_request *asking, enum tcx_table_id id,
					  bool *pending);

/* The namespaces that the request sees, the same whenever it asks. NULL: none. */
const struct tcx_namespace_rows *tcx_request_namespaces(const struct tcx_request *asking);

/* sysUpTime at a moment in hundredths of a second, a TimeStamp (RFC 2579); 0 before it began. */
uint64_t tcx_request_uptime_at(const struct tcx_request *request, uint64_t moment_ns);

/* Drops the references of the request, which is none any more. */
void tcx_request_release(struct tcx_request *request);

#endif
