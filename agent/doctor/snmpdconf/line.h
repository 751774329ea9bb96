/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of snmpd.conf that is being read: where it is, its words, and where what it says goes. */
#ifndef TCX_DOCTOR_SNMPDCONF_LINE_H
#define TCX_DOCTOR_SNMPDCONF_LINE_H

#include "conf.h"

#define SNMPD_WORDS_MAX 12 /* of one line; no directive of ours has more */
#define SNMPD_NOTE_MAX	512

/* Where the reading is. */
struct snmpd_place {
	struct tcx_snmpd_conf *conf;
	const char *path;
	unsigned int line;
	int depth;	/* of includes */
	bool elsewhere; /* behind a [section] of another program */
};

char *tcx_snmpd_skip_space(char *text);

/* Ends the word at *text, without its quotes and backslashes, and returns what stands behind it. */
char *tcx_snmpd_cut_word(char *text);

/*
 * Splits a line, in place, and returns the number of its words; behind them the empty text stands
 * for all that it does not have. A '#' at the begin of a word ends the line; inside of one it is
 * part of it.
 */
size_t tcx_snmpd_split(char *text, char *word[SNMPD_WORDS_MAX]);

/* Copies a word of at most TCX_SNMPD_WORD_MAX. */
void tcx_snmpd_copy(char *to, const char *from);

/* Appends a copy of an item to a list of conf. False when memory is short, which conf then says. */
bool tcx_snmpd_append(struct tcx_snmpd_conf *conf, void *list, size_t *count, const void *item,
		      size_t size);

/* Appends an access, unless it grants nothing or is there already. */
void tcx_snmpd_add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access);

void tcx_snmpd_add_note(struct tcx_snmpd_conf *conf, const char *text);

/* A note about the line that is being read. */
__attribute__((format(printf, 2, 3))) void tcx_snmpd_note(const struct snmpd_place *at,
							  const char *format, ...);

/* Takes the line where it begins with a directive of access control; rest is not empty. */
void tcx_snmpd_take_access(const struct snmpd_place *at, const char *token, char *rest);

#endif
