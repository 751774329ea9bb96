/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening files that others put there: whatever they are, it does not block. */
#ifndef TCX_KERNEL_REGULAR_H
#define TCX_KERNEL_REGULAR_H

#include "base/fault.h"

/*
 * Opens a regular file, one of procfs too, to be read. A FIFO, a device or a socket is refused:
 * opening or reading it could wait for ever. -1 with errno, which is EINVAL for one of these, and
 * the reason as the fault.
 */
int tcx_open_regular(const char *path, struct tcx_fault *fault);

#endif
