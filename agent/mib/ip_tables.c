/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC1213's IPv4 tables: atTable (3.3), ipAddrTable, ipRouteTable, ipNetToMediaTable (3.5). */
#include "kernel/ip_tables.h"
#include "base/octets.h"
#include "mib/objects.h"

/* RFC1213: the value of an unused metric. */
#define NO_METRIC ((uint64_t)-1)

/* Linux reassembles all that fits an IPv4 packet. */
#define REASSEMBLY_MAX 65535

static void put_mask(struct tcx_value *value, uint8_t prefix_len)
{
	uint32_t mask = prefix_len > 0 ? UINT32_MAX << (32 - prefix_len) : 0;
	uint8_t octets[4];

	tcx_octets_put32(octets, mask);
	tcx_value_address(value, octets);
}

TCX_COLUMN_OF(tcx_address, ipAdEntAddr, tcx_value_address(value, tcx_address->address))
TCX_COLUMN_OF(tcx_address, ipAdEntIfIndex, tcx_value_integer(value, tcx_address->link))
TCX_COLUMN_OF(tcx_address, ipAdEntNetMask, put_mask(value, tcx_address->prefix_len))
TCX_COLUMN_OF(tcx_address, ipAdEntBcastAddr, tcx_value_integer(value, tcx_address->broadcast_bit))
TCX_COLUMN_OF(tcx_address, ipAdEntReasmMaxSize, tcx_value_integer(value, REASSEMBLY_MAX))

TCX_COLUMN_OF(tcx_route, ipRouteDest, tcx_value_address(value, tcx_route->destination))
TCX_COLUMN_OF(tcx_route, ipRouteIfIndex, tcx_value_integer(value, tcx_route->link))
TCX_COLUMN_OF(tcx_route, ipRouteMetric1,
	      tcx_value_integer(value,
				tcx_route->metric < INT32_MAX ? tcx_route->metric : INT32_MAX))
TCX_COLUMN_OF(tcx_route, ipRouteMetric2, tcx_value_integer(value, NO_METRIC))
TCX_COLUMN_OF(tcx_route, ipRouteMetric3, tcx_value_integer(value, NO_METRIC))
TCX_COLUMN_OF(tcx_route, ipRouteMetric4, tcx_value_integer(value, NO_METRIC))
TCX_COLUMN_OF(tcx_route, ipRouteMetric5, tcx_value_integer(value, NO_METRIC))
TCX_COLUMN_OF(tcx_route, ipRouteNextHop, tcx_value_address(value, tcx_route->next_hop))
TCX_COLUMN_OF(tcx_route, ipRouteType, tcx_value_integer(value, tcx_route->type))
TCX_COLUMN_OF(tcx_route, ipRouteProto, tcx_value_integer(value, tcx_route->protocol))
TCX_COLUMN_OF(tcx_route, ipRouteAge, tcx_value_integer(value, 0)) /* the kernel keeps none */
TCX_COLUMN_OF(tcx_route, ipRouteMask, put_mask(value, tcx_route->prefix_len))
TCX_COLUMN_OF(tcx_route, ipRouteInfo, tcx_value_no_oid(value))

/* The columns of a neighbour, which two tables show; known as in TCX_COLUMN_IF(). */
#define NEIGHBOUR_LINK(name, known)                                                                \
	TCX_COLUMN_IF(tcx_neighbour, name, known,                                                  \
		      tcx_value_integer(value, tcx_octets_get32(tcx_neighbour->link)))
#define NEIGHBOUR_HARDWARE(name, known)                                                            \
	TCX_COLUMN_IF(                                                                             \
		tcx_neighbour, name, tcx_neighbour->hardware_known && (known),                     \
		tcx_value_octets(value, tcx_neighbour->hardware, tcx_neighbour->hardware_len))
#define NEIGHBOUR_ADDRESS(name, known)                                                             \
	TCX_COLUMN_IF(tcx_neighbour, name, known, tcx_value_address(value, tcx_neighbour->address))

NEIGHBOUR_LINK(ipNetToMediaIfIndex, true)
NEIGHBOUR_HARDWARE(ipNetToMediaPhysAddress, true)
NEIGHBOUR_ADDRESS(ipNetToMediaNetAddress, true)
TCX_COLUMN_OF(tcx_neighbour, ipNetToMediaType, tcx_value_integer(value, tcx_neighbour->type))

/* Leaves out interfaces of ignoreInterface. */
NEIGHBOUR_LINK(atIfIndex, !tcx_neighbour->ignored)
NEIGHBOUR_HARDWARE(atPhysAddress, !tcx_neighbour->ignored)
NEIGHBOUR_ADDRESS(atNetAddress, !tcx_neighbour->ignored)
