/* SPDX-License-Identifier: BSD-2-Clause */
/* The newest snapshots of all namespaces that are served, as somebody sees them at one moment. */
#ifndef TCX_COLLECT_NAMESPACE_ROWS_H
#define TCX_COLLECT_NAMESPACE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "collect/namespaces.h"
#include "sample/snapshot.h"

struct tcx_namespace_row {
	uint32_t index;			 /* its number, which no other has now */
	struct tcx_namespace *namespace; /* with a reference */
	struct tcx_snapshot *latest;	 /* likewise; NULL before the first one */
};

/* By index. */
struct tcx_namespace_rows {
	size_t count;
	struct tcx_namespace_row all[];
};

/* Waits for no reading. NULL when memory is short. */
struct tcx_namespace_rows *tcx_namespace_rows_new(struct tcx_namespaces *namespaces);

/* May be NULL. */
void tcx_namespace_rows_free(struct tcx_namespace_rows *rows);

#endif
