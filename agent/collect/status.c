/* SPDX-License-Identifier: BSD-2-Clause */
/* The references that a status has. */
#include "collect/collector.h"

void tcx_collector_status_copy(struct tcx_collector_status *to,
			       const struct tcx_collector_status *from)
{
	*to = *from;
	for (size_t i = 0; i < TCX_SOURCES; i++)
		tcx_cause_ref(to->sources[i].cause);
	tcx_cause_ref(to->last_failure);
}

void tcx_collector_status_clear(struct tcx_collector_status *status)
{
	for (size_t i = 0; i < TCX_SOURCES; i++)
		tcx_cause_unref(status->sources[i].cause);
	tcx_cause_unref(status->last_failure);
	*status = (struct tcx_collector_status){0};
}
