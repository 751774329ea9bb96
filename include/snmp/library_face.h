/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes requests from the library, which has looked the registration up and is told by the handler
 * what it has. For all that no other face takes.
 */
#ifndef TCX_SNMP_LIBRARY_FACE_H
#define TCX_SNMP_LIBRARY_FACE_H

#include "snmp/dispatcher.h"
#include "snmp/netsnmp.h"

/* What a handler answers from. It must outlive the handler. */
struct tcx_library_face {
	struct tcx_dispatcher *dispatcher;
	struct tcx_context *context;
	const struct tcx_tree *tree;
	size_t module; /* which of its objects are registered */
};

/* The handler; its myvoid is a struct tcx_library_face. */
Netsnmp_Node_Handler tcx_library_face_answer;

#endif
