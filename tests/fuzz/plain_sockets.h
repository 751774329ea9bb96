/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tables of sockets must have, worked out of a list of sockets as plainly as can be: each
 * row is looked for among all, and each number is added where the headers say so.
 */
#ifndef TCX_FUZZ_PLAIN_SOCKETS_H
#define TCX_FUZZ_PLAIN_SOCKETS_H

#include "agent/kernel/sockets/sockets.h"

/* In the order in which the kernel told them. */
struct plain_sockets {
	size_t count;
	struct tcx_socket *all; /* owned */
	bool by_diag;
};

void plain_sockets_add(struct plain_sockets *sockets, const struct tcx_socket *socket);
void plain_sockets_clear(struct plain_sockets *sockets);

/* Those of the survey of sockets, by id; all are there. */
void plain_sockets_check(const struct plain_sockets *sockets, struct tcx_table *const *tables);

#endif
