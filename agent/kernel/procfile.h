/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file of procfs, or a regular one, that is kept open and read again and again, always as a
 * whole.
 */
#ifndef TCX_KERNEL_PROCFILE_H
#define TCX_KERNEL_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fault.h"

struct tcx_procfile {
	char *path; /* owned */
	int fd;	    /* -1 while it is not open */
	char *text; /* owned; what the last read gave */
	size_t len;
	size_t capacity;
	dev_t device; /* which file is open */
	ino_t inode;
	uint64_t looked_ns; /* when it was last seen what is at the path */
	bool optional;	    /* may well not exist: is looked for once a second then */
};

/* Takes over path, a malloc'ed string. Opens nothing yet. */
void tcx_procfile_init(struct tcx_procfile *file, char *path, bool optional);

/* Closes the file and frees what it owns. */
void tcx_procfile_close(struct tcx_procfile *file);

/*
 * Reads the whole file into text. A file that does not exist is no fault: *present says so. One
 * pread() gives one consistent copy, because procfs writes the file anew for each read from its
 * beginning (seq_read_iter()). A file that took the other one's place or was removed is noticed
 * within a second of now_ns, the time of tcx_clock_now(); so is an optional one that comes. fault
 * must not be NULL.
 */
bool tcx_procfile_read(struct tcx_procfile *file, uint64_t now_ns, bool *present,
		       struct tcx_fault *fault);

/* Closes the file, and gives up its text: the next read opens anew what is at the path then. */
void tcx_procfile_reset(struct tcx_procfile *file);

#endif
