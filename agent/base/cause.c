/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the text of a fault, in as many octets as it has. */
#include "base/cause.h"

#include <string.h>

static void free_cause(struct tcx_cause *cause)
{
	free(cause);
}

TCX_REFERENCE_DEFINE(tcx_cause, free_cause)

void tcx_cause_set(struct tcx_cause **cause, const struct tcx_fault *fault)
{
	if (strcmp(tcx_cause_text(*cause), fault->text) == 0)
		return;
	tcx_cause_unref(*cause);
	*cause = tcx_reference_new(sizeof(**cause) + strlen(fault->text) + 1, NULL);
	if (*cause != NULL)
		strcpy((*cause)->text, fault->text);
}

const char *tcx_cause_text(const struct tcx_cause *cause)
{
	return cause != NULL ? cause->text : "";
}
