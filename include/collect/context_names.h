/* SPDX-License-Identifier: BSD-2-Clause */
/* What contexts of namespaces are called. The same name always makes the same one, while it is
 * free.
 */
#ifndef TCX_COLLECT_CONTEXT_NAMES_H
#define TCX_COLLECT_CONTEXT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/* Octets of a context's name that a manager can give to snmpd. */
#define TCX_CONTEXT_MAX 32

/* One that was in use once: neither the master nor the library frees it. */
struct tcx_context_name {
	char text[TCX_CONTEXT_MAX + 1];
	bool taken;
};

struct tcx_context_names {
	size_t count;
	struct tcx_context_name *all; /* owned; in their order */
};

/*
 * Takes the name of a context for a namespace of this name: the same, where it is of at most
 * TCX_CONTEXT_MAX letters, digits, dots, hyphens and underscores, and free; else what is left of
 * it, with a number made of the whole. False when there are limit names, all told, or memory is
 * short.
 */
bool tcx_context_names_take(struct tcx_context_names *names, const char *name, size_t limit,
			    char text[TCX_CONTEXT_MAX + 1]);

/* Takes the first of c1, c2 ... that is free. False likewise. */
bool tcx_context_names_take_number(struct tcx_context_names *names, size_t limit,
				   char text[TCX_CONTEXT_MAX + 1]);

/* It is free again. */
void tcx_context_names_give(struct tcx_context_names *names, const char *text);

/* Those that are free have never been: there is a new master. */
void tcx_context_names_forget(struct tcx_context_names *names);

/* Frees what it owns. */
void tcx_context_names_clear(struct tcx_context_names *names);

#endif
