/* SPDX-License-Identifier: BSD-2-Clause */
/* limits: what the kernel allows, and how much of that is in use. */
#include "sample/limits.h"

#include <unistd.h>

#include "base/ratio.h"
#include "mib/objects.h"

static bool is_used(const struct tcx_request *request, enum tcx_counter counter, uint64_t *used)
{
	return tcx_snapshot_get(request->fresh, counter, request->oldest_ns, used);
}

static bool show_use(const struct tcx_request *request, enum tcx_counter counter, uint64_t limit,
		     struct tcx_value *value)
{
	uint64_t used;

	if (limit == 0 || !is_used(request, counter, &used))
		return false;
	tcx_value_gauge32_latched(value, tcx_hundredths(used, limit));
	return true;
}

static const struct tcx_limits *limits_of(const struct tcx_request *request,
					  const struct tcx_object *object)
{
	return tcx_table_row(tcx_table_of(request, object), 0);
}

/* A limit, and what the counter is of it. One that is not known is 0. */
#define LIMIT(name, limit, counter)                                                                \
	TCX_COLUMN_IF(tcx_limits, name, tcx_limits->known[TCX_LIMIT_##limit], gauge32_latched,     \
		      tcx_limits->numbers[TCX_LIMIT_##limit])                                      \
	TCX_SHOW(name##Use)                                                                        \
	{                                                                                          \
		return show_use(request, TCX_##counter,                                            \
				limits_of(request, object)->numbers[TCX_LIMIT_##limit], value);    \
	}

LIMIT(limitTcpMemPressure, TCP_MEM_PRESSURE, SockstatTcpMem)
LIMIT(limitTcpMemMax, TCP_MEM_MAX, SockstatTcpMem)
LIMIT(limitUdpMemMin, UDP_MEM_MIN, SockstatUdpMem)
LIMIT(limitUdpMemPressure, UDP_MEM_PRESSURE, SockstatUdpMem)
LIMIT(limitUdpMemMax, UDP_MEM_MAX, SockstatUdpMem)
LIMIT(limitTcpOrphans, TCP_ORPHANS, SockstatTcpOrphan)
LIMIT(limitTcpTimeWait, TCP_TIME_WAIT, SockstatTcpTw)
LIMIT(limitIpFragments, IP_FRAGMENTS, SockstatFragMemory)
LIMIT(limitIp6Fragments, IP6_FRAGMENTS, SockstatFrag6Memory)
LIMIT(limitArpEntries, ARP_ENTRIES, ArpCacheEntries)
LIMIT(limitNdiscEntries, NDISC_ENTRIES, NdiscCacheEntries)

/* This limit is among the counters. */
TCX_SHOW(limitNfConntrackUse)
{
	uint64_t limit;

	return is_used(request, TCX_NfConntrackMax, &limit) &&
	       show_use(request, TCX_NfConntrackCount, limit, value);
}

#define OCTETS(name, counter)                                                                      \
	TCX_SHOW(name)                                                                             \
	{                                                                                          \
		uint64_t pages;                                                                    \
                                                                                                   \
		if (!is_used(request, TCX_##counter, &pages))                                      \
			return false;                                                              \
		tcx_value_counter64(value, pages *(uint64_t)sysconf(_SC_PAGESIZE));                \
		return true;                                                                       \
	}

OCTETS(limitTcpMemOctets, SockstatTcpMem)
OCTETS(limitUdpMemOctets, SockstatUdpMem)
