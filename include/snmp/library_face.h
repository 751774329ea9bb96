/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes requests from the library, which has looked the registration up. For all that no other face
 * takes.
 */
#ifndef TCX_SNMP_LIBRARY_FACE_H
#define TCX_SNMP_LIBRARY_FACE_H

#include "snmp/netsnmp.h"

/* The handler; its myvoid is the struct tcx_context of the registration. */
Netsnmp_Node_Handler tcx_library_face_answer;

#endif
