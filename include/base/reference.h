/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference counts: a holder may use the object, and whoever drops the last reference frees it. */
#ifndef TCX_BASE_REFERENCE_H
#define TCX_BASE_REFERENCE_H

#include <stdatomic.h>
#include <stdbool.h>

/* For a new object: its maker holds the first reference. */
static inline void tcx_reference_init(atomic_uint *references)
{
	atomic_init(references, 1);
}

/* The caller must hold a reference already. */
static inline void tcx_reference_take(atomic_uint *references)
{
	atomic_fetch_add_explicit(references, 1, memory_order_relaxed);
}

/* True when it was the last one. */
static inline bool tcx_reference_give(atomic_uint *references)
{
	return atomic_fetch_sub_explicit(references, 1, memory_order_acq_rel) == 1;
}

/* Whether the caller holds the only one. */
static inline bool tcx_reference_is_last(const atomic_uint *references)
{
	return atomic_load_explicit(references, memory_order_acquire) == 1;
}

#endif
