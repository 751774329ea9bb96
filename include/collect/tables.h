/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables on request. Each survey has its own thread, so that a large one does not delay a small
 * one. The first request starts it; it renews the tables of the survey for which requests come. All
 * that are held of a survey are of one reading: a request for one more renews them, and one without
 * requests for tableIdle is freed with the next reading, or when no other is in use. No call waits:
 * a descriptor signals new tables.
 */
#ifndef TCX_COLLECT_TABLES_H
#define TCX_COLLECT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "base/reference.h"
#include "kernel/netns.h"
#include "kernel/read_table.h"

struct tcx_tables;

struct tcx_tables_settings {
	uint64_t interval_ns; /* tableInterval: time between two reads */
	uint64_t refresh_ns;  /* refreshInterval: age beyond which counters in a table are read anew
			       */
	uint64_t idle_ns;     /* tableIdle: time from the last request to the release */
	size_t max_rows;      /* maxRows: of each table */
	struct tcx_link_patterns *ignored; /* ignoreInterface; the tables take a reference */
};

/* What is reported of a table, to be logged: pairs of what begins and what ends. */
enum tcx_table_event_kind {
	TCX_TABLE_FAILED,    /* a read failed; cause says why */
	TCX_TABLE_RECOVERED, /* it works again */
	TCX_TABLE_FALLBACK, /* read from procfs, as others may be; cause says why not from sock_diag
			     */
	TCX_TABLE_NO_FALLBACK, /* read from sock_diag again */
	TCX_TABLE_CUT,	       /* it has more rows than max_rows, which cause gives */
	TCX_TABLE_FITS,	       /* it has no more than max_rows again */
	TCX_TABLE_LACKING,     /* the kernel gives rows in part; cause says what */
	TCX_TABLE_WHOLE,       /* it gives them whole again */
};

/* Reported once when it begins and once when it ends; a fallback once for all tables. */
struct tcx_table_event {
	size_t id;
	enum tcx_table_event_kind kind;
	struct tcx_fault cause;
};

/*
 * Reads nothing yet. Takes a reference to netns. The caller gets one to the tables; NULL with a
 * fault.
 */
struct tcx_tables *tcx_tables_start(struct tcx_netns *netns, const struct tcx_survey *surveys,
				    size_t count, const struct tcx_tables_settings *settings,
				    struct tcx_fault *fault);

/* Stops the threads, as tcx_collector_stop() does its thread. May be NULL. */
void tcx_tables_stop(struct tcx_tables *tables, bool wait);

TCX_REFERENCE_DECLARE(tcx_tables);

/* Changes the settings, and renews the tables that are held. */
void tcx_tables_set(struct tcx_tables *tables, const struct tcx_tables_settings *settings);

/*
 * The newest table, with a reference for the caller, or NULL when it is too old. Then *pending says
 * whether to wait for tcx_tables_ready_fd() and ask again. For a second after a failed read, and
 * always with stale_ok, the table before is returned until it is too old.
 */
struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok,
				 bool *pending);

/* Takes the oldest event. False when there is none. */
bool tcx_tables_next_event(struct tcx_tables *tables, struct tcx_table_event *event);

/* The newest table, without requesting it, for status objects. NULL when there is none. */
struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id);

/* Readable when a read has ended or a table was released, until there are no more events. */
int tcx_tables_ready_fd(const struct tcx_tables *tables);

#endif
