/* SPDX-License-Identifier: BSD-2-Clause */
/* Which net-snmp the agent runs with. */
#include "checks.h"

#include <stdio.h>

#include "snmp/netsnmp.h"

#define OLDEST_MAJOR 5
#define OLDEST_MINOR 9

/* Before 5.9 the AgentX settings of a subagent had other names (CHANGES of 5.9). */
void tcx_check_library(struct doctor *doctor)
{
	const char *version = netsnmp_get_version();
	int major = 0, minor = 0;

	if (sscanf(version, "%d.%d", &major, &minor) == 2 &&
	    (major > OLDEST_MAJOR || (major == OLDEST_MAJOR && minor >= OLDEST_MINOR)))
		OK("library: net-snmp %s", version);
	else
		WARN("library: net-snmp %s is too old: with it agentXPingInterval, agentXTimeout "
		     "and agentXRetries of tcpextd.conf do not hold; install 5.9 or later and "
		     "build tcpextd with it",
		     version);
}
