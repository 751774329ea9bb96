/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What reading the table of connections costs beyond the bare reading of /proc/net/tcp to its end:
 * tcx_survey_read() by sock_diag and by procfs against read(2), in turn. And what all tables of TCP
 * sockets cost, each socket's memory, drops and service included, against ss, which prints the
 * first two. Prints the medians, the medians of the ratios of the rounds, and the memory that the
 * table takes.
 *
 * To be run in the network namespace of the connections, while they stand still.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "kernel/netns_reader.h"
#include "kernel/socket_tables.h"
#include "numbers.h"
#include "tests/unit/use_procfs.h"

#define ROUNDS	 31
#define CAPACITY 65536

static char buffer[CAPACITY];

/* One way to read the table. */
struct way {
	struct tcx_netns_reader *reader;
	const char *source;
	size_t rows;
	double allocated; /* octets per row */
	double ns[ROUNDS], ratio[ROUNDS];
};

static double time_bare(void)
{
	uint64_t began = tcx_clock_now();
	int fd = open("/proc/net/tcp", O_RDONLY | O_CLOEXEC);
	ssize_t len;

	do {
		len = read(fd, buffer, sizeof(buffer));
	} while (len > 0);
	if (len < 0)
		abort();
	close(fd);
	return (double)(tcx_clock_now() - began);
}

static double time_way(struct way *way)
{
	struct tcx_table *tables[TCX_TABLES], *table;
	struct tcx_fault fault;
	uint64_t began = tcx_clock_now();
	const struct tcx_survey *survey = &tcx_surveys[TCX_SURVEY_SOCKETS];
	bool done = tcx_survey_read(survey, 1U << TCX_TABLE_TCP_CONNECTIONS, tables, way->reader,
				    SIZE_MAX, &fault);
	double ns = (double)(tcx_clock_now() - began);

	table = tables[TCX_TABLE_TCP_CONNECTIONS];
	if (!done || table->count == 0)
		abort();
	way->source = table->source;
	way->rows = table->count;
	way->allocated = (double)malloc_usable_size(table->rows) / (double)table->count;
	tcx_table_unref(table);
	return ns;
}

/* The tables of the reading before are there, as in the agent. */
static double time_survey(struct tcx_netns_reader *reader)
{
	static struct tcx_table *before[TCX_TABLES];
	const unsigned int all = 1U << TCX_TABLE_TCP_CONNECTIONS | 1U << TCX_TABLE_TCP_STATES |
				 1U << TCX_TABLE_TCP_LISTENERS | 1U << TCX_TABLE_SERVICES;
	struct tcx_table *tables[TCX_TABLES];
	uint64_t began = tcx_clock_now();

	reader->before = before;
	if (!tcx_survey_read(&tcx_surveys[TCX_SURVEY_SOCKETS], all, tables, reader, SIZE_MAX, NULL))
		abort();
	reader->before = NULL;
	for (size_t id = 0; id < TCX_TABLES; id++) {
		tcx_table_unref(before[id]);
		before[id] = tables[id];
	}
	return (double)(tcx_clock_now() - began);
}

static double time_ss(void)
{
	uint64_t began = tcx_clock_now();

	if (system("exec ss -tanm >/dev/null") != 0)
		abort();
	return (double)(tcx_clock_now() - began);
}

static void show_survey(struct tcx_netns_reader *reader)
{
	static double ns[ROUNDS], ss_ns[ROUNDS], ratio[ROUNDS];

	for (int round = 0; round < ROUNDS; round++) {
		ss_ns[round] = time_ss();
		ns[round] = time_survey(reader);
		ratio[round] = ns[round] / ss_ns[round];
	}
	printf("all tables of TCP sockets, with memory, drops and services: %.1f ms, ss -tanm: "
	       "%.1f ms, ratio %.2f (target at most 1.3)\n",
	       numbers_median(ns, ROUNDS) / TCX_NS_PER_MS,
	       numbers_median(ss_ns, ROUNDS) / TCX_NS_PER_MS, numbers_median(ratio, ROUNDS));
}

static void show(struct way *way, double bare_ns)
{
	printf("table of %zu connections, read by %s: %.1f ms, bare read of /proc/net/tcp: %.1f "
	       "ms, ratio %.2f (target at most 2)\n",
	       way->rows, way->source, numbers_median(way->ns, ROUNDS) / TCX_NS_PER_MS,
	       bare_ns / TCX_NS_PER_MS, numbers_median(way->ratio, ROUNDS));
}

int main(void)
{
	static struct way ways[2];
	static double bare[ROUNDS];
	struct tcx_netns *netns = tcx_netns_new("/proc", NULL);

	for (int i = 0; i < 2; i++)
		ways[i].reader = tcx_netns_begin(netns, NULL);
	use_procfs(ways[1].reader, "to be measured");
	for (int round = 0; round < ROUNDS; round++) {
		bare[round] = time_bare();
		for (int i = 0; i < 2; i++) {
			ways[i].ns[round] = time_way(&ways[i]);
			ways[i].ratio[round] = ways[i].ns[round] / bare[round];
		}
	}
	for (int i = 0; i < 2; i++)
		show(&ways[i], numbers_median(bare, ROUNDS));
	show_survey(ways[0].reader);
	for (int i = 0; i < 2; i++)
		tcx_netns_end(ways[i].reader);
	tcx_netns_unref(netns);
	printf("memory of that table: rows of %zu octets, %.1f allocated per row (target at most "
	       "64)\n",
	       sizeof(struct tcx_connection), ways[0].allocated);
	return 0;
}
