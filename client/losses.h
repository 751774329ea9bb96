/* SPDX-License-Identifier: BSD-2-Clause */
/* Which listeners, UDP sockets and services of a host lose, those that lost last first. */
#ifndef TCX_CLIENT_LOSSES_H
#define TCX_CLIENT_LOSSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/fault.h"
#include "peer.h"
#include "walk.h"

struct tcx_loss {
	const char *what;	   /* "tcp", "udp" or "service" */
	struct tcx_walked_row row; /* as it was read last */
	uint64_t grown;		   /* since the first reading with it */
	uint64_t last; /* when it grew last, in the clock of base/clock.h; 0: it did not */
};

struct tcx_losses {
	struct tcx_loss *items; /* owned; in the order of the tables */
	size_t count;
};

/* The texts and the use of one, as cells. */
const struct tcx_cell *tcx_loss_name(const struct tcx_loss *loss);
const struct tcx_cell *tcx_loss_service(const struct tcx_loss *loss);
const struct tcx_cell *tcx_loss_use(const struct tcx_loss *loss);

/* Reads the tables of the host once more. False with a fault, and nothing is changed. */
bool tcx_losses_read(struct tcx_losses *losses, const struct tcx_peer *peer,
		     struct tcx_fault *fault);

/* Adds the rows of a table as they are now, by what was known before. False: memory is short. */
bool tcx_losses_add(struct tcx_losses *losses, const struct tcx_losses *before, const char *what,
		    const struct tcx_walked *walked, uint64_t now);

/* Those that lost, or all, in an array to be freed; *count is how many. NULL: memory is short. */
const struct tcx_loss **tcx_losses_sorted(const struct tcx_losses *losses, bool all, size_t *count);

void tcx_losses_clear(struct tcx_losses *losses);

#endif
