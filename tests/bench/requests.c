/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a varbind costs: two subtrees of scalars, each served by a process of its own, are walked
 * with GETBULK and fetched with GETs of 60, in turn. Prints microseconds per varbind of both, which
 * a manager waits and which the serving process uses, and the median of the ratios of the pairs.
 *
 * Usage: requests COUNT BULK BULK-PROCESSOR GETS ADDRESS OID PROCESS OTHER-ADDRESS OTHER-OID
 * OTHER-PROCESS: the scalars OID.1.0 to OID.COUNT.0 against OTHER-OID.1.0 to OTHER-OID.COUNT.0, of
 * which the ratios should be at most BULK, BULK-PROCESSOR and GETS, each a number or "-"
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "client.h"
#include "numbers.h"

#define PAIRS	    301
#define GET_SIZE    60
#define REPETITIONS 50
#define TIMEOUT_S   10

struct subtree {
	netsnmp_session *session;
	oid root[MAX_OID_LEN];
	size_t root_len;
	int count;
	clockid_t processor; /* the processor time of all threads that serve it */
};

typedef void round_of(const struct subtree *tree);

/* One round over all scalars with GETs. */
static void get_all(const struct subtree *tree)
{
	oid name[MAX_OID_LEN];

	memcpy(name, tree->root, tree->root_len * sizeof(oid));
	name[tree->root_len + 1] = 0;
	for (int first = 1; first <= tree->count; first += GET_SIZE) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);
		netsnmp_pdu *answer;

		for (int i = first; i < first + GET_SIZE && i <= tree->count; i++) {
			name[tree->root_len] = (oid)i;
			snmp_add_null_var(pdu, name, tree->root_len + 2);
		}
		answer = client_ask(tree->session, pdu);
		if (answer == NULL)
			client_fail("no answer");
		snmp_free_pdu(answer);
	}
}

static void walk_all(const struct subtree *tree)
{
	size_t count = (size_t)tree->count;
	struct client_walk walk;

	client_walk_begin(&walk, tree->root, tree->root_len);
	while (!walk.ended && walk.rows < count) {
		size_t left = count - walk.rows;

		if (!client_walk_step(&walk, tree->session,
				      (long)(left < REPETITIONS ? left : REPETITIONS)))
			client_fail("no answer");
	}
	if (walk.rows < count)
		client_fail("the walk found fewer scalars than there should be");
}

static uint64_t processor_now(const struct subtree *tree)
{
	struct timespec time;

	if (clock_gettime(tree->processor, &time) != 0)
		client_fail("the process has ended");
	return tcx_clock_ns(&time);
}

/* Nanoseconds per varbind of both subtrees. */
typedef double costs[2][PAIRS];

static void measure(round_of *run, const struct subtree *tree, double *wall, double *processor)
{
	uint64_t processor_began = processor_now(tree);
	uint64_t began = tcx_clock_now();

	run(tree);
	*wall = (double)(tcx_clock_now() - began) / tree->count;
	*processor = (double)(processor_now(tree) - processor_began) / tree->count;
}

static void show(const char *what, const char *which, costs of, const char *target)
{
	static double ratio[PAIRS];

	for (int i = 0; i < PAIRS; i++)
		ratio[i] = of[0][i] / of[1][i];
	printf("%s, %s: %.1f us per varbind, minimal scalar group: %.1f us, ", what, which,
	       numbers_median(of[0], PAIRS) / 1000, numbers_median(of[1], PAIRS) / 1000);
	printf("ratio %.2f", numbers_median(ratio, PAIRS));
	printf(" (median of %d pairs, half of which are %.2f to %.2f", PAIRS, ratio[PAIRS / 4],
	       ratio[PAIRS * 3 / 4]);
	if (strcmp(target, "-") != 0)
		printf("; target at most %s", target);
	puts(")");
}

/* Whoever is first in one pair is second in the next. */
static void race(const char *what, round_of *run, const struct subtree *trees,
		 const char *wall_target, const char *processor_target)
{
	static costs wall, processor;

	for (int i = 0; i < PAIRS; i++)
		for (int k = 0; k < 2; k++) {
			int which = (i + k) % 2;

			measure(run, &trees[which], &wall[which][i], &processor[which][i]);
		}
	show(what, "time", wall, wall_target);
	show(what, "processor time of the agent", processor, processor_target);
}

static void read_subtree(struct subtree *tree, const char *count, char **argv)
{
	tree->root_len = MAX_OID_LEN - 2;
	tree->count = atoi(count);
	tree->session = client_open(argv[0], TIMEOUT_S);
	if (!read_objid(argv[1], tree->root, &tree->root_len) || tree->count < 1 ||
	    clock_getcpuclockid(atoi(argv[2]), &tree->processor) != 0)
		client_fail("wrong arguments");
}

int main(int argc, char **argv)
{
	struct subtree trees[2];

	if (argc != 11)
		client_fail("usage: requests COUNT BULK BULK-PROCESSOR GETS ADDRESS OID PROCESS "
			    "OTHER-ADDRESS OTHER-OID OTHER-PROCESS");
	read_subtree(&trees[0], argv[1], argv + 5);
	read_subtree(&trees[1], argv[1], argv + 8);
	race("bulk walk", walk_all, trees, argv[2], argv[3]);
	race("GETs of 60", get_all, trees, argv[4], "-");
	snmp_close(trees[0].session);
	snmp_close(trees[1].session);
	return 0;
}
