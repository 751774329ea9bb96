/* SPDX-License-Identifier: BSD-2-Clause */
/* What reads the configuration: the state while files are being read, and the directives. */
#ifndef TCX_CONFIG_CONFIG_FILES_H
#define TCX_CONFIG_CONFIG_FILES_H

#include "config/config.h"
#include "sample/layout.h"

/* The library's name for the files of ours. */
#define TCX_CONFIG_TYPE "tcpextd"

/* A line that is taken once all others are. */
struct tcx_config_line {
	char *place; /* owned, both: "FILE: line N: " */
	char *text;
	bool no; /* the directive is "no" */
};

struct tcx_config_reading {
	struct tcx_config config; /* the values so far */
	const struct tcx_options *options;
	unsigned int faults;
	unsigned int files; /* that were checked before the library read them */
	bool in_library;    /* its log lines are about the file that it reads */
	bool shared;	    /* the file is not ours alone: unknown words are meant for others */
	char *place; /* where the place of this line is wanted, in TCX_CONFIG_LINE_SIZE octets */
	bool silent; /* what the library says then is for nobody */
	const char *running; /* the place of a line that the library takes after the reading */
	struct tcx_config_line *lines; /* owned, as is what follows */
	size_t line_count;
	struct tcx_layout *layout; /* what this kernel prints, once it has been read; or NULL */
	bool kernel_read;
};

/* Lets the library read the files, and reports those that cannot be read. */
void tcx_config_read_files(struct tcx_config_reading *reading);

/* Room for a line of the log; the rest of a longer one is cut. */
#define TCX_CONFIG_LINE_SIZE 1024

/* Logs a fault of a file in one line that begins with the place, and counts it; of many the first.
 */
__attribute__((format(printf, 3, 4))) void
tcx_config_complain(struct tcx_config_reading *reading, const char *place, const char *format, ...);

/* At the end: how many others there were. */
void tcx_config_count_untold(const struct tcx_config_reading *reading);

/* Where the library is reading: "FILE: line N: ". */
void tcx_config_find_place(struct tcx_config_reading *reading, char place[TCX_CONFIG_LINE_SIZE]);

/* Registers the directives with the library, which calls parse() for each that it reads. */
void tcx_directives_register(void (*parse)(const char *word, char *text));

/* Sets the defaults. */
void tcx_directives_default(struct tcx_config *config);

/*
 * Parses the value of a directive. A wrong one changes nothing; the library logs why. False: it is
 * to be taken once all others are.
 */
bool tcx_directives_take(struct tcx_config *config, const char *word, const char *text);

/* Whether a directive is of use for a master alone. */
bool tcx_directives_of_master(const char *word);

/* Keeps a line for tcx_config_take_lines(). */
void tcx_config_keep_line(struct tcx_config_reading *reading, const char *word, const char *text);

/* Takes the lines that were kept, in their order, and complains of those that are wrong. */
void tcx_config_take_lines(struct tcx_config_reading *reading);

/* Frees the lines. */
void tcx_config_drop_lines(struct tcx_config_reading *reading);

#endif
