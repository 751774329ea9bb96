/* SPDX-License-Identifier: BSD-2-Clause */
/* The sub-ids of tables, nodes, columns and scalars of mibs/tables.def: TCX_ID_nstatValue ... */
#ifndef TCX_CLIENT_IDS_H
#define TCX_CLIENT_IDS_H

enum tcx_id {
#define TABLE(table, module, parent, arc, rows, of, group, title)  TCX_ID_##table = arc,
#define SCALARS(node, module, parent, arc, rows, of, group, title) TCX_ID_##node = arc,
#define COLUMN(table, sub_id, object, syntax, limits, unit, text)  TCX_ID_##object = sub_id,
#include "mibs/tables.def"
};

#endif
