/* SPDX-License-Identifier: BSD-2-Clause */
/* Opens files of unknown kind without blocking. */
#ifndef TCX_KERNEL_REGULAR_H
#define TCX_KERNEL_REGULAR_H

#include "base/fault.h"

/*
 * Opens a regular file (or one of procfs) for reading; folder as openat() has it. Refuses a FIFO,
 * device or socket, which could block for ever, with EINVAL. -1 with errno and a fault.
 */
int tcx_open_regular(int folder, const char *path, struct tcx_fault *fault);

#endif
