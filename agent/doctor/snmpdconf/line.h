/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of snmpd.conf: its place, its words, and where its data go. */
#ifndef TCX_DOCTOR_SNMPDCONF_LINE_H
#define TCX_DOCTOR_SNMPDCONF_LINE_H

#include "conf.h"

#define SNMPD_WORDS_MAX 12 /* of a line; none of our directives has more */
#define SNMPD_NOTE_MAX	512

/* The place of the line. */
struct snmpd_place {
	struct tcx_snmpd_conf *conf;
	const char *path;
	unsigned int line;
	int depth;	/* of includes */
	bool elsewhere; /* in a [section] of another program */
};

char *tcx_snmpd_skip_space(char *text);

/* Ends the word at *text, removes quotes and backslashes, and returns the text behind it. */
char *tcx_snmpd_cut_word(char *text);

/*
 * Splits a line in place and returns the number of words; the others are empty. '#' at the
 * beginning of a word ends the line; within a word it is a character.
 */
size_t tcx_snmpd_split(char *text, char *word[SNMPD_WORDS_MAX]);

/* Copies a word, at most TCX_SNMPD_WORD_MAX. */
void tcx_snmpd_copy(char *to, const char *from);

/* Appends a copy of an item to a list. False when memory is short, as conf then says. */
bool tcx_snmpd_append(struct tcx_snmpd_conf *conf, void *list, size_t *count, const void *item,
		      size_t size);

/* Appends an access, unless it grants nothing or exists. */
void tcx_snmpd_add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access);

void tcx_snmpd_add_note(struct tcx_snmpd_conf *conf, const char *text);

/* Adds a note about the line. */
__attribute__((format(printf, 2, 3))) void tcx_snmpd_note(const struct snmpd_place *at,
							  const char *format, ...);

/* Parses a line that begins with a directive of access control; rest must not be empty. */
void tcx_snmpd_take_access(const struct snmpd_place *at, const char *token, char *rest);

#endif
