/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes a reference to the newest snapshot of each namespace that is served. */
#include "collect/namespace_rows.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
	const struct tcx_namespace_row *left = a, *right = b;

	return (left->index > right->index) - (left->index < right->index);
}

struct tcx_namespace_rows *tcx_namespace_rows_new(struct tcx_namespaces *namespaces)
{
	struct tcx_namespace_list *list = tcx_namespaces_latest(namespaces);
	struct tcx_namespace_rows *rows =
		calloc(1, sizeof(*rows) + list->count * sizeof(rows->all[0]));

	for (size_t i = 0; rows != NULL && i < list->count; i++) {
		struct tcx_namespace *namespace = list->all[i];

		rows->all[rows->count++] = (struct tcx_namespace_row){
			.index = namespace->id.inode,
			.namespace = tcx_namespace_ref(namespace),
			.latest = tcx_collector_latest(namespace->collector, NULL),
		};
	}
	tcx_namespace_list_unref(list);
	if (rows != NULL)
		qsort(rows->all, rows->count, sizeof(rows->all[0]), compare);
	return rows;
}

void tcx_namespace_rows_free(struct tcx_namespace_rows *rows)
{
	for (size_t i = 0; rows != NULL && i < rows->count; i++) {
		tcx_namespace_unref(rows->all[i].namespace);
		tcx_snapshot_unref(rows->all[i].latest);
	}
	free(rows);
}
