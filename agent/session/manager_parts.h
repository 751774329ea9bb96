/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts share that answer managers. */
#ifndef TCX_SESSION_MANAGER_PARTS_H
#define TCX_SESSION_MANAGER_PARTS_H

#include <stdbool.h>
#include <stddef.h>

#include "snmp/dispatcher.h"
#include "snmp/netsnmp.h"

/* Managers ask for many names below one that is in their view with all that is below it. */
struct tcx_view {
	netsnmp_pdu *pdu; /* who asks */
	oid all[MAX_OID_LEN];
	size_t all_len; /* 0: none is known */
};

/* Whether it is in the view. */
bool tcx_view_has(struct tcx_view *view, const oid *name, size_t len);

/*
 * Makes of a name that is not in the view the first one behind all that begins so and is not in it
 * either. False: nothing more is known, so that it is behind this name.
 */
bool tcx_view_pass(const struct tcx_view *view, oid *name, size_t *len);

/* Version 1 has no Counter64: where there is one, it has nothing (RFC 3584, 4.2.2.1). */
bool tcx_view_can_have(const struct tcx_view *view, u_char type);

/* A request, and what becomes of it. */
struct tcx_work {
	const struct tcx_request *request;
	struct tcx_view view;
	const netsnmp_pdu *pdu; /* the request */
	netsnmp_pdu *answer;	/* a copy of it, to be filled */
	unsigned int waits;	/* the first varbind whose table is being read, from 1; 0: none */
	int error;		/* of SNMP, and of which varbind */
	unsigned int index;
};

struct tcx_manager_kind {
	int command;
	int statistic; /* that counts them; -1: none does */
	void (*answer)(struct tcx_work *work);
};

/* What a request is; NULL: none that we take. */
const struct tcx_manager_kind *tcx_manager_kind_of(const netsnmp_pdu *pdu);

#endif
