/* SPDX-License-Identifier: BSD-2-Clause */
/* Reference counts: a holder may use the object, and whoever drops the last reference frees it. */
#ifndef TCX_BASE_REFERENCE_H
#define TCX_BASE_REFERENCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/fault.h"

/*
 * Declares type_ref(), which returns its argument, and type_unref(), whose last call frees the
 * object. Both take NULL.
 */
#define TCX_REFERENCE_DECLARE(type)                                                                \
	struct type *type##_ref(struct type *object);                                              \
	void type##_unref(struct type *object)

/* Defines them for a struct with atomic_uint references; destroy frees it with all it owns. */
#define TCX_REFERENCE_DEFINE(type, destroy)                                                        \
	struct type *type##_ref(struct type *object)                                               \
	{                                                                                          \
		if (object != NULL)                                                                \
			tcx_reference_take(&object->references);                                   \
		return object;                                                                     \
	}                                                                                          \
                                                                                                   \
	void type##_unref(struct type *object)                                                     \
	{                                                                                          \
		if (object != NULL && tcx_reference_give(&object->references))                     \
			destroy(object);                                                           \
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

/* A new object of zeros, which begins with its references: one. NULL with a fault. */
static inline void *tcx_reference_new(size_t size, struct tcx_fault *fault)
{
	atomic_uint *references = calloc(1, size);

	if (references != NULL)
		atomic_init(references, 1);
	else
		tcx_fault_set(fault, "out of memory");
	return references;
}

#endif
