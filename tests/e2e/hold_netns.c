/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Holds handles of network namespaces, reads all of them in turn by one thread, again and again,
 * and watches their links, as the agent does. For tests/e2e/test_hold_netns.py.
 *
 *     hold_netns [-k] PLACE...
 *
 * PLACE is a proc root (/proc/...) or the file of a name. Prints a line for each PLACE that cannot
 * be held, and each round one for every other: "ROUND PLACE UDPNOPORTS INTERFACES LISTENERS" or
 * "ROUND PLACE fault TEXT"; then "ROUND home" if the thread is where it was. Ends with SIGTERM. -k
 * keeps a descriptor of each namespace open, as nobody should.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns_reader.h"
#include "kernel/read_sources.h"
#include "kernel/read_table.h"

#define PLACES	 32
#define ROUND_MS 100

struct held {
	const char *place;
	struct tcx_netns *netns;
	struct tcx_sources *sources;
	uint64_t due_ns; /* when to drain at the latest */
};

static volatile sig_atomic_t stopped;

static void stop(int number)
{
	(void)number;
	stopped = 1;
}

static ino_t where(void)
{
	struct stat status;

	return stat("/proc/thread-self/ns/net", &status) == 0 ? status.st_ino : 0;
}

static bool hold(struct held *held, const char *place, struct tcx_fault *fault)
{
	held->place = place;
	held->netns = strncmp(place, "/proc/", 6) == 0 ? tcx_netns_new(place, fault)
						       : tcx_netns_named(place, fault);
	if (held->netns != NULL)
		held->sources = tcx_sources_new(held->netns, fault);
	return held->sources != NULL;
}

/* The rows of a table; -1 with a fault. */
static long rows_of(struct tcx_netns *netns, const struct tcx_table_reader *reader, bool keep,
		    struct tcx_fault *fault)
{
	struct tcx_netns_reader *there = tcx_netns_begin(netns, fault);
	const struct tcx_survey alone = {{reader}};
	struct tcx_table *tables[TCX_TABLES] = {NULL};
	long rows = -1;

	if (there != NULL)
		tcx_survey_read(&alone, 1, tables, there, SIZE_MAX, fault);
	if (keep && there != NULL)
		open("/proc/thread-self/net/snmp", O_RDONLY | O_CLOEXEC); /* for good */
	tcx_netns_end(there);
	if (tables[0] != NULL)
		rows = (long)tables[0]->count;
	tcx_table_unref(tables[0]);
	return rows;
}

/* -1: not known. */
static long no_ports(const struct tcx_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->layout->count; i++)
		if (strcmp(snapshot->layout->entries[i].name, "UdpNoPorts") == 0)
			return (long)snapshot->values[i];
	return -1;
}

static void show(unsigned int round, struct held *held, bool keep)
{
	struct tcx_fault fault = {""};
	struct tcx_snapshot *snapshot = tcx_sources_read(held->sources, &fault);
	long links = rows_of(held->netns, &tcx_links, keep, &fault);
	long listeners = rows_of(held->netns, &tcx_tcp_listeners, false, &fault);

	if (fault.text[0] != '\0')
		printf("%u %s fault %s\n", round, held->place, fault.text);
	else
		printf("%u %s %ld %ld %ld\n", round, held->place, no_ports(snapshot), links,
		       listeners);
	tcx_snapshot_unref(snapshot);
}

/* Waits for what there is to drain, for the time of a round at most. */
static void drain(struct held *held, size_t count)
{
	struct pollfd fds[PLACES];

	for (size_t i = 0; i < count; i++)
		fds[i] = (struct pollfd){.fd = tcx_netns_fd(held[i].netns), .events = POLLIN};
	poll(fds, count, ROUND_MS);
	for (size_t i = 0; i < count; i++)
		if (fds[i].revents > 0 || tcx_clock_now() >= held[i].due_ns)
			tcx_netns_drain(held[i].netns, &held[i].due_ns, NULL);
}

static size_t hold_all(struct held *held, char **places)
{
	size_t count = 0;

	for (; *places != NULL && count < PLACES; places++) {
		struct tcx_fault fault = {""};

		held[count] = (struct held){0};
		if (hold(&held[count], *places, &fault))
			count++;
		else
			printf("%s: %s\n", *places, fault.text);
	}
	return count;
}

int main(int argc, char **argv)
{
	static struct held held[PLACES];
	bool keep = argc > 1 && strcmp(argv[1], "-k") == 0;
	size_t count = hold_all(held, argv + 1 + keep);
	ino_t home = where();

	signal(SIGTERM, stop);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (unsigned int round = 0; !stopped; round++) {
		for (size_t i = 0; i < count; i++)
			show(round, &held[i], keep && round == 0);
		if (where() == home)
			printf("%u home\n", round);
		drain(held, count);
	}
	for (size_t i = 0; i < count; i++) {
		tcx_sources_free(held[i].sources);
		tcx_netns_unref(held[i].netns);
	}
	return EXIT_SUCCESS;
}
