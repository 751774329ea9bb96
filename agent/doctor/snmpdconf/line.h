/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of snmpd.conf: its place, its words, and where its data go. */
#ifndef TCX_DOCTOR_SNMPDCONF_LINE_H
#define TCX_DOCTOR_SNMPDCONF_LINE_H

#include "conf.h"

/* The place of the line. */
struct snmpd_place {
	struct tcx_snmpd_conf *conf;
	const char *path;
	unsigned int line;
	int depth;	/* of includes */
	bool elsewhere; /* in a [section] of another program */
};

/* Copies a word, at most TCX_SNMPD_WORD_MAX. */
void tcx_snmpd_copy(char *to, const char *from);

/* Appends a copy of an item to a list. conf says when memory was short. */
void tcx_snmpd_append(struct tcx_snmpd_conf *conf, void *list, size_t *count, const void *item,
		      size_t size);

/* Adds a note about the line. */
__attribute__((format(printf, 2, 3))) void tcx_snmpd_note(const struct snmpd_place *at,
							  const char *format, ...);

/*
 * Parses an OID: ".1.3.6", "1.3.6.", "enterprises.8072", "SNMPv2-SMI::mib-2", ".iso.org.dod". name
 * has room for MAX_OID_LEN. False when it is malformed or has an unknown name.
 */
bool tcx_snmpd_oid(const char *text, oid *name, size_t *count);

/* Parses a line that begins with a directive of access control; rest must not be empty. */
void tcx_snmpd_take_access(const struct snmpd_place *at, const char *token, char *rest);

#endif
