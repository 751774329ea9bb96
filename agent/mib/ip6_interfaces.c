/* SPDX-License-Identifier: BSD-2-Clause */
/* ifIp6Table: IPv6 of each interface. */
#include "kernel/ip6_interfaces.h"

#include "mib/objects.h"

#define COLUMN_IF(...) TCX_COLUMN_IF(tcx_ip6_interface, __VA_ARGS__)

COLUMN_IF(ifIp6Name, true, escaped, tcx_ip6_interface->name)
COLUMN_IF(ifIp6DiscontinuityTime, true, ticks,
	  tcx_request_uptime_at(request, tcx_ip6_interface->since_ns))

/* All that are COUNTED. */
COLUMN_IF(ifIp6Table, tcx_ip6_interface->known[object->arg], counter64,
	  tcx_ip6_interface->numbers[object->arg])
