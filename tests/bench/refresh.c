/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a refresh costs beyond reading: tcx_sources_read(), tcx_derive() and, of 50 thresholds,
 * tcx_watch_step(), as the collector has it, against bare pread() of the same open files, in turn,
 * so that a machine whose speed drifts drifts for both. Prints both medians, the median of the
 * ratios of the pairs, and what a snapshot takes.
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
#include "sample/watch.h"
#include "thresholds.h"

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

static uint64_t time_pread(const int *fds, size_t count)
{
	uint64_t began = tcx_clock_now();

	for (size_t i = 0; i < count; i++)
		if (pread(fds[i], buffer, sizeof(buffer), 0) < 0)
			abort();
	return tcx_clock_now() - began;
}

/* What a refresh has. */
struct refresher {
	struct tcx_sources *sources;
	struct tcx_derive derive;
	struct tcx_thresholds *thresholds;
	struct tcx_watch watch;
	struct tcx_snapshot *latest;
	double derived_ns; /* the part of the last refresh that is not reading, */
	double watched_ns; /* and of that for thresholds */
};

static void watch(struct refresher *refresher, struct tcx_snapshot *snapshot)
{
	const struct tcx_observed observed = {.snapshot = snapshot, .gap_ns = 10 * TCX_NS_PER_S};
	const struct tcx_states *before =
		refresher->latest != NULL ? refresher->latest->states : NULL;

	snapshot->states =
		tcx_watch_step(&refresher->watch, refresher->thresholds, before, &observed);
	if (snapshot->states == NULL)
		abort();
}

/* Reads, derives and publishes: latest becomes the new snapshot. */
static uint64_t time_refresh(struct refresher *refresher)
{
	struct tcx_fault fault;
	uint64_t began = tcx_clock_now(), read, derived;
	struct tcx_snapshot *snapshot = tcx_sources_read(refresher->sources, &fault);

	if (snapshot == NULL)
		abort();
	read = tcx_clock_now();
	tcx_derive(&refresher->derive, &settings, refresher->latest, snapshot);
	derived = tcx_clock_now();
	watch(refresher, snapshot);
	refresher->watched_ns = (double)(tcx_clock_now() - derived);
	refresher->derived_ns = (double)(tcx_clock_now() - read);
	tcx_snapshot_unref(refresher->latest);
	refresher->latest = snapshot;
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

static void print_memory(const struct tcx_snapshot *snapshot)
{
	printf("memory of a snapshot of %zu counters: %zu octets, of its rates %zu, of its since "
	       "and of each growth %zu\n",
	       snapshot->layout->count, malloc_usable_size((void *)snapshot),
	       malloc_usable_size(snapshot->rates), malloc_usable_size(snapshot->since));
	printf("of the states of %d thresholds: %zu octets\n", THRESHOLDS,
	       malloc_usable_size(snapshot->states->items));
}

int main(void)
{
	static double bare[PAIRS], refresh[PAIRS], derived[PAIRS], ratio[PAIRS], part[PAIRS];
	static double watched[PAIRS];
	struct tcx_netns *netns = tcx_netns_new("/proc", NULL);
	struct refresher refresher = {.sources = tcx_sources_new(netns, NULL),
				      .thresholds = thresholds_make()};
	int fds[FILES];
	size_t count = open_files(fds);

	time_refresh(&refresher);
	for (size_t i = 0; i < PAIRS; i++) {
		bare[i] = (double)time_pread(fds, count);
		refresh[i] = (double)time_refresh(&refresher);
		derived[i] = refresher.derived_ns;
		watched[i] = refresher.watched_ns;
		ratio[i] = refresh[i] / bare[i];
		part[i] = derived[i] / bare[i];
	}
	printf("refresh: %.1f us, bare pread of the same %zu files: %.1f us, ratio %.3f (target at "
	       "most 1.20)\n",
	       numbers_median(refresh, PAIRS) / 1000, count, numbers_median(bare, PAIRS) / 1000,
	       numbers_median(ratio, PAIRS));
	printf("of that to derive: %.2f us, ratio to bare pread %.3f (target at most 0.15)\n",
	       numbers_median(derived, PAIRS) / 1000, numbers_median(part, PAIRS));
	printf("of that for %d thresholds: %.2f us\n", THRESHOLDS,
	       numbers_median(watched, PAIRS) / 1000);
	print_memory(refresher.latest);
	tcx_snapshot_unref(refresher.latest);
	tcx_derive_clear(&refresher.derive);
	tcx_watch_clear(&refresher.watch);
	tcx_thresholds_unref(refresher.thresholds);
	tcx_sources_free(refresher.sources);
	tcx_netns_unref(netns);
	return 0;
}
