/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers the library's requests for the objects of a tree. Knows no module and no registration:
 * each handler brings what its requests need.
 */
#ifndef TCX_SNMP_DISPATCHER_H
#define TCX_SNMP_DISPATCHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect/collector.h"
#include "collect/tables.h"
#include "snmp/netsnmp.h"
#include "snmp/tree.h"

struct tcx_dispatcher;

/* How requests are answered. */
struct tcx_dispatcher_settings {
	struct tcx_collector *collector; /* the dispatcher takes a reference to both */
	struct tcx_tables *tables;	 /* NULL: there are none */
	uint64_t interval_ns;
	uint64_t max_age_ns;	   /* counters of an older snapshot are absent */
	uint64_t table_timeout_ns; /* how long a request waits for a table */
};

/* What a handler answers from. It must outlive the handler. */
struct tcx_served {
	struct tcx_dispatcher *dispatcher;
	struct tcx_tree tree;
	const oid *root; /* of the objects */
	size_t root_len;
};

/* NULL when memory is short. */
struct tcx_dispatcher *tcx_dispatcher_new(void);

/* Uses these settings from now on, for pending requests as well. */
void tcx_dispatcher_set(struct tcx_dispatcher *dispatcher,
			const struct tcx_dispatcher_settings *settings);

/* The handler; its myvoid is a struct tcx_served. */
Netsnmp_Node_Handler tcx_dispatcher_answer;

/* Answers pending requests whose tables have come: when tcx_tables_ready_fd() is readable. */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher);

/*
 * Call before registrations are changed, again and again until it returns true: no request is
 * pending. The library would free registrations that pending requests still need. tableTimeout
 * after the first call, pending requests get an error, and from then on, or once this was true, new
 * ones do instead of becoming pending. tcx_dispatcher_resume() ends that.
 */
bool tcx_dispatcher_quiesce(struct tcx_dispatcher *dispatcher);
void tcx_dispatcher_resume(struct tcx_dispatcher *dispatcher);

/* Frees the pending requests and drops its references. May be NULL. */
void tcx_dispatcher_free(struct tcx_dispatcher *dispatcher);

#endif
