/* SPDX-License-Identifier: BSD-2-Clause */
/* Adds the objects that the rows of mibs/ declare to a tree. */
#ifndef TCX_MIB_OBJECTS_H
#define TCX_MIB_OBJECTS_H

#include <stdbool.h>

#include "catalogue/catalogue.h"
#include "sample/health.h"
#include "snmp/tree.h"

/* RFC1213's groups: TCX_MIB2_tcp ... The number is the sub-id below mib-2. */
enum tcx_mib2_group {
#define NODE(node, arc) TCX_MIB2_##node = arc,
#include "mibs/mib2.def"
};

/* linuxTcpExtObjects, the root of LINUX-TCPEXT-MIB's objects (./configure --with-mib-root). */
#define TCX_OBJECTS_ROOT TCX_MIB_ROOT, 1

/* The sub-ids of tables and nodes below their parents. */
enum tcx_arc {
#define TABLE(table, module, parent, arc, rows, of, group, title)  TCX_ARC_##table = arc,
#define SCALARS(node, module, parent, arc, rows, of, group, title) TCX_ARC_##node = arc,
#include "mibs/tables.def"
};

/* The sub-id below linuxTcpExtObjects of the group or table that has a row. */
oid tcx_arc_of(const struct tcx_counter_row *row);

/*
 * Adds the objects of a module by its word in tcpextd.conf, below linuxTcpExtObjects for tcpext,
 * else below mib-2. False when memory is short.
 */
bool tcx_add_module(struct tcx_tree *tree, const char *word);

/* Likewise a module of a master alone, by its name in mibs/standalone.def. */
bool tcx_add_standalone(struct tcx_tree *tree, const char *word);

/* Parts of tcx_add_module(): the scalars of mib2.def, the tables and nodes of tables.def,
 * counters.def, and health.def. */
bool tcx_add_mib2(struct tcx_tree *tree, const char *word);
bool tcx_add_tables(struct tcx_tree *tree, const char *word);
bool tcx_add_counters(struct tcx_tree *tree);
bool tcx_add_health(struct tcx_tree *tree);

/*
 * What each column and scalar of tables.def shows: tcx_show_ifMtu() ... None defines hidden ones.
 * All columns of a table that are COUNTED have one function.
 */
#define INDEX(table, sub_id, object, access, as, octets, syntax, limits, text)                     \
	tcx_show tcx_show_##object;
#define COLUMN(table, sub_id, object, syntax, limits, unit, text) tcx_show tcx_show_##object;
#define COUNTED(table, sub_id, object, counter, text)		  tcx_show tcx_show_##table;
#include "mibs/tables.def"

#define TCX_UNUSED __attribute__((unused))

/* Begins the definition of one of these. */
#define TCX_SHOW(name)                                                                             \
	bool tcx_show_##name(const struct tcx_request *request TCX_UNUSED,                         \
			     const struct tcx_object *object TCX_UNUSED, size_t row TCX_UNUSED,    \
			     struct tcx_value *value)

/*
 * Defines one: what is behind the kind of value, as in tcx_value_integer(), is of this request and
 * row, and of what is declared before; known says whether the cell has a value.
 */
#define TCX_SHOW_WITH(declaration, name, known, as, ...)                                           \
	TCX_SHOW(name)                                                                             \
	{                                                                                          \
		declaration;                                                                       \
                                                                                                   \
		if (!(known))                                                                      \
			return false;                                                              \
		tcx_value_##as(value, __VA_ARGS__);                                                \
		return true;                                                                       \
	}
#define TCX_SHOW_IF(...)       TCX_SHOW_WITH(, __VA_ARGS__)
#define TCX_SHOW_OF(name, ...) TCX_SHOW_IF(name, true, __VA_ARGS__)

/* The same for a column of a kernel table, of the row, which is named as its type. */
#define TCX_COLUMN_IF(type, ...)                                                                   \
	TCX_SHOW_WITH(const struct type *type TCX_UNUSED =                                         \
			      tcx_table_row(tcx_table_of(request, object), row),                   \
		      __VA_ARGS__)
#define TCX_COLUMN_OF(type, name, ...) TCX_COLUMN_IF(type, name, true, __VA_ARGS__)

/* The value of an oid that is none (RFC1213). */
#define TCX_NO_OID (const oid[]){0, 0}, 2

/* Where sockets are bound as text: "0.0.0.0:443", "[fe80::1%eth0]:22" (RFC 5952). */
struct tcx_bound;
void tcx_value_socket_name(struct tcx_value *value, const struct tcx_bound *bound);

/* The rows of thresholdTable. */
tcx_rows_count tcx_thresholds_rows;
tcx_rows_index tcx_thresholds_index;

/* The rows of namespaceTable. */
tcx_rows_count tcx_namespaces_count;
tcx_rows_index tcx_namespaces_index;

/* The rows of nstatTable. */
tcx_rows_count tcx_nstat_count;
tcx_rows_index tcx_nstat_index;

/* Whether a healthValue waits for a table that it is made of. */
tcx_rows_waits tcx_health_waits;

/* The scalar of RFC1213 with just this counter, room for 8: returns its length; 0: none. */
size_t tcx_mib2_object(enum tcx_counter counter, oid *object);

#endif
