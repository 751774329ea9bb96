/* SPDX-License-Identifier: BSD-2-Clause */
/* Cells of LINUX-TCPEXT-MIB, and scalars of it, which are got in one PDU. */
#ifndef TCX_CLIENT_SCALARS_H
#define TCX_CLIENT_SCALARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "base/text.h"
#include "netsnmp.h"
#include "peer.h"

#define TCX_TEXT_MAX 64 /* octets of a text; longer ones are cut */

/* What a host does not have, or cannot tell, is not known. */
struct tcx_cell {
	bool known;
	u_char type; /* ASN_COUNTER64 ... */
	uint64_t number;
	char text[TCX_ESCAPED_SIZE(TCX_TEXT_MAX)]; /* fit to be shown; empty unless it is a text */
};

/*
 * Puts the value of a variable into a cell, or that it has none. False: it is of another type than
 * this one; 0 is any.
 */
bool tcx_cell_take(struct tcx_cell *cell, const netsnmp_variable_list *variable, u_char type);

/* A scalar, by the sub-ids of its node and its own. */
struct tcx_scalar {
	oid node, sub_id;
};

/* A GET of scalars; NULL where memory is short. */
netsnmp_pdu *tcx_scalars_request(const struct tcx_scalar *scalars, size_t count);

/* Puts the response into as many cells. False: it has others, or of other types, than were asked
 * for. */
bool tcx_scalars_take(const netsnmp_pdu *response, const struct tcx_scalar *scalars, size_t count,
		      struct tcx_cell *cells);

/* Gets scalars into as many cells; a host that lacks the first one has no agent. */
bool tcx_get_scalars(const struct tcx_peer *peer, const struct tcx_scalar *scalars, size_t count,
		     struct tcx_cell *cells, struct tcx_fault *fault);

#endif
