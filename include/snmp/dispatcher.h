/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers the library's requests for the objects of a tree. It knows no module and no registration:
 * what a request is answered from comes with its handler.
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

/* What decides how requests are answered. */
struct tcx_dispatcher_settings {
	struct tcx_collector *collector; /* the dispatcher takes a reference to both */
	struct tcx_tables *tables;	 /* NULL: there are none */
	uint64_t interval_ns;
	uint64_t max_age_ns;	   /* counters of an older snapshot do not exist */
	uint64_t table_timeout_ns; /* how long a request waits for a table */
};

/* What the requests to a handler are answered from. It outlives the handler. */
struct tcx_served {
	struct tcx_dispatcher *dispatcher;
	struct tcx_tree tree;
	const oid *root; /* of the objects */
	size_t root_len;
};

/* NULL when memory is short. */
struct tcx_dispatcher *tcx_dispatcher_new(void);

/* Answers with these settings from now on, requests that wait included. */
void tcx_dispatcher_set(struct tcx_dispatcher *dispatcher,
			const struct tcx_dispatcher_settings *settings);

/* The handler that answers. myvoid is a struct tcx_served. */
Netsnmp_Node_Handler tcx_dispatcher_answer;

/* To be called when tcx_tables_ready_fd() is readable: answers the requests that waited for a
 * table. */
void tcx_dispatcher_tables_changed(struct tcx_dispatcher *dispatcher);

/*
 * Before registrations are changed, once a master may be there. The library would free
 * registrations that it still needs to answer the requests that wait for a table, so none may. True
 * when none does. To be called again until then; tableTimeout after the first call those that wait
 * get an error. Those that would begin to wait get it then, too, and once this was true.
 * tcx_dispatcher_resume() ends that.
 */
bool tcx_dispatcher_quiesce(struct tcx_dispatcher *dispatcher);
void tcx_dispatcher_resume(struct tcx_dispatcher *dispatcher);

/* Frees the requests that wait, and gives up what is held. dispatcher may be NULL. */
void tcx_dispatcher_free(struct tcx_dispatcher *dispatcher);

#endif
