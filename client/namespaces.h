/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --namespaces: how each network namespace of a host does, the worst first. */
#ifndef TCX_CLIENT_NAMESPACES_H
#define TCX_CLIENT_NAMESPACES_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "output.h"
#include "peer.h"
#include "selection.h"
#include "walk.h"

/* The columns of namespaceTable that are read. */
extern const struct tcx_columns tcx_namespace_columns;

/* Sorts the rows, the worst first, which keeps the order of those that are alike. */
void tcx_namespaces_sort(struct tcx_walked *walked);

/*
 * Prints a line for each row, or JSON, where a pattern matches its name or its context, if there
 * are patterns. Of the style only JSON counts.
 */
void tcx_namespaces_show(FILE *out, const struct tcx_walked *walked,
			 const struct tcx_selection *selection,
			 const struct tcx_output_style *style);

/* Reads the table, sorts it and prints it. */
bool tcx_namespaces_print(FILE *out, const struct tcx_peer *peer,
			  const struct tcx_selection *selection,
			  const struct tcx_output_style *style, struct tcx_fault *fault);

#endif
