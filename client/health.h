/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat --health: what a host's counters say when they are put together. */
#ifndef TCX_CLIENT_HEALTH_H
#define TCX_CLIENT_HEALTH_H

#include <stdbool.h>
#include <stdio.h>

#include "base/fault.h"
#include "peer.h"
#include "selection.h"

/*
 * Prints the values of health that are not 0, or with zeros all, each with its words; of those that
 * a pattern matches, if there are patterns. Thresholds that are crossed come first.
 */
bool tcx_health_print(FILE *out, const struct tcx_peer *peer, bool zeros,
		      const struct tcx_selection *selection, struct tcx_fault *fault);

#endif
