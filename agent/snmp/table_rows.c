/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances of tables that are read from the kernel: index to row and back. */
#include "snmp/tree.h"

/* Octets of an InetAddress by type: ipv4(1), ipv6(2), ipv4z(3), ipv6z(4). */
static const uint8_t inet_address_octets[] = {0, 4, 16, 8, 20};

static size_t put_number(const uint8_t *octets, size_t count, oid *index)
{
	index[0] = 0;
	for (size_t i = 0; i < count; i++)
		index[0] = index[0] << 8 | octets[i];
	return 1;
}

static size_t put_octets(const uint8_t *octets, size_t count, oid *index)
{
	for (size_t i = 0; i < count; i++)
		index[i] = octets[i];
	return count;
}

static size_t put_field(const struct tcx_index_field *field, const uint8_t *octets, oid *index)
{
	switch (field->as) {
	case TCX_INDEX_NUMBER:
		return put_number(octets, field->octets, index);
	case TCX_INDEX_SPREAD:
		return put_octets(octets, field->octets, index);
	case TCX_INDEX_NETWORK:
		index[0] = 1;
		return 1 + put_octets(octets, field->octets, index + 1);
	case TCX_INDEX_TEXT:
		return put_octets(octets, 1U + octets[0], index);
	default: /* TCX_INDEX_INET: the field before it is the type of the address */
		index[0] = inet_address_octets[octets[-1]];
		return 1 + put_octets(octets, index[0], index + 1);
	}
}

enum tcx_found tcx_table_count(const struct tcx_rows *rows, const struct tcx_request *request,
			       size_t *count)
{
	bool pending;
	const struct tcx_table *table = tcx_request_table(request, rows->table, &pending);

	if (table == NULL)
		return pending ? TCX_PENDING : TCX_NO_INSTANCE;
	*count = rows->scalar ? 1 : table->count;
	return TCX_FOUND;
}

/* Of the octets that the row begins with. */
size_t tcx_table_index(const struct tcx_rows *rows, const struct tcx_request *request, size_t row,
		       oid *index)
{
	const uint8_t *key = tcx_table_row(request->held[rows->table], row);
	size_t len = 0;

	for (const struct tcx_index_field *field = rows->fields; field->as != TCX_INDEX_END;
	     field++) {
		len += put_field(field, key, index + len);
		key += field->octets;
	}
	return len;
}
