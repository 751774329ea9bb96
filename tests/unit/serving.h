/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects over a snapshot, without an agent: for the tests of agent/mib. */
#ifndef TCX_UNIT_SERVING_H
#define TCX_UNIT_SERVING_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/request.h"
#include "snmp/tree.h"
#include "snmp/value.h"

/* A tree of objects and what a request would see. */
struct serving {
	struct tcx_tree tree;
	struct tcx_request request;
};

/* Below linuxTcpExtObjects: all of LINUX-TCPEXT-MIB. */
bool serving_private(struct tcx_tree *tree);

/* Of a module the scalars of one node, or the columns of one table (by the OID of its entry). */
bool serving_part(struct tcx_tree *tree, const char *word, const char *below);

/* Reads a proc root, or NULL for none yet, and builds the objects that add() adds. */
void serving_open(struct serving *serving, const char *root, bool (*add)(struct tcx_tree *tree));
void serving_close(struct serving *serving);

/*
 * What GET answers to "1.2.0" below the root, as text in a static buffer: "Counter64 5",
 * "INTEGER -1", "STRING abc", "OID 1.3.6"; "no object" and "no instance".
 */
const char *serving_get(const struct serving *serving, const char *name);

/* The same for GETNEXT, name in front: "1.2.0 Counter64 5"; "end" behind the last one. */
const char *serving_next(const struct serving *serving, const char *name);

/* A value as serving_get() writes it, in a static buffer. */
const char *serving_value(const struct tcx_value *value);

/* The sub-ids of "1.2.0". Returns how many; none for "". */
size_t serving_parse(const char *text, oid *name);

#endif
