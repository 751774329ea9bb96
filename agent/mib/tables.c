/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds the tables and scalars of mibs/tables.def to a tree. */
#include "mib/objects.h"

#include <string.h>

/* The index fields of each table, with an end before each and behind the last. */
static const struct tcx_index_field fields[] = {
#define TABLE(table, module, parent, arc, rows, of, group, title) {TCX_INDEX_END, 0},
#define INDEX(table, sub_id, object, access, as, octets, syntax, limits, text)                     \
	{TCX_INDEX_##as, octets},
#include "mibs/tables.def"
	{TCX_INDEX_END, 0},
};

/* The places of the tables' fields. */
enum {
#define TABLE(table, module, parent, arc, rows, of, group, title)	       END_BEFORE_##table,
#define INDEX(table, sub_id, object, access, as, octets, syntax, limits, text) FIELD_##object,
#include "mibs/tables.def"
};

enum table {
#define TABLE(table, module, parent, arc, rows, of, group, title)  TABLE_##table,
#define SCALARS(node, module, parent, arc, rows, of, group, title) TABLE_##node,
#include "mibs/tables.def"
};

/* The sub-ids of each parent below mib-2 or linuxTcpExtObjects. */
#define BELOW_mib_2
#define BELOW_interfaces TCX_MIB2_interfaces,
#define BELOW_at	 TCX_MIB2_at,
#define BELOW_ip	 TCX_MIB2_ip,
#define BELOW_tcp	 TCX_MIB2_tcp,
#define BELOW_udp	 TCX_MIB2_udp,
#define BELOW_linuxTcpExtObjects
#define BELOW_snapshot TCX_ARC_snapshot,

#define ROWS_KERNEL(table, of)	 TCX_ROWS_OF_TABLE(TCX_TABLE_##of, &fields[END_BEFORE_##table + 1])
#define ROWS_NUMBERED(table, of) TCX_ROWS_NUMBERED(1, TCX_##of)
#define ROWS_TYPES(table, of)	 TCX_ROWS_NUMBERED(0, TCX_ICMP_TYPES - 1)
#define ROWS_HEALTH(table, of)                                                                     \
	{                                                                                          \
		.count = tcx_numbered_count, .index = tcx_numbered_index,                          \
		.waits = tcx_health_waits, .first = 1, .last = TCX_HEALTHS                         \
	}
#define ROWS_STATES(table, of)                                                                     \
	{                                                                                          \
		.count = tcx_thresholds_rows, .index = tcx_thresholds_index                        \
	}
#define ROWS_NAMESPACES(table, of)                                                                 \
	{                                                                                          \
		.count = tcx_namespaces_count, .index = tcx_namespaces_index                       \
	}
#define ROWS_NAMED(table, of)                                                                      \
	{                                                                                          \
		.count = tcx_nstat_count, .index = tcx_nstat_index                                 \
	}
#define SCALARS_KERNEL(of) TCX_SCALARS_OF_TABLE(TCX_TABLE_##of)
#define SCALARS_PLAIN(of)  TCX_ROWS_SCALAR

#define ID(...) {__VA_ARGS__}, sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)

static const struct {
	const char *module;
	oid id[TCX_OBJECT_ID_MAX]; /* of the node, or of the table's entry */
	size_t id_len;
	struct tcx_rows rows;
} tables[] = {
#define TABLE(table, module, parent, arc, rows, of, group, title)                                  \
	{#module, ID(BELOW_##parent arc, 1), ROWS_##rows(table, of)},
#define SCALARS(node, module, parent, arc, rows, of, group, title)                                 \
	{#module, ID(BELOW_##parent arc), SCALARS_##rows(of)},
#include "mibs/tables.def"
};

static const struct {
	enum table table;
	oid sub_id;
	tcx_show *show;
	int arg;
} objects[] = {
#define INDEX_hidden(table, sub_id, object)
#define INDEX_readable(table, sub_id, object) {TABLE_##table, sub_id, tcx_show_##object, 0},
#define INDEX(table, sub_id, object, access, as, octets, syntax, limits, text)                     \
	INDEX_##access(table, sub_id, object)
#define COLUMN(table, sub_id, object, syntax, limits, unit, text)                                  \
	{TABLE_##table, sub_id, tcx_show_##object, 0},
#define COUNTED(table, sub_id, object, counter, text)                                              \
	{TABLE_##table, sub_id, tcx_show_##table, TCX_COUNTED_##object},
#include "mibs/tables.def"
};

bool tcx_add_tables(struct tcx_tree *tree, const char *word)
{
	struct tcx_object object = {.id_len = 0};

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		enum table table = objects[i].table;

		memcpy(object.id, tables[table].id, sizeof(object.id));
		object.id_len = tables[table].id_len;
		object.id[object.id_len++] = objects[i].sub_id;
		object.rows = &tables[table].rows;
		object.show = objects[i].show;
		object.arg = objects[i].arg;
		if (strcmp(tables[table].module, word) == 0 && !tcx_tree_add(tree, &object))
			return false;
	}
	return true;
}

bool tcx_add_module(struct tcx_tree *tree, const char *word)
{
	return tcx_add_mib2(tree, word) && tcx_add_tables(tree, word) &&
	       (strcmp(word, "tcpext") != 0 || (tcx_add_counters(tree) && tcx_add_health(tree)));
}
