/* SPDX-License-Identifier: BSD-2-Clause */
/* The library's words for access and sinks of notifications, of use for a master. */
#ifndef TCX_CONFIG_ACCESS_H
#define TCX_CONFIG_ACCESS_H

#include "config_files.h"
#include "snmp/netsnmp.h"

/* Takes the words over from the library; parse() gets each that is read. */
void tcx_access_register(void (*parse)(const char *word, char *text));

bool tcx_access_has(const char *word);

/* Keeps a line of one of them. */
void tcx_access_keep(struct tcx_config_reading *reading, const char *word, const char *text);

/*
 * Gives the lines of the reading to the library, in place of those before, which are back if it
 * complains of one: that is a fault of the reading.
 */
void tcx_access_apply(struct tcx_config_reading *reading, const struct tcx_access *before);

/* See tcx_config_open_target(). */
netsnmp_session *tcx_access_open(const struct tcx_access *access,
				 const struct tcx_access_line *line, bool *informs);

void tcx_access_release(struct tcx_access *access);

#endif
