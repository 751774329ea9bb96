/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of tables that are read from the kernel. A row begins with its index in octets; the fields
 * say how they become sub-identifiers.
 */
#ifndef TCX_SNMP_TABLE_ROWS_H
#define TCX_SNMP_TABLE_ROWS_H

#include "snmp/tree.h"

enum tcx_index_as {
	TCX_INDEX_END,		       /* no more fields */
	TCX_INDEX_OWN = TCX_INDEX_END, /* not a table of the kernel */
	TCX_INDEX_NUMBER,	       /* one sub-identifier, octets in network order */
	TCX_INDEX_SPREAD,	       /* a sub-identifier per octet, as in an IpAddress */
	TCX_INDEX_NETWORK,	       /* a NetworkAddress: 1 for internet, then as SPREAD */
	/* An InetAddress, its length first; the octet before is its type, 1 to 4. */
	TCX_INDEX_INET,
};

struct tcx_index_field {
	enum tcx_index_as as;
	uint8_t octets;
};

/* Initialisers of struct tcx_rows: for columns, and for scalars about the table as a whole. */
#define TCX_ROWS_OF_TABLE(id, index_fields)                                                        \
	{                                                                                          \
		.count = tcx_table_count, .index = tcx_table_index, .table = id,                   \
		.fields = index_fields                                                             \
	}
#define TCX_SCALARS_OF_TABLE(id)                                                                   \
	{                                                                                          \
		.count = tcx_table_count, .index = tcx_numbered_index, .scalar = true, .table = id \
	}

tcx_rows_count tcx_table_count;
tcx_rows_index tcx_table_index;

/* For show(): an object's table, which exists. */
static inline const struct tcx_table *tcx_table_of(const struct tcx_request *request,
						   const struct tcx_object *object)
{
	return request->held[object->rows->table];
}

#endif
