/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables on request. Each survey is a job. The first request asks for it; it renews the tables of
 * the survey for which requests come. All that are held of a survey are of one reading: a request
 * for one more renews them, and one without requests for tableIdle is freed with the next reading,
 * or when no other is in use. No call waits: an event signals new tables.
 */
#ifndef TCX_COLLECT_TABLES_H
#define TCX_COLLECT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/list.h"
#include "base/reference.h"
#include "kernel/netns.h"
#include "kernel/read_table.h"

struct tcx_events;
struct tcx_pool;
struct tcx_tables;

struct tcx_tables_settings {
	uint64_t interval_ns; /* tableInterval: time between two reads */
	uint64_t refresh_ns;  /* refreshInterval: age beyond which counters in a table are read anew
			       */
	uint64_t idle_ns;     /* tableIdle: time from the last request to the release */
	size_t max_rows;      /* maxRows: of each table */
	bool lazy;	  /* before the first request no link is watched, nor is anything made */
	uint32_t watched; /* in use whether they are asked for or not: bits 1 << id */
	struct tcx_list ignored; /* ignoreInterface */
};

/*
 * Reads nothing yet. Reports what lasts once when it begins and once when it ends; a fallback once
 * for all tables. Takes references to events and netns. The caller gets one to the tables; NULL
 * with a fault.
 */
struct tcx_tables *tcx_tables_start(struct tcx_pool *pool, struct tcx_events *events,
				    struct tcx_netns *netns, const struct tcx_survey *surveys,
				    size_t count, const struct tcx_tables_settings *settings,
				    struct tcx_fault *fault);

/* As tcx_collector_stop(). */
void tcx_tables_stop(struct tcx_tables *tables);

TCX_REFERENCE_DECLARE(tcx_tables);

/* Changes the settings, and renews the tables that are held. */
void tcx_tables_set(struct tcx_tables *tables, const struct tcx_tables_settings *settings);

/*
 * The newest table, with a reference for the caller, or NULL when it is too old. Then *pending says
 * whether to wait for an event and ask again. For a second after a failed read, and
 * always with stale_ok, the table before is returned until it is too old.
 */
struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok,
				 bool *pending);

/*
 * Whether reads of a table fail, and all that is left of it is too old. Has one that fails read
 * again; one that nobody has asked for does not fail.
 */
bool tcx_tables_fails(struct tcx_tables *tables, size_t id);

/* The newest table, without requesting it, for status objects. NULL when there is none. */
struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id);

/* The same, if it is not too old. */
struct tcx_table *tcx_tables_fresh(struct tcx_tables *tables, size_t id);

#endif
