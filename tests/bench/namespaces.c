/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it costs to refresh many network namespaces by one thread, as the agent does, with rates and
 * thresholds, against entering each and bare open(), read() and close() of the same files. Both go
 * through all namespaces in turn. Prints both medians for one namespace, and the median of the
 * ratios of the pairs.
 *
 * Usage: namespaces FILE... (of names, such as /run/netns/blue)
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/collect/events.h"
#include "base/clock.h"
#include "collect/collector.h"
#include "kernel/layouts.h"
#include "numbers.h"
#include "thresholds.h"

/* Pairs: fewer of many. */
#define PAIRS_MAX 2001
#define PAIRS_MIN 21
#define READINGS  5000

#define CAPACITY 65536

static char buffer[CAPACITY];

struct places {
	size_t count;
	char **files;
	struct tcx_collector **collectors;
	char paths[TCX_SOURCES][64]; /* of the files that are there */
	size_t path_count;
};

static void need(bool done, const char *what)
{
	if (done)
		return;
	fprintf(stderr, "namespaces: %s\n", what);
	exit(EXIT_FAILURE);
}

/* --- Bare --------------------------------------------------------------------------------------*/

static void enter(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	need(fd >= 0 && setns(fd, CLONE_NEWNET) == 0, file);
	close(fd);
}

static bool read_file(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	need(read(fd, buffer, sizeof(buffer)) >= 0, path);
	close(fd);
	return true;
}

static double time_bare(const struct places *places)
{
	uint64_t began = tcx_clock_now();

	for (size_t i = 0; i < places->count; i++) {
		enter(places->files[i]);
		for (size_t k = 0; k < places->path_count; k++)
			read_file(places->paths[k]);
	}
	enter("/proc/self/ns/net");
	return (double)(tcx_clock_now() - began) / (double)places->count;
}

static void find_paths(struct places *places)
{
	enter(places->files[0]);
	for (size_t i = 0; i < TCX_SOURCES; i++) {
		const char *path = tcx_catalogue_source(i)->path;

		snprintf(places->paths[places->path_count], sizeof(places->paths[0]), "/proc/%s%s",
			 strncmp(path, "sys/", 4) == 0 ? "" : "thread-self/", path);
		places->path_count += read_file(places->paths[places->path_count]);
	}
	enter("/proc/self/ns/net");
}

/* --- The agent's -------------------------------------------------------------------------------*/

static void make_collectors(struct places *places)
{
	const struct tcx_collector_settings settings = {
		.sources = {.interval_ns = TCX_NS_PER_S},
		.derive = {.interval_ns = TCX_NS_PER_S,
			   .rate_ns = TCX_NS_PER_S,
			   .window_ns = TCX_NS_PER_S},
		.max_age_ns = 10 * TCX_NS_PER_S,
		.thresholds = thresholds_make(),
	};
	struct tcx_fault fault = {""};
	struct tcx_events *events = tcx_events_new(&fault);
	struct tcx_layouts *layouts = tcx_layouts_new(NULL);

	places->collectors = calloc(places->count, sizeof(*places->collectors));
	need(events != NULL && layouts != NULL && places->collectors != NULL, "out of memory");
	for (size_t i = 0; i < places->count; i++) {
		struct tcx_netns *netns = tcx_netns_named(places->files[i], &fault);

		need(netns != NULL, fault.text);
		places->collectors[i] =
			tcx_collector_new(events, netns, layouts, &settings, 0, &fault);
		need(places->collectors[i] != NULL, fault.text);
	}
}

static double time_refresh(const struct places *places)
{
	uint64_t began = tcx_clock_now();
	int home = -1;

	for (size_t i = 0; i < places->count; i++)
		tcx_collector_run(places->collectors[i], &home);
	tcx_netns_return(&home);
	return (double)(tcx_clock_now() - began) / (double)places->count;
}

/* --- Both --------------------------------------------------------------------------------------*/

int main(int argc, char **argv)
{
	struct places places = {.count = (size_t)argc - 1, .files = argv + 1};
	static double bare[PAIRS_MAX], refresh[PAIRS_MAX], ratio[PAIRS_MAX];
	size_t pairs;

	need(argc > 1, "usage: namespaces FILE...");
	find_paths(&places);
	make_collectors(&places);
	pairs = READINGS / places.count | 1;
	pairs = pairs < PAIRS_MIN ? PAIRS_MIN : pairs > PAIRS_MAX ? PAIRS_MAX : pairs;
	time_refresh(&places);
	for (size_t i = 0; i < pairs; i++) {
		if (i % 2 == 0)
			bare[i] = time_bare(&places);
		refresh[i] = time_refresh(&places);
		if (i % 2 != 0)
			bare[i] = time_bare(&places);
		ratio[i] = refresh[i] / bare[i];
	}
	printf("refresh of %zu namespaces, with rates and %d thresholds, of each: %.1f us, to "
	       "enter "
	       "it and open, read and close the same %zu files: %.1f us, ratio %.3f (target at "
	       "most 1.25)\n",
	       places.count, THRESHOLDS, numbers_median(refresh, pairs) / 1000, places.path_count,
	       numbers_median(bare, pairs) / 1000, numbers_median(ratio, pairs));
	return 0;
}
