/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a refresh costs beyond reading: tcx_sources_read() and tcx_derive(), as the collector has
 * it, against bare pread() of the same open files, in turn, so that a machine whose speed
 * drifts drifts for both. Prints both medians, the median of the ratios of the pairs, and what a
 * snapshot takes.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/read_sources.h"
#include "numbers.h"
#include "sample/derive.h"

#define PAIRS	 20001
#define FILES	 32
#define CAPACITY 65536

/* Rates and windows are there after a second, so that nearly all is worked out. */
static const struct tcx_derive_settings settings = {
	.interval_ns = TCX_NS_PER_S,
	.rate_ns = TCX_NS_PER_S,
	.window_ns = TCX_NS_PER_S,
};

static char buffer[CAPACITY];
static struct tcx_derive derive;

static uint64_t time_pread(const int *fds, size_t count)
{
	uint64_t began = tcx_clock_now();

	for (size_t i = 0; i < count; i++)
		if (pread(fds[i], buffer, sizeof(buffer), 0) < 0)
			abort();
	return tcx_clock_now() - began;
}

/* Reads, derives and publishes: *latest becomes the new snapshot. */
static uint64_t time_refresh(struct tcx_sources *sources, struct tcx_snapshot **latest)
{
	struct tcx_fault fault;
	uint64_t began = tcx_clock_now();
	struct tcx_snapshot *snapshot = tcx_sources_read(sources, &fault);

	if (snapshot == NULL)
		abort();
	tcx_derive(&derive, &settings, *latest, snapshot);
	tcx_snapshot_unref(*latest);
	*latest = snapshot;
	return tcx_clock_now() - began;
}

static size_t open_files(int *fds)
{
	size_t count = 0;
	char path[256];

	for (size_t i = 0; i < TCX_SOURCES && count < FILES; i++) {
		snprintf(path, sizeof(path), "/proc/%s", tcx_catalogue_source(i)->path);
		fds[count] = open(path, O_RDONLY | O_CLOEXEC);
		count += fds[count] >= 0;
	}
	return count;
}

int main(void)
{
	static double bare[PAIRS], refresh[PAIRS], ratio[PAIRS];
	struct tcx_netns *netns = tcx_netns_new("/proc", NULL);
	struct tcx_sources *sources = tcx_sources_new(netns, NULL);
	int fds[FILES];
	size_t count = open_files(fds);
	struct tcx_snapshot *latest = NULL;

	time_refresh(sources, &latest);
	for (size_t i = 0; i < PAIRS; i++) {
		bare[i] = (double)time_pread(fds, count);
		refresh[i] = (double)time_refresh(sources, &latest);
		ratio[i] = refresh[i] / bare[i];
	}
	printf("refresh: %.1f us, bare pread of the same %zu files: %.1f us, ratio "
	       "%.3f (target at most 1.20)\n",
	       numbers_median(refresh, PAIRS) / 1000, count, numbers_median(bare, PAIRS) / 1000,
	       numbers_median(ratio, PAIRS));
	printf("memory of a snapshot of %zu counters: %zu octets\n", latest->layout->count,
	       malloc_usable_size(latest));
	tcx_derive_clear(&derive);
	tcx_snapshot_unref(latest);
	tcx_sources_free(sources);
	tcx_netns_unref(netns);
	return 0;
}
