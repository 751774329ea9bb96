/* SPDX-License-Identifier: BSD-2-Clause */
/* The IPv4 tables of rtnetlink: addresses, routes, neighbours. */
#ifndef TCX_KERNEL_IP_TABLES_H
#define TCX_KERNEL_IP_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

/*
 * One address of this host (RFC1213 ipAddrTable), primary or secondary; of a point-to-point link
 * the near end. If several interfaces have it, the row is that of the lowest ifIndex, so that it
 * stays while other links come and go.
 */
struct tcx_address {
	uint8_t address[4]; /* the key: IFA_LOCAL */
	uint8_t prefix_len;
	uint8_t broadcast_bit; /* the last bit of IFA_BROADCAST; 0 where there is none */
	uint32_t link;	       /* ifIndex */
};

/* RFC1213's ipRouteType, as far as rows have it. */
enum tcx_route_type { TCX_ROUTE_OTHER = 1, TCX_ROUTE_DIRECT = 3, TCX_ROUTE_INDIRECT };

/* RFC1213's ipRouteProto, likewise. */
enum tcx_route_protocol {
	TCX_PROTOCOL_OTHER = 1,
	TCX_PROTOCOL_LOCAL,
	TCX_PROTOCOL_ICMP = 4,
	TCX_PROTOCOL_RIP = 8,
	TCX_PROTOCOL_IS_IS,
	TCX_PROTOCOL_OSPF = 13,
	TCX_PROTOCOL_BGP
};

/*
 * One destination of the main routing table (RFC1213 ipRouteTable, `ip route`). Of several routes
 * to it, the row is the one by which the kernel would send a packet to that very address: not dead,
 * longest prefix, no type of service, lowest metric. RFC1213 has 0.0.0.0 for the default route
 * only, so there the shortest prefix wins. Of a multipath route it is the heaviest live next hop,
 * the first of equals.
 */
struct tcx_route {
	uint8_t destination[4]; /* the key */
	/*
	 * The gateway. For a direct route the host's own address there: RTA_PREFSRC, else the first
	 * primary one of the link. 0.0.0.0 if the gateway is not IPv4, the link has no address, or
	 * packets go nowhere.
	 */
	uint8_t next_hop[4];
	uint32_t link;	    /* ifIndex; 0 where packets go nowhere */
	uint32_t metric;    /* RTA_PRIORITY; 0: the most preferred */
	uint8_t prefix_len; /* of the destination */
	uint8_t tos;	    /* type of service; 0: any */
	uint8_t type;	    /* enum tcx_route_type; other where packets are refused or dropped */
	uint8_t protocol;   /* enum tcx_route_protocol: who set it */
	bool dead;	    /* the kernel passes over it (ignore_routes_with_linkdown) */
};

/* RFC1213's ipNetToMediaType, likewise. */
enum tcx_neighbour_type { TCX_NEIGHBOUR_INVALID = 2, TCX_NEIGHBOUR_DYNAMIC, TCX_NEIGHBOUR_STATIC };

/*
 * One neighbour (RFC1213 atTable and ipNetToMediaTable, `ip neigh`). If its hardware address is not
 * known yet, or could not be resolved, the row is invalid with an empty address, as RFC1213 wants
 * (atPhysAddress). Neighbours without resolution (NUD_NOARP), such as multicast, and proxied
 * addresses have no row.
 */
struct tcx_neighbour {
	uint8_t link[4];      /* ifIndex */
	uint8_t address[4];   /* the key ends here */
	uint8_t type;	      /* enum tcx_neighbour_type */
	bool hardware_known;  /* false: the kernel does not say it, though valid */
	bool ignored;	      /* its interface is (ignoreInterface) */
	uint8_t hardware_len; /* octets */
	uint8_t hardware[32]; /* MAX_ADDR_LEN */
};

#endif
