/* SPDX-License-Identifier: BSD-2-Clause */
/* A namespace that a discovery sees: whether it is served, what it is called, and what reads it. */
#ifndef TCX_COLLECT_KNOWN_NAMESPACE_H
#define TCX_COLLECT_KNOWN_NAMESPACE_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/namespaces.h"
#include "events.h"

/* What may last of one. */
enum tcx_known_condition {
	TCX_KNOWN_RENAMED,
	TCX_KNOWN_SAME,
	TCX_KNOWN_NAMELESS,
	TCX_KNOWN_CLOSED,
	TCX_KNOWN_FAILED,
	TCX_KNOWN_CONDITIONS
};

struct tcx_known {
	struct tcx_namespace is; /* first: who has a reference to it, has one to all of this */
	enum tcx_discovery discovery;
	char *path; /* owned; where it was found last */
	bool seen;  /* by the look that goes on */
	bool served;
	struct tcx_condition conditions[TCX_KNOWN_CONDITIONS];
	/* Of the job that reads: */
	uint64_t due_ns;
	unsigned int settings; /* by which it was read */
};

/* What all of them share. */
struct tcx_serving {
	struct tcx_pool *pool;
	struct tcx_events *events;   /* borrowed */
	struct tcx_layouts *layouts; /* with a reference */
	struct tcx_context_names contexts;
	unsigned int begun; /* counts those that were served */
};

/* The caller gets a reference, to known->is. NULL: memory is short. */
struct tcx_known *tcx_known_new(enum tcx_discovery discovery,
				const struct tcx_namespace_found *found);

/*
 * Another one like it, for one that has no context and is to end: the log says once that it has
 * none. The caller gets a reference. NULL: memory is short.
 */
struct tcx_known *tcx_known_again(struct tcx_known *known, struct tcx_serving *serving);

/* The order of those that are known; 0: it is of that name and number. */
int tcx_known_compare(const struct tcx_known *known, enum tcx_discovery discovery,
		      const struct tcx_namespace_found *found);

/* It was found there now: another process of it is as good as the one before. */
void tcx_known_follow(struct tcx_known *known, const char *path);

/* Logs that it is the same as another one, which is served in its place; NULL: it is not. */
void tcx_known_note_same(struct tcx_known *known, struct tcx_serving *serving,
			 const struct tcx_fault *which);

/* Begins to serve it. False: it is gone meanwhile, or cannot be served yet, which is said. */
bool tcx_known_serve(struct tcx_known *known, struct tcx_serving *serving,
		     const struct tcx_namespaces_settings *settings);

/*
 * Nothing of it is read or reported any more; drops the caller's reference. Whoever still has it
 * can go on reading what was published of it.
 */
void tcx_known_end(struct tcx_known *known, struct tcx_serving *serving);

#endif
