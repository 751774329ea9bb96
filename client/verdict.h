/* SPDX-License-Identifier: BSD-2-Clause */
/* How a host is, in a line: the worst that its agent tells, or why it tells nothing. */
#ifndef TCX_CLIENT_VERDICT_H
#define TCX_CLIENT_VERDICT_H

#include "netsnmp.h"
#include "scalars.h"

/* The worst first. Of a host that is unknown nobody can say that it is less than critical. */
enum tcx_rank { TCX_CRITICAL, TCX_UNKNOWN, TCX_WARNING, TCX_INFO, TCX_WELL, TCX_RANKS };

struct tcx_verdict {
	enum tcx_rank rank;
	char text[TCX_ESCAPED_SIZE(TCX_TEXT_MAX) + 128]; /* may be empty; fit to be shown */
};

/* "critical" ... */
const char *tcx_rank_word(enum tcx_rank rank);

/* Unknown, for this reason. */
void tcx_verdict_unknown(struct tcx_verdict *verdict, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* What a response to a GET of tcx_health_scalars says, whatever it holds. */
void tcx_verdict_take(struct tcx_verdict *verdict, const netsnmp_pdu *response);

#endif
