/* A file of procfs that is kept open and read again and again, always as a whole. */
#ifndef TCX_PROCFILE_H
#define TCX_PROCFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "tcx_fault.h"

struct tcx_procfile {
	char *path; /* owned */
	int fd;	    /* -1 while it is not open */
	char *text; /* owned; what the last read gave */
	size_t len;
	size_t capacity;
};

/* Takes over path, a malloc'ed string. Opens nothing yet. */
void tcx_procfile_init(struct tcx_procfile *file, char *path);

/* Closes the file and frees what it owns. */
void tcx_procfile_close(struct tcx_procfile *file);

/*
 * Reads the whole file into text. A file that does not exist is no fault: *present says so. One
 * pread() gives one consistent copy, because procfs writes the file anew for each read from its
 * beginning (seq_read_iter()).
 */
bool tcx_procfile_read(struct tcx_procfile *file, bool *present, struct tcx_fault *fault);

#endif
