/* SPDX-License-Identifier: BSD-2-Clause */
/* Instances of tables that are read from the kernel: index to row and back. */
#include "snmp/table_rows.h"

#include <string.h>

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
	default:

		index[0] = inet_address_octets[octets[-1]];
		return 1 + put_octets(octets, index[0], index + 1);
	}
}

/* Writes the row's index as sub-identifiers. */
static size_t put_index(const struct tcx_rows *rows, const uint8_t *key, oid *index)
{
	size_t len = 0;

	for (const struct tcx_index_field *field = rows->fields; field->as != TCX_INDEX_END;
	     field++) {
		len += put_field(field, key, index + len);
		key += field->octets;
	}
	return len;
}

/* Counts the rows with no greater index. */
static size_t rows_upto(const struct tcx_rows *rows, const struct tcx_table *table,
			const oid *index, size_t len)
{
	size_t low = 0;
	size_t high = table->count;
	oid other[MAX_OID_LEN];

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		size_t other_len = put_index(rows, tcx_table_row(table, middle), other);

		if (snmp_oid_compare(other, other_len, index, len) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static const struct tcx_table *table_of(const struct tcx_rows *rows,
					const struct tcx_request *request, enum tcx_row *otherwise)
{
	bool pending;
	const struct tcx_table *table = tcx_request_table(request, rows->table, &pending);

	*otherwise = pending ? TCX_ROW_PENDING : TCX_ROW_NONE;
	return table;
}

/*
 * A column without an index has no row, even while the table is read: the library asks so when the
 * master's GETNEXT includes the column, and takes a delegated answer for the final one.
 */
enum tcx_row tcx_table_row_find(const struct tcx_rows *rows, const struct tcx_request *request,
				const oid *index, size_t len, size_t *row)
{
	const struct tcx_table *table;
	enum tcx_row otherwise;
	oid other[MAX_OID_LEN];
	size_t upto, other_len;

	if (len == 0)
		return TCX_ROW_NONE;
	table = table_of(rows, request, &otherwise);
	if (table == NULL)
		return otherwise;
	upto = rows_upto(rows, table, index, len);
	if (upto == 0)
		return TCX_ROW_NONE;
	*row = upto - 1;
	other_len = put_index(rows, tcx_table_row(table, *row), other);
	return snmp_oid_compare(other, other_len, index, len) == 0 ? TCX_ROW_FOUND : TCX_ROW_NONE;
}

enum tcx_row tcx_table_row_after(const struct tcx_rows *rows, const struct tcx_request *request,
				 const oid *index, size_t len, size_t *row)
{
	enum tcx_row otherwise;
	const struct tcx_table *table = table_of(rows, request, &otherwise);

	if (table == NULL)
		return otherwise;
	*row = rows_upto(rows, table, index, len);
	return *row < table->count ? TCX_ROW_FOUND : TCX_ROW_NONE;
}

size_t tcx_table_row_index(const struct tcx_rows *rows, const struct tcx_request *request,
			   size_t row, oid *index)
{
	enum tcx_row otherwise;
	const struct tcx_table *table = table_of(rows, request, &otherwise);

	return put_index(rows, tcx_table_row(table, row), index);
}

enum tcx_row tcx_table_scalar_find(const struct tcx_rows *rows, const struct tcx_request *request,
				   const oid *index, size_t len, size_t *row)
{
	enum tcx_row otherwise;

	*row = 0;
	if (len != 1 || index[0] != 0)
		return TCX_ROW_NONE;
	return table_of(rows, request, &otherwise) != NULL ? TCX_ROW_FOUND : otherwise;
}

enum tcx_row tcx_table_scalar_after(const struct tcx_rows *rows, const struct tcx_request *request,
				    const oid *index, size_t len, size_t *row)
{
	static const oid zero[] = {0};

	(void)index;
	return len > 0 ? TCX_ROW_NONE : tcx_table_scalar_find(rows, request, zero, 1, row);
}

const struct tcx_table *tcx_table_of(const struct tcx_request *request,
				     const struct tcx_object *object)
{
	enum tcx_row otherwise;

	return table_of(object->rows, request, &otherwise);
}

const void *tcx_table_row_of(const struct tcx_request *request, const struct tcx_object *object,
			     size_t row)
{
	return tcx_table_row(tcx_table_of(request, object), row);
}
