/* SPDX-License-Identifier: BSD-2-Clause */
/* Why something failed last, as it is kept: threads share the text by reference. */
#ifndef TCX_BASE_CAUSE_H
#define TCX_BASE_CAUSE_H

#include "base/reference.h"

/* Constant. NULL: nothing has failed, as of most there are. */
struct tcx_cause {
	atomic_uint references;
	char text[];
};

TCX_REFERENCE_DECLARE(tcx_cause);

/*
 * Replaces *cause, with its reference, where the text is another one. Without memory for it there
 * is none.
 */
void tcx_cause_set(struct tcx_cause **cause, const struct tcx_fault *fault);

/* The text; empty for NULL. */
const char *tcx_cause_text(const struct tcx_cause *cause);

#endif
