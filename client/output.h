/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters on standard output, as nstat prints them: lines, or JSON. */
#ifndef TCX_CLIENT_OUTPUT_H
#define TCX_CLIENT_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "counters.h"
#include "selection.h"

struct tcx_output_style {
	bool zeros;
	bool rates; /* in nstat's third column; JSON has none, as nstat's */
	bool json;
	bool pretty; /* JSON on many lines */
};

/*
 * Prints those that are selected: how much they grew since before, or, with before NULL, what they
 * are. False when writing fails.
 */
bool tcx_output(FILE *out, const struct tcx_counters *counters, const struct tcx_counters *before,
		const struct tcx_selection *selection, const struct tcx_output_style *style);

#endif
