/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a varbind costs a manager: two subtrees of scalars, walked with GETBULK and fetched with
 * GETs of 60, in turn. Prints microseconds per varbind for both and the median of the ratios of the
 * pairs.
 *
 * Usage: requests ADDRESS OID COUNT OTHER-OID: the scalars OID.1.0 to OID.COUNT.0 against
 * OTHER-OID.1.0 to OTHER-OID.COUNT.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client.h"
#include "numbers.h"

#define PAIRS	    301
#define GET_SIZE    60
#define REPETITIONS 50
#define TIMEOUT_S   10

struct subtree {
	oid root[MAX_OID_LEN];
	size_t root_len;
	int count;
};

/* One round over all scalars with GETs; returns nanoseconds per varbind. */
static double get_all(netsnmp_session *session, const struct subtree *tree)
{
	uint64_t began = tcx_clock_now();
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
		answer = client_ask(session, pdu);
		if (answer == NULL)
			client_fail("no answer");
		snmp_free_pdu(answer);
	}
	return (double)(tcx_clock_now() - began) / tree->count;
}

static double walk_all(netsnmp_session *session, const struct subtree *tree)
{
	uint64_t began = tcx_clock_now();
	size_t count = (size_t)tree->count;
	struct client_walk walk;

	client_walk_begin(&walk, tree->root, tree->root_len);
	while (!walk.ended && walk.rows < count) {
		size_t left = count - walk.rows;

		if (!client_walk_step(&walk, session,
				      (long)(left < REPETITIONS ? left : REPETITIONS)))
			client_fail("no answer");
	}
	if (walk.rows < count)
		client_fail("the walk found fewer scalars than there should be");
	return (double)(tcx_clock_now() - began) / tree->count;
}

static void race(const char *what, double (*run)(netsnmp_session *, const struct subtree *),
		 netsnmp_session *session, const struct subtree *ours, const struct subtree *other)
{
	static double a[PAIRS], b[PAIRS], ratio[PAIRS];

	for (int i = 0; i < PAIRS; i++) {
		a[i] = run(session, ours);
		b[i] = run(session, other);
		ratio[i] = a[i] / b[i];
	}
	printf("%s: %.1f us per varbind, minimal scalar group: %.1f us, ratio %.2f (target at most "
	       "1.10)\n",
	       what, numbers_median(a, PAIRS) / 1000, numbers_median(b, PAIRS) / 1000,
	       numbers_median(ratio, PAIRS));
}

static void read_subtree(struct subtree *tree, const char *text, const char *count)
{
	tree->root_len = MAX_OID_LEN - 2;
	tree->count = atoi(count);
	if (!read_objid(text, tree->root, &tree->root_len) || tree->count < 1)
		client_fail("wrong arguments");
}

int main(int argc, char **argv)
{
	netsnmp_session *session;
	struct subtree ours, other;

	if (argc != 5)
		client_fail("usage: requests ADDRESS OID COUNT OTHER-OID");
	session = client_open(argv[1], TIMEOUT_S);
	read_subtree(&ours, argv[2], argv[3]);
	read_subtree(&other, argv[4], argv[3]);
	race("bulk walk", walk_all, session, &ours, &other);
	race("GETs of 60", get_all, session, &ours, &other);
	snmp_close(session);
	return 0;
}
