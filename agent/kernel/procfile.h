/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of procfs, or a regular one, read again and again as a whole; kept open, unless that
 * would keep a namespace alive.
 */
#ifndef TCX_KERNEL_PROCFILE_H
#define TCX_KERNEL_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "kernel/netns.h"

struct tcx_procfile {
	struct tcx_place place; /* its path is owned */
	int fd;			/* -1 while it is not open */
	char *text;		/* owned; what the last read gave */
	size_t len;
	size_t capacity;
	uint64_t looked_ns; /* when the path was last checked; 0: look now */
	bool optional;	    /* may be missing: then looked for once a second */
	bool present;	    /* the last read found it, readable or not */
};

/* Takes ownership of the place's path. Opens nothing yet. */
void tcx_procfile_init(struct tcx_procfile *file, struct tcx_place place, bool optional);

/* Closes the file and frees what it owns. */
void tcx_procfile_close(struct tcx_procfile *file);

/*
 * Reads the whole file into text; a missing file is no fault but not present. Procfs writes a file
 * anew for each read from its beginning, one that is a single record as one consistent copy, and
 * one of many lines page by page (seq_read_iter()). Notices within a second of now_ns
 * (tcx_clock_now()) that the file was replaced or removed, or that an optional one appeared. fault
 * must not be NULL.
 */
bool tcx_procfile_read(struct tcx_procfile *file, uint64_t now_ns, struct tcx_fault *fault);

/* Frees the text; the next read has room for as much at once. */
void tcx_procfile_drop_text(struct tcx_procfile *file);

/* Closes the file and frees its text: the next read opens the path anew. */
void tcx_procfile_reset(struct tcx_procfile *file);

#endif
