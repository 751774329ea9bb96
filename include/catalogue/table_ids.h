/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables that are read from the kernel, by number. */
#ifndef TCX_TABLE_IDS_H
#define TCX_TABLE_IDS_H

enum tcx_table_id {
	TCX_TABLE_INTERFACES,
	TCX_TABLE_IP_ADDRESSES,
	TCX_TABLE_IP_ROUTES,
	TCX_TABLE_IP_NEIGHBOURS,
	TCX_TABLE_TCP_CONNECTIONS,
	TCX_TABLE_UDP_ENDPOINTS,
	TCX_TABLE_TCP_STATES,
	TCX_TABLE_TCP_LISTENERS,
	TCX_TABLES
};

#endif
