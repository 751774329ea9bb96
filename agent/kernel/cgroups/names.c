/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of the cgroups that sockets are of. Each reading has a table of them, and takes from
 * that of the reading before what it knows, so that nothing else is kept and the tree is searched
 * for new ones alone.
 */
#include <string.h>

#include "base/clock.h"
#include "cgroups.h"

/* A group without sockets stays known for so long; of those no more than so many. */
#define KEEP_NS	 (600 * TCX_NS_PER_S)
#define KEEP_MAX 1000

/* When one that the tree did not have is searched for again. */
#define RETRY_NS (60 * TCX_NS_PER_S)

/* A search takes one part of so many of the time. */
#define SHARE 20

const struct tcx_table_kind tcx_cgroup_kind = {
	.row_size = sizeof(struct tcx_cgroup),
	.key_size = sizeof(uint64_t),
};

const struct tcx_cgroup *tcx_cgroup_of(const struct tcx_table *table, uint64_t id)
{
	const struct tcx_cgroup *row =
		table->names != NULL ? tcx_table_find(table->names, &id) : NULL;

	return row != NULL && row->service[0] != '\0' ? row : NULL;
}

static bool is_kept(const struct tcx_cgroup *row, uint64_t now, size_t *kept)
{
	return now - row->seen_ns <= KEEP_NS && (*kept)++ < KEEP_MAX;
}

/* Both are sorted. Groups with sockets get what is known of them, others are kept for a while. */
static bool add_known(struct tcx_table *groups, const struct tcx_table *before, uint64_t now,
		      struct tcx_fault *fault)
{
	const size_t count = groups->count;
	size_t k = 0, kept = 0;

	for (size_t i = 0; i < before->count; i++) {
		const struct tcx_cgroup *known = tcx_table_row(before, i);
		struct tcx_cgroup *row;

		while (k < count && memcmp(tcx_table_row(groups, k), known, sizeof(known->id)) < 0)
			k++;
		row = k < count ? tcx_table_edit(groups, k) : NULL;
		if (row != NULL && row->id == known->id) {
			*row = *known;
			row->seen_ns = now;
		} else if (is_kept(known, now, &kept) && !tcx_table_append(groups, known, fault)) {
			return false;
		}
	}
	return tcx_table_sort_unique(groups, fault);
}

/* Marks those that are to be searched for. */
static size_t mark_missing(struct tcx_table *groups, uint64_t now)
{
	size_t missing = 0;

	for (size_t i = 0; i < groups->count; i++) {
		struct tcx_cgroup *row = tcx_table_edit(groups, i);

		if (row->service[0] == '\0' && row->seen_ns == now &&
		    now - row->searched_ns >= RETRY_NS)
			row->searched_ns = 0;
		missing += row->searched_ns == 0;
	}
	return missing;
}

static void search(struct tcx_table *groups, const struct tcx_netns *netns, uint64_t now)
{
	const bool named = tcx_netns_where(netns) == TCX_WHERE_NAMED;
	int root = tcx_cgroup_open_root(named ? "/proc" : tcx_netns_name(netns));

	if (root >= 0)
		tcx_cgroup_search(root, groups);
	for (size_t i = 0; i < groups->count; i++) {
		struct tcx_cgroup *row = tcx_table_edit(groups, i);

		if (row->searched_ns == 0)
			row->searched_ns = now;
	}
	groups->taken_ns = now;
	groups->cost_ns = tcx_clock_now() - now;
}

bool tcx_cgroups_name(struct tcx_table *groups, const struct tcx_table *before,
		      const struct tcx_netns *netns, struct tcx_fault *fault)
{
	const uint64_t now = tcx_clock_now();

	for (size_t i = 0; i < groups->count; i++)
		((struct tcx_cgroup *)tcx_table_edit(groups, i))->seen_ns = now;
	if (!tcx_table_sort_unique(groups, fault) ||
	    (before != NULL && !add_known(groups, before, now, fault)))
		return false;
	if (before != NULL) {
		groups->taken_ns = before->taken_ns;
		groups->cost_ns = before->cost_ns;
	}
	if (mark_missing(groups, now) > 0 && now >= groups->taken_ns + SHARE * groups->cost_ns)
		search(groups, netns, now);
	return true;
}
