/* SPDX-License-Identifier: BSD-2-Clause */
/* snmpnstat -f HOSTS --health: many hosts, a line each. */
#ifndef TCX_CLIENT_FLEET_H
#define TCX_CLIENT_FLEET_H

#include <stdbool.h>
#include <stdio.h>

#include "hosts.h"

/*
 * Prints a line for each host, the worst first, and one that says how many there are of each kind.
 * contexts: what hosts have of their own is that, and is shown; a community is not.
 */
void tcx_fleet_print(FILE *out, const struct tcx_hosts *hosts, bool contexts);

/* Whether a host is unknown. */
bool tcx_fleet_lacks(const struct tcx_hosts *hosts);

#endif
