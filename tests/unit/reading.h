/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a text without a file, and a snapshot as text. Also for the fuzzers: no cmocka here. */
#ifndef TCX_UNIT_READING_H
#define TCX_UNIT_READING_H

#include <stddef.h>

#include "base/fault.h"
#include "kernel/reader.h"
#include "sample/snapshot.h"

/*
 * Reads as tcx_sources_read() does: the names first, then the values. NULL when there is any fault.
 */
struct tcx_snapshot *reading_of(tcx_reader *reader, const char *text, size_t len,
				struct tcx_fault *fault);

/* The same of a file with lines of processors, whose totals were made of texts before. */
struct tcx_snapshot *reading_on(tcx_reader *reader, struct tcx_totals *totals, const char *text,
				size_t len, struct tcx_fault *fault);

/*
 * Reads the values of a text whose names are to be those of a layout. NULL with a fault; *diverged
 * when there are other names.
 */
struct tcx_snapshot *reading_again(tcx_reader *reader, struct tcx_layout *layout, const char *text,
				   size_t len, bool *diverged, struct tcx_fault *fault);

/*
 * "IpForwarding=1 TcpMaxConn=-1": all counters that have a value and are not ambiguous, in the
 * order of the files, values that begin at 2^63 as negative ones. To be freed.
 */
char *reading_text(const struct tcx_snapshot *snapshot);

/* The same of those that were not read before oldest_ns. */
char *reading_text_since(const struct tcx_snapshot *snapshot, uint64_t oldest_ns);

#endif
