/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a search costs for a cgroup that is not there, so that all of the tree is read, against
 * find(1), in turn. Prints the medians and the median of the ratios of the rounds.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "agent/kernel/cgroups/cgroups.h"
#include "base/clock.h"
#include "numbers.h"

#define ROUNDS 31

static double time_search(void)
{
	const struct tcx_cgroup none = {.id = UINT32_MAX};
	struct tcx_table *groups = tcx_table_new(&tcx_cgroup_kind, 1, 0, NULL);
	uint64_t began = tcx_clock_now();
	int root = tcx_cgroup_open_root("/proc");

	if (groups == NULL || !tcx_table_append(groups, &none, NULL) || root < 0)
		abort();
	groups->sorted = groups->count;
	tcx_cgroup_search(root, groups);
	tcx_table_unref(groups);
	return (double)(tcx_clock_now() - began);
}

static double time_find(int root)
{
	uint64_t began = tcx_clock_now();
	char command[64];

	snprintf(command, sizeof(command), "exec find /proc/%d/fd/%d/ -type d >/dev/null",
		 (int)getpid(), root);
	if (system(command) != 0)
		abort();
	return (double)(tcx_clock_now() - began);
}

int main(void)
{
	static double ns[ROUNDS], find_ns[ROUNDS], ratio[ROUNDS];
	int root = tcx_cgroup_open_root("/proc");

	if (root < 0) {
		printf("cgroups: skipped: no tree of cgroup2 is mounted\n");
		return 0;
	}
	for (int round = 0; round < ROUNDS; round++) {
		find_ns[round] = time_find(root);
		ns[round] = time_search();
		ratio[round] = ns[round] / find_ns[round];
	}
	printf("search of the whole tree of cgroups: %.1f ms, find -type d: %.1f ms, ratio %.2f "
	       "(target at most 0.3)\n",
	       numbers_median(ns, ROUNDS) / TCX_NS_PER_MS,
	       numbers_median(find_ns, ROUNDS) / TCX_NS_PER_MS, numbers_median(ratio, ROUNDS));
	return 0;
}
