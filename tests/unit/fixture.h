/* SPDX-License-Identifier: BSD-2-Clause */
/* Proc roots for tests: made in a folder of their own, or those of tests/fixtures. */
#ifndef TCX_UNIT_FIXTURE_H
#define TCX_UNIT_FIXTURE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include "kernel/netns.h"
#include "kernel/read_sources.h"
#include "kernel/read_table.h"

/* One is open at a time. */
struct fixture {
	char root[PATH_MAX / 4];
};

/* Makes an empty folder. It goes away with fixture_close(), at exit, and on SIGINT and the like. */
void fixture_open(struct fixture *fixture);
void fixture_close(struct fixture *fixture);

/* Makes a file below the root, folders included, or writes an existing one anew in its place. */
void fixture_write(struct fixture *fixture, const char *path, const void *text, size_t len);
void fixture_puts(struct fixture *fixture, const char *path, const char *text);

/* Makes a folder where a file should be. */
void fixture_mkdir(struct fixture *fixture, const char *path);

/* Removes a file. */
void fixture_remove(struct fixture *fixture, const char *path);

/*
 * Copies the files that tcpextd reads from a folder that holds them side by side. Returns how many
 * there were.
 */
size_t fixture_copy_flat(struct fixture *fixture, const char *folder);

/* The whole text of a file, zero byte behind it, to be freed; NULL when there is none. */
char *fixture_text(const char *root, const char *path);

/* Below the top source directory: path to "tests/fixtures/7.3" and the like, in a static buffer. */
const char *fixture_source(const char *path);

/* A handle of a proc root. The caller gets the reference. */
struct tcx_netns *fixture_netns(const char *root);

/* The files of a proc root, to be freed. */
struct tcx_sources *fixture_sources(const char *root);

/* The tables of a survey as they are there now; procfs, if not NULL: by procfs, and why. */
bool fixture_survey(const char *root, const struct tcx_survey *survey, unsigned int wanted,
		    struct tcx_table *tables[TCX_TABLES], size_t max_rows, const char *procfs,
		    struct tcx_fault *fault);

/* One table alone, likewise. */
struct tcx_table *fixture_table(const char *root, const struct tcx_table_reader *reader,
				size_t max_rows, const char *procfs, struct tcx_fault *fault);

/* How many descriptors this process has open, give or take always the same few. */
size_t fixture_descriptors(void);

#endif
