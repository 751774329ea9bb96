/* SPDX-License-Identifier: BSD-2-Clause */
/* The IPv4 tables of rtnetlink: addresses, routes, neighbours. */
#ifndef TCX_KERNEL_IP_TABLES_H
#define TCX_KERNEL_IP_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/read_table.h"

/*
 * One address of this host (RFC1213 ipAddrTable), primary or secondary, of a point-to-point link
 * the near end. An address that several interfaces have is one row, the one of the lowest ifIndex:
 * so the row does not move while links come and go behind it.
 */
struct tcx_address {
	uint8_t address[4]; /* the key: IFA_LOCAL */
	uint8_t prefix_len;
	uint8_t broadcast_bit; /* the last bit of IFA_BROADCAST; 0 where there is none */
	uint32_t link;	       /* ifIndex */
};

/* RFC1213's ipRouteType. */
enum tcx_route_type {
	TCX_ROUTE_OTHER = 1,
	TCX_ROUTE_INVALID,
	TCX_ROUTE_DIRECT,
	TCX_ROUTE_INDIRECT
};

/* RFC1213's ipRouteProto. */
enum tcx_route_protocol {
	TCX_PROTOCOL_OTHER = 1,
	TCX_PROTOCOL_LOCAL,
	TCX_PROTOCOL_NETMGMT,
	TCX_PROTOCOL_ICMP,
	TCX_PROTOCOL_EGP,
	TCX_PROTOCOL_GGP,
	TCX_PROTOCOL_HELLO,
	TCX_PROTOCOL_RIP,
	TCX_PROTOCOL_IS_IS,
	TCX_PROTOCOL_ES_IS,
	TCX_PROTOCOL_CISCO_IGRP,
	TCX_PROTOCOL_BBN_SPF_IGP,
	TCX_PROTOCOL_OSPF,
	TCX_PROTOCOL_BGP
};

/*
 * One destination of the main routing table (RFC1213 ipRouteTable), what `ip route` shows. The
 * kernel may have several routes with this destination; the row is the one by which it would send a
 * packet to that very address: one that is not dead, of the longest prefix, then for no particular
 * type of service, then of the lowest metric. Only 0.0.0.0 means the default route, as RFC1213
 * says, so there the shortest prefix wins. Of a multipath route it is the weightiest next hop that
 * is alive, the first one of several.
 */
struct tcx_route {
	uint8_t destination[4]; /* the key */
	/*
	 * The gateway. Of a direct route the host's own address there: the one that the route names
	 * (RTA_PREFSRC), else the first primary one of the link. 0.0.0.0 where the gateway is not
	 * of IPv4, where the link has no address, and where packets go nowhere.
	 */
	uint8_t next_hop[4];
	uint32_t link;	    /* ifIndex; 0 where packets go nowhere */
	uint32_t metric;    /* RTA_PRIORITY; 0: the most preferred */
	uint8_t prefix_len; /* of the destination */
	uint8_t tos;	    /* type of service that it is for; 0: any */
	uint8_t type;	    /* enum tcx_route_type; other where packets are refused or dropped */
	uint8_t protocol;   /* enum tcx_route_protocol: who set it */
	bool dead;	    /* the kernel passes over it (ignore_routes_with_linkdown) */
};

/* RFC1213's ipNetToMediaType. */
enum tcx_neighbour_type {
	TCX_NEIGHBOUR_OTHER = 1,
	TCX_NEIGHBOUR_INVALID,
	TCX_NEIGHBOUR_DYNAMIC,
	TCX_NEIGHBOUR_STATIC
};

#define TCX_NEIGHBOUR_ADDRESS_MAX 32 /* MAX_ADDR_LEN */

/*
 * One neighbour (RFC1213 atTable, ipNetToMediaTable), what `ip neigh` shows. One whose hardware
 * address is being asked for, or could not be had, is a row of type invalid with an empty one: so
 * RFC1213 has a manager see that there is no mapping (atPhysAddress). Multicast and others that
 * need no resolution (NUD_NOARP) are not here, nor are proxied addresses.
 */
struct tcx_neighbour {
	uint8_t link[4];      /* ifIndex */
	uint8_t address[4];   /* the key ends here */
	uint8_t type;	      /* enum tcx_neighbour_type */
	bool hardware_known;  /* or the kernel does not tell, of one that is not invalid */
	bool ignored;	      /* its interface is (ignoreInterface) */
	uint8_t hardware_len; /* octets */
	uint8_t hardware[TCX_NEIGHBOUR_ADDRESS_MAX];
};

#endif
