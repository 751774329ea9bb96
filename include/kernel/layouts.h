/* SPDX-License-Identifier: BSD-2-Clause */
/* Layouts of many namespaces, of which those that are equal are one. Threads share it by reference.
 */
#ifndef TCX_KERNEL_LAYOUTS_H
#define TCX_KERNEL_LAYOUTS_H

#include "base/reference.h"
#include "sample/layout.h"

struct tcx_layouts;

/* None yet, with one reference; NULL with a fault. */
struct tcx_layouts *tcx_layouts_new(struct tcx_fault *fault);

TCX_REFERENCE_DECLARE(tcx_layouts);

/*
 * Takes over the caller's reference to a finished layout, and returns one to the layout that is its
 * equal, which may be itself. layouts may be NULL.
 */
struct tcx_layout *tcx_layouts_share(struct tcx_layouts *layouts, struct tcx_layout *layout);

/* The one that was shared last, with a reference; NULL: there is none. layouts may be NULL. */
struct tcx_layout *tcx_layouts_likely(struct tcx_layouts *layouts);

#endif
