/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of objects in a response. */
#ifndef TCX_CLIENT_TYPES_H
#define TCX_CLIENT_TYPES_H

#include "netsnmp.h"

/* ASN_COUNTER64 ... of an object, by the sub-ids of its table or node and its own; 0: unknown. */
u_char tcx_type_of(oid parent, oid sub_id);

#endif
