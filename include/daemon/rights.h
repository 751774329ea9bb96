/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other network namespaces take: capabilities (capabilities(7)), which each thread has by
 * itself. Workers are to have those that the configuration asks for, the main thread none. Why:
 * doc/decisions/rights.md. And what a port below 1024 takes, which nobody has once it is bound.
 */
#ifndef TCX_DAEMON_RIGHTS_H
#define TCX_DAEMON_RIGHTS_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"

/* Sets of capabilities are bits. */
#define TCX_RIGHT(capability) (UINT64_C(1) << (capability))

/* Enters a namespace: setns(2). */
#define TCX_RIGHTS_TO_ENTER TCX_RIGHT(CAP_SYS_ADMIN)
/* Likewise, of a process of any user: /proc/PID/ns/net (ptrace(2), PTRACE_MODE_READ_FSCREDS). */
#define TCX_RIGHTS_TO_ENTER_PROCESS (TCX_RIGHTS_TO_ENTER | TCX_RIGHT(CAP_SYS_PTRACE))
/* Binds such a port. */
#define TCX_RIGHTS_TO_LISTEN TCX_RIGHT(CAP_NET_BIND_SERVICE)
/* All that are dealt with here. */
#define TCX_RIGHTS (TCX_RIGHTS_TO_ENTER_PROCESS | TCX_RIGHTS_TO_LISTEN)

/* Those of TCX_RIGHTS that the calling thread may use. */
uint64_t tcx_rights_held(void);

/*
 * Leaves the calling thread, and those that it starts from now on, what it may use of these alone,
 * and none for a program that is executed later. False with a fault changes nothing.
 */
bool tcx_rights_reduce(uint64_t to, struct tcx_fault *fault);

#endif
