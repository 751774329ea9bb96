/* SPDX-License-Identifier: BSD-2-Clause */
/* The contexts beside the default one: one for each namespace that is served. On the main loop. */
#ifndef TCX_SESSION_CONTEXTS_H
#define TCX_SESSION_CONTEXTS_H

#include <stdbool.h>

#include "base/fault.h"
#include "collect/namespaces.h"
#include "session/agentx.h"

/* What all of them have in common. */
struct tcx_contexts_settings {
	struct tcx_context_settings answers; /* but for collector and tables */
	unsigned int modules;
	int priority;
};

/* Zeros at first. */
struct tcx_contexts {
	struct tcx_contexts_settings settings;
	struct tcx_namespace_list *list; /* with a reference: whose contexts there are; or NULL */
};

/*
 * Adds the contexts of namespaces that are new in a list, and removes those of others. False when
 * memory is short: as tcx_registrations_add().
 */
bool tcx_contexts_follow(struct tcx_contexts *contexts, struct tcx_agentx *agentx,
			 struct tcx_namespace_list *list, struct tcx_fault *fault);

/* Changes the settings of all; their registrations wait for tcx_registrations_apply(). */
bool tcx_contexts_set(struct tcx_contexts *contexts, struct tcx_agentx *agentx,
		      const struct tcx_contexts_settings *settings);

void tcx_contexts_clear(struct tcx_contexts *contexts);

#endif
