/* SPDX-License-Identifier: BSD-2-Clause */
/* The objects of each module, for a tree. One function per file under agent/mib. */
#ifndef TCX_MIB_OBJECTS_H
#define TCX_MIB_OBJECTS_H

#include <stdbool.h>

#include "catalogue/catalogue.h"
#include "snmp/tree.h"

/* The groups of RFC1213 that have scalars; the number is the sub-id below mib-2. */
enum tcx_mib2_group { TCX_MIB2_ip = 4, TCX_MIB2_icmp = 5, TCX_MIB2_tcp = 6, TCX_MIB2_udp = 7 };

/*
 * Root of LINUX-TCPEXT-MIB's objects, linuxTcpExtObjects, as chosen with ./configure
 * --with-mib-root.
 */
#define TCX_OBJECTS_ROOT TCX_MIB_ROOT, 1

/* Sub-ids below linuxTcpExtObjects of what is not a section of counters.def. */
enum tcx_arc {
	TCX_ARC_SNAPSHOT = 1,
	TCX_ARC_NSTAT = 2,
	TCX_ARC_ICMP6_MSG = 17,
	TCX_ARC_TCP_STATE,
	TCX_ARC_TCP_TOTAL,
	TCX_ARC_TCP_LISTEN
};

/* The sub-id below linuxTcpExtObjects of the group or table that shows a row. */
oid tcx_arc_of(const struct tcx_counter_row *row);

/* Each adds its objects to a tree; false when memory is short. */
bool tcx_add_mib2(struct tcx_tree *tree, enum tcx_mib2_group group);
bool tcx_add_counters(struct tcx_tree *tree);
bool tcx_add_icmp_types(struct tcx_tree *tree);
bool tcx_add_nstat(struct tcx_tree *tree);
bool tcx_add_snapshot(struct tcx_tree *tree);
bool tcx_add_interfaces(struct tcx_tree *tree);
bool tcx_add_at(struct tcx_tree *tree);
bool tcx_add_ip_addresses(struct tcx_tree *tree);
bool tcx_add_ip_routes(struct tcx_tree *tree);
bool tcx_add_ip_neighbours(struct tcx_tree *tree);
bool tcx_add_tcp_connections(struct tcx_tree *tree);
bool tcx_add_udp_endpoints(struct tcx_tree *tree);
bool tcx_add_tcp_states(struct tcx_tree *tree);
bool tcx_add_tcp_listeners(struct tcx_tree *tree);
bool tcx_add_table_info(struct tcx_tree *tree);
bool tcx_add_source_info(struct tcx_tree *tree);

/*
 * The scalar of RFC1213 that shows just this counter: its OID (room for 8) and length; 0 when there
 * is none.
 */
size_t tcx_mib2_object(enum tcx_counter counter, oid *object);

#endif
