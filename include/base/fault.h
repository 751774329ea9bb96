/* SPDX-License-Identifier: BSD-2-Clause */
/* Why something failed: one line of plain text, passed up by value. */
#ifndef TCX_BASE_FAULT_H
#define TCX_BASE_FAULT_H

#include <stdbool.h>

/* Longer texts are cut. A manager can see a fault as snapshotLastFailure, of at most 255 octets. */
#define TCX_FAULT_SIZE 256

struct tcx_fault {
	char text[TCX_FAULT_SIZE]; /* no newline; empty while nothing failed */
};

/* Writes the text; fault may be NULL. Returns false: "return tcx_fault_set(fault, ...)". */
bool tcx_fault_set(struct tcx_fault *fault, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Puts "what: " in front of the text, for the layer that knows the file. Returns false. */
bool tcx_fault_prefix(struct tcx_fault *fault, const char *what);

#endif
