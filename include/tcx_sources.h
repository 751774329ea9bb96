/*
 * The files that hold the counters, kept open. One call reads all of them back to back and makes a
 * snapshot, or says why it cannot.
 */
#ifndef TCX_SOURCES_H
#define TCX_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "tcx_fault.h"
#include "tcx_snapshot.h"

struct tcx_sources;

/* Prepares to read below proc_root ("/proc" as a rule; copied). NULL when memory is short. */
struct tcx_sources *tcx_sources_new(const char *proc_root);

/* Closes the files. sources may be NULL. */
void tcx_sources_free(struct tcx_sources *sources);

/*
 * Reads all files once. A file that does not exist makes its counters absent; when none exists, or
 * one cannot be read whole, or holds anything but what its format allows, the result is NULL and
 * fault says which file and why. The caller owns the result; its sequence and discontinuity_ns are
 * 0.
 */
struct tcx_snapshot *tcx_sources_read(struct tcx_sources *sources, struct tcx_fault *fault);

/* How many files there can be, and the path below the root of file i. */
size_t tcx_sources_count(void);
const char *tcx_sources_path(size_t i);

/* False for a file that only some kernels have (IPv6 built in, for example). */
bool tcx_sources_expected(size_t i);

/* True when the last read found file i. */
bool tcx_sources_present(const struct tcx_sources *sources, size_t i);

#endif
