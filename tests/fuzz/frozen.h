/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole agent in the thread of a fuzzer, over counters and tables that stay as they are: so
 * what it answers can be known beforehand.
 */
#ifndef TCX_FUZZ_FROZEN_H
#define TCX_FUZZ_FROZEN_H

#include <stdbool.h>

#include "session/agentx.h"
#include "session/master.h"

/* A context with the same objects as the default one, and one that is served no more. */
#define FROZEN_OTHER "blue"
#define FROZEN_GONE  "gone"

struct frozen {
	struct tcx_agentx *agentx;
	struct tcx_master *master;
	const struct tcx_built_modules *modules;
};

/*
 * Starts it once, as a subagent that does not connect yet, or as a master that listens nowhere.
 * more: lines for its configuration.
 */
const struct frozen *frozen_start(const char *more, bool is_master);

/* Where a subagent takes its master to be. */
const char *frozen_socket(void);

/* A turn of the main loop that does not wait. */
void frozen_turn(void);

#endif
