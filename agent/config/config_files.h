/* SPDX-License-Identifier: BSD-2-Clause */
/* Configuration files while they are being read. */
#ifndef TCX_CONFIG_CONFIG_FILES_H
#define TCX_CONFIG_CONFIG_FILES_H

#include "config/config.h"

struct tcx_config_reading {
	struct tcx_config config; /* the values so far */
	const struct tcx_options *options;
	unsigned int faults;
	unsigned int files; /* that were looked through before the library read them */
	bool in_library;    /* it reads one: what it logs is about that file */
	bool shared; /* the file is not ours alone: words that we do not know are meant for others
		      */
};

/* Has the library read the files, and complains of those that cannot be. */
void tcx_config_read_files(struct tcx_config_reading *reading);

/* A fault of a file: one line in the log, which begins with the place. Counts it. */
void tcx_config_complain(struct tcx_config_reading *reading, const char *place, const char *what);

/* Complains as a line of the library's log does, in better words, or not at all. */
void tcx_config_translate(struct tcx_config_reading *reading, const char *line);

#endif
