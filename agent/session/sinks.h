/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The receivers of a master's notifications: a session with each once there is something to send,
 * and what becomes of that. On the main loop, which waits for none of them.
 */
#ifndef TCX_SESSION_SINKS_H
#define TCX_SESSION_SINKS_H

#include <stdbool.h>

#include "config/config.h"

struct tcx_sinks;

/* Takes over from the library what it would send. NULL when memory or descriptors are short. */
struct tcx_sinks *tcx_sinks_new(void);

/* Before the library's shutdown. May be NULL. */
void tcx_sinks_free(struct tcx_sinks *sinks);

/* Those that the configuration names, which is borrowed, in place of those before. */
void tcx_sinks_set(struct tcx_sinks *sinks, const struct tcx_access *access);

/* Readable when tcx_sinks_run() has something to do. */
int tcx_sinks_fd(const struct tcx_sinks *sinks);

/* Goes on with what waited for an answer that has come. */
void tcx_sinks_run(struct tcx_sinks *sinks);

/* Whether it waits for one that no session of the library waits for. */
bool tcx_sinks_wait(const struct tcx_sinks *sinks);

#endif
