/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's IPv4 tables: atTable (3.3), ipAddrTable, ipRouteTable, ipNetToMediaTable (3.5). */
#include "kernel/ip_tables.h"
#include "base/octets.h"
#include "mib/objects.h"

/* RFC1213: the value of an unused metric. */
#define NO_METRIC ((uint64_t)-1)

/* Linux reassembles all that fits an IPv4 packet. */
#define REASSEMBLY_MAX 65535

static void tcx_value_mask(struct tcx_value *value, uint8_t prefix_len)
{
	uint32_t host = prefix_len < 32 ? UINT32_MAX >> prefix_len : 0;
	uint8_t octets[4];

	tcx_octets_put32(octets, ~host);
	tcx_value_address(value, octets);
}

TCX_COLUMN_OF(tcx_address, ipAdEntAddr, address, tcx_address->address)
TCX_COLUMN_OF(tcx_address, ipAdEntIfIndex, integer, tcx_address->link)
TCX_COLUMN_OF(tcx_address, ipAdEntNetMask, mask, tcx_address->prefix_len)
TCX_COLUMN_OF(tcx_address, ipAdEntBcastAddr, integer, tcx_address->broadcast_bit)
TCX_COLUMN_OF(tcx_address, ipAdEntReasmMaxSize, integer, REASSEMBLY_MAX)

TCX_COLUMN_OF(tcx_route, ipRouteDest, address, tcx_route->destination)
TCX_COLUMN_OF(tcx_route, ipRouteIfIndex, integer, tcx_route->link)
TCX_COLUMN_OF(tcx_route, ipRouteMetric1, integer,
	      tcx_route->metric < INT32_MAX ? tcx_route->metric : INT32_MAX)
TCX_COLUMN_OF(tcx_route, ipRouteMetric2, integer, NO_METRIC)
TCX_COLUMN_OF(tcx_route, ipRouteMetric3, integer, NO_METRIC)
TCX_COLUMN_OF(tcx_route, ipRouteMetric4, integer, NO_METRIC)
TCX_COLUMN_OF(tcx_route, ipRouteMetric5, integer, NO_METRIC)
TCX_COLUMN_OF(tcx_route, ipRouteNextHop, address, tcx_route->next_hop)
TCX_COLUMN_OF(tcx_route, ipRouteType, integer, tcx_route->type)
TCX_COLUMN_OF(tcx_route, ipRouteProto, integer, tcx_route->protocol)
TCX_COLUMN_OF(tcx_route, ipRouteAge, integer, 0) /* the kernel keeps none */
TCX_COLUMN_OF(tcx_route, ipRouteMask, mask, tcx_route->prefix_len)
TCX_COLUMN_OF(tcx_route, ipRouteInfo, oid, TCX_NO_OID)

/* The columns of a neighbour, which two tables show; known as in TCX_COLUMN_IF(). */
#define NEIGHBOUR_LINK(name, known)                                                                \
	TCX_COLUMN_IF(tcx_neighbour, name, known, integer, tcx_octets_get32(tcx_neighbour->link))
#define NEIGHBOUR_HARDWARE(name, known)                                                            \
	TCX_COLUMN_IF(tcx_neighbour, name, tcx_neighbour->hardware_known && (known), octets,       \
		      tcx_neighbour->hardware, tcx_neighbour->hardware_len)
#define NEIGHBOUR_ADDRESS(name, known)                                                             \
	TCX_COLUMN_IF(tcx_neighbour, name, known, address, tcx_neighbour->address)

NEIGHBOUR_LINK(ipNetToMediaIfIndex, true)
NEIGHBOUR_HARDWARE(ipNetToMediaPhysAddress, true)
NEIGHBOUR_ADDRESS(ipNetToMediaNetAddress, true)
TCX_COLUMN_OF(tcx_neighbour, ipNetToMediaType, integer, tcx_neighbour->type)

/* Leaves out interfaces of ignoreInterface. */
NEIGHBOUR_LINK(atIfIndex, !tcx_neighbour->ignored)
NEIGHBOUR_HARDWARE(atPhysAddress, !tcx_neighbour->ignored)
NEIGHBOUR_ADDRESS(atNetAddress, !tcx_neighbour->ignored)
