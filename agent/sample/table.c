/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of a table: appending, sorting, searching, counting references. */
#include "sample/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/octets.h"

struct tcx_table *tcx_table_new(const struct tcx_table_kind *kind, size_t max_rows,
				uint64_t taken_ns, struct tcx_fault *fault)
{
	struct tcx_table *table = tcx_reference_new(sizeof(*table), fault);

	if (table == NULL)
		return NULL;
	table->kind = kind;
	table->max_rows = max_rows;
	table->taken_ns = taken_ns;
	return table;
}

bool tcx_table_append(struct tcx_table *table, const void *row, struct tcx_fault *fault)
{
	if (table->count == table->max_rows) {
		table->cut = true;
		return false;
	}
	return tcx_array_append(&table->rows, &table->count, row, table->kind->row_size) ||
	       tcx_fault_set(fault, "out of memory");
}

void tcx_table_lacks(struct tcx_table *table, const char *format, ...)
{
	va_list args;

	if (table->lacking.text[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(table->lacking.text, sizeof(table->lacking.text), format, args);
	va_end(args);
}

/* Equal keys are neighbours, since the rows are sorted. */
static void merge_duplicates(struct tcx_table *table)
{
	const struct tcx_table_kind *kind = table->kind;
	uint8_t *kept = table->rows;

	for (size_t i = 1; i < table->count; i++) {
		const uint8_t *row = table->rows + i * kind->row_size;

		if (memcmp(kept, row, kind->key_size) != 0) {
			kept += kind->row_size;
			memmove(kept, row, kind->row_size);
		} else if (kind->merge != NULL) {
			kind->merge(kept, row);
		}
	}
	table->count = (size_t)(kept - table->rows) / kind->row_size + 1;
}

bool tcx_table_sort_unique(struct tcx_table *table, struct tcx_fault *fault)
{
	const struct tcx_table_kind *kind = table->kind;

	if (table->sorted == table->count)
		return true;
	if (!tcx_sort_rows(table->rows, table->count, kind->row_size, kind->key_size))
		return tcx_fault_set(fault, "out of memory");
	merge_duplicates(table);
	table->sorted = table->count;
	return true;
}

void tcx_table_trim(struct tcx_table *table)
{
	uint8_t *rows = table->count > 0
				? reallocarray(table->rows, table->count, table->kind->row_size)
				: NULL;

	if (rows != NULL)
		table->rows = rows;
}

static bool is_before(const void *table, size_t i, const void *key)
{
	const struct tcx_table_kind *kind = ((const struct tcx_table *)table)->kind;

	return memcmp(tcx_table_row(table, i), key, kind->key_size) < 0;
}

void *tcx_table_find(const struct tcx_table *table, const void *key)
{
	size_t i = tcx_search(table, table->count, key, is_before);
	bool there = i < table->count &&
		     memcmp(tcx_table_row(table, i), key, table->kind->key_size) == 0;

	return there ? table->rows + i * table->kind->row_size : NULL;
}

void *tcx_table_insert(struct tcx_table *table, const void *row, struct tcx_fault *fault)
{
	const size_t size = table->kind->row_size;
	size_t i = tcx_search(table, table->count, row, is_before);
	uint8_t *at;

	if (i < table->count && memcmp(tcx_table_row(table, i), row, table->kind->key_size) == 0)
		return tcx_table_edit(table, i);
	if (!tcx_table_append(table, row, fault))
		return NULL;
	at = tcx_table_edit(table, i);
	memmove(at + size, at, (table->count - 1 - i) * size);
	memcpy(at, row, size);
	table->sorted = table->count;
	return at;
}

void *tcx_table_find_number(const struct tcx_table *table, uint32_t number)
{
	uint8_t key[4];

	tcx_octets_put32(key, number);
	return tcx_table_find(table, key);
}

static void free_table(struct tcx_table *table)
{
	tcx_table_unref(table->notes);
	tcx_table_unref(table->names);
	free(table->rows);
	free(table);
}

TCX_REFERENCE_DEFINE(tcx_table, free_table)
