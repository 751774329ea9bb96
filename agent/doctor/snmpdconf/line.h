/* What the files that read snmpd.conf share: conf.c the lines, access.c who may read
 * what, store.c the lists. */
#ifndef SNMPDCONF_LINE_H
#define SNMPDCONF_LINE_H

#include <stdbool.h>
#include <stddef.h>

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

struct snmpd_words {
	size_t count;
	char *word[SNMPD_WORDS_MAX]; /* in the line itself */
};

/* A directive's function gets the rest of its line, which is never empty. */
struct snmpd_directive {
	const char *token;
	void (*take)(const struct snmpd_place *at, const struct snmpd_directive *directive,
		     char *rest);
	const char *kind; /* whom it lets in */
};

/* Words of a line. */
char *tcx_snmpd_skip_space(char *text);

/* Ends the word at *text, without its quotes and backslashes, and returns what stands behind it. */
char *tcx_snmpd_cut_word(char *text);

/* A '#' at the begin of a word ends the line; inside of one it is part of it. */
void tcx_snmpd_split(char *text, struct snmpd_words *words);

/* The empty text for words that the line does not have. */
const char *tcx_snmpd_word(const struct snmpd_words *words, size_t i);

/* Copies a word of at most TCX_SNMPD_WORD_MAX. */
void tcx_snmpd_copy(char *to, const char *from);

/* Room for one item more in a list of tcx_snmpd_conf; NULL when memory is short, which conf then
 * says. */
void *tcx_snmpd_room(struct tcx_snmpd_conf *conf, void *items, size_t count, size_t size);

/* Each appends to its list. */
void tcx_snmpd_add_note(struct tcx_snmpd_conf *conf, const char *text);
void tcx_snmpd_add_subtree(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_subtree *subtree);
void tcx_snmpd_add_row(const struct snmpd_place *at, struct tcx_snmpd_row *row);
void tcx_snmpd_add_user(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_user *user);
void tcx_snmpd_add_access(struct tcx_snmpd_conf *conf, const struct tcx_snmpd_access *access);

/* A note about the line that is being read. */
__attribute__((format(printf, 2, 3))) void tcx_snmpd_note(const struct snmpd_place *at,
							  const char *format, ...);

/* The directives of access control. */
void tcx_snmpd_take_view(const struct snmpd_place *at, const struct snmpd_directive *directive,
			 char *rest);
void tcx_snmpd_take_simple(const struct snmpd_place *at, const struct snmpd_directive *directive,
			   char *rest);
void tcx_snmpd_take_auth(const struct snmpd_place *at, const struct snmpd_directive *directive,
			 char *rest);
void tcx_snmpd_take_create_user(const struct snmpd_place *at,
				const struct snmpd_directive *directive, char *rest);
void tcx_snmpd_take_com2sec(const struct snmpd_place *at, const struct snmpd_directive *directive,
			    char *rest);
void tcx_snmpd_take_group(const struct snmpd_place *at, const struct snmpd_directive *directive,
			  char *rest);
void tcx_snmpd_take_access(const struct snmpd_place *at, const struct snmpd_directive *directive,
			   char *rest);
void tcx_snmpd_take_setaccess(const struct snmpd_place *at, const struct snmpd_directive *directive,
			      char *rest);
void tcx_snmpd_take_authaccess(const struct snmpd_place *at,
			       const struct snmpd_directive *directive, char *rest);

#endif
