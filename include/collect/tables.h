/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tables on demand. Each table has a thread of its own, so that a large one never delays a small
 * one. It starts when somebody asks for the table, renews it while it is being asked for, and ends,
 * table and all, when nobody has asked for long. Asking never waits: that a table has come is
 * reported by a descriptor.
 */
#ifndef TCX_COLLECT_TABLES_H
#define TCX_COLLECT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/link_patterns.h"
#include "kernel/read_table.h"

struct tcx_tables;

struct tcx_tables_settings {
	const char *proc_root;		   /* tables are of the network namespace that it shows */
	struct tcx_link_watch *link_watch; /* the tables take a reference; or NULL */
	uint64_t interval_ns; /* tableInterval: between two reads of a table that is asked for */
	uint64_t refresh_ns;  /* refreshInterval: how old counters may be that a request gets */
	uint64_t idle_ns;     /* tableIdle: after the last request a table is released */
	size_t max_rows;      /* maxRows: of each table */
	struct tcx_link_patterns *ignored; /* ignoreInterface; the tables take a reference */
};

/* What happened in a table's thread that somebody should log. */
enum tcx_table_event_kind {
	TCX_TABLE_FAILED,    /* a read failed; text says why */
	TCX_TABLE_RECOVERED, /* it works again */
	TCX_TABLE_FALLBACK,  /* this table comes from procfs, and others may; text says why not from
				sock_diag */
	TCX_TABLE_NO_FALLBACK, /* it comes from sock_diag again */
	TCX_TABLE_CUT,	   /* the table has more rows than max_rows; text says how many those are */
	TCX_TABLE_FITS,	   /* it has no more than that again */
	TCX_TABLE_LACKING, /* the kernel does not tell all of its rows; text says what */
	TCX_TABLE_WHOLE,   /* it tells all again */
};

/* Each of these lasts: reported once when it begins, once when it ends. A fallback is one for all.
 */
struct tcx_table_event {
	size_t id;
	enum tcx_table_event_kind kind;
	struct tcx_fault cause;
};

/* Prepares; no thread runs and nothing is read yet. readers are those of the tables, in the
 * order of their ids. The caller gets a reference. NULL with a fault. */
struct tcx_tables *tcx_tables_start(const struct tcx_table_reader *const *readers, size_t count,
				    const struct tcx_tables_settings *settings,
				    struct tcx_fault *fault);

/*
 * Tells the threads to end, waits for that a second at most, and gives up the caller's reference.
 * tables may be NULL.
 */
void tcx_tables_stop(struct tcx_tables *tables);

/* The same without any wait: a thread that reads a table ends by itself when it has done so. */
void tcx_tables_retire(struct tcx_tables *tables);

/*
 * One more reference, and one less: the last one frees everything but tables that others still
 * hold. tables may be NULL in the second.
 */
struct tcx_tables *tcx_tables_ref(struct tcx_tables *tables);
void tcx_tables_unref(struct tcx_tables *tables);

/* Changes everything but proc_root and link_watch; tables that are held are renewed at once. */
void tcx_tables_set(struct tcx_tables *tables, const struct tcx_tables_settings *settings);

/*
 * The newest table of a kind, with a reference for the caller. NULL when there is none that is
 * young enough. Then *pending says whether one is being read and it is worth to wait for the
 * descriptor of tcx_tables_ready_fd(). Not so for a while after a read that failed: the caller gets
 * the table before, until that is too old. With stale_ok it gets that at once, too.
 */
struct tcx_table *tcx_tables_get(struct tcx_tables *tables, size_t id, bool stale_ok,
				 bool *pending);

/* Takes the oldest event; false when there is none. */
bool tcx_tables_next_event(struct tcx_tables *tables, struct tcx_table_event *event);

/* The name of a table, for people. */
const char *tcx_tables_name(const struct tcx_tables *tables, size_t id);

/* The newest table without asking for it: what status objects show. NULL when there is none. */
struct tcx_table *tcx_tables_peek(struct tcx_tables *tables, size_t id);

/* A descriptor that becomes readable when a read has ended or a table was released; to be drained
 * with tcx_tables_acknowledge(). */
int tcx_tables_ready_fd(const struct tcx_tables *tables);
void tcx_tables_acknowledge(struct tcx_tables *tables);

#endif
