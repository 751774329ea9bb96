/*
 * What a varbind costs a manager: two subtrees of scalars, walked with GETBULK and fetched with
 * GETs of 60, in turn. Prints microseconds per varbind for both and the median of the ratios of the
 * pairs.
 *
 * Usage: requests ADDRESS OID COUNT OTHER-OID: the scalars OID.1.0 to OID.COUNT.0 against
 * OTHER-OID.1.0 to OTHER-OID.COUNT.0
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tcx_clock.h"
#include "tcx_netsnmp.h"

#define PAIRS	    301
#define GET_SIZE    60
#define REPETITIONS 50

struct subtree {
	oid root[MAX_OID_LEN];
	size_t root_len;
	int count;
};

static void fail(const char *what)
{
	fprintf(stderr, "requests: %s\n", what);
	exit(EXIT_FAILURE);
}

static netsnmp_pdu *ask(netsnmp_session *session, netsnmp_pdu *pdu)
{
	netsnmp_pdu *answer = NULL;

	if (snmp_synch_response(session, pdu, &answer) != STAT_SUCCESS ||
	    answer->errstat != SNMP_ERR_NOERROR)
		fail("no answer");
	return answer;
}

/* One round over all scalars with GETs; returns nanoseconds per varbind. */
static double get_all(netsnmp_session *session, const struct subtree *tree)
{
	uint64_t began = tcx_clock_now();
	oid name[MAX_OID_LEN];

	memcpy(name, tree->root, tree->root_len * sizeof(oid));
	name[tree->root_len + 1] = 0;
	for (int first = 1; first <= tree->count; first += GET_SIZE) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GET);

		for (int i = first; i < first + GET_SIZE && i <= tree->count; i++) {
			name[tree->root_len] = (oid)i;
			snmp_add_null_var(pdu, name, tree->root_len + 2);
		}
		snmp_free_pdu(ask(session, pdu));
	}
	return (double)(tcx_clock_now() - began) / tree->count;
}

/* Takes the last name of an answer. False once it lies outside the subtree. */
static bool advance(const netsnmp_pdu *answer, const struct subtree *tree, oid *name, size_t *len,
		    int *seen)
{
	for (netsnmp_variable_list *v = answer->variables; v != NULL; v = v->next_variable) {
		if (v->type == SNMP_ENDOFMIBVIEW ||
		    netsnmp_oid_is_subtree(tree->root, tree->root_len, v->name, v->name_length) !=
			    0)
			return false;
		memcpy(name, v->name, v->name_length * sizeof(oid));
		*len = v->name_length;
		(*seen)++;
	}
	return true;
}

static double walk_all(netsnmp_session *session, const struct subtree *tree)
{
	uint64_t began = tcx_clock_now();
	oid name[MAX_OID_LEN];
	size_t len = tree->root_len;
	bool inside = true;
	int seen = 0;

	memcpy(name, tree->root, len * sizeof(oid));
	while (inside && seen < tree->count) {
		netsnmp_pdu *pdu = snmp_pdu_create(SNMP_MSG_GETBULK);
		netsnmp_pdu *answer;

		pdu->non_repeaters = 0;
		pdu->max_repetitions =
			tree->count - seen < REPETITIONS ? tree->count - seen : REPETITIONS;
		snmp_add_null_var(pdu, name, len);
		answer = ask(session, pdu);
		inside = advance(answer, tree, name, &len, &seen);
		snmp_free_pdu(answer);
	}
	if (seen < tree->count)
		fail("the walk found fewer scalars than there should be");
	return (double)(tcx_clock_now() - began) / seen;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a;
	double right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *numbers)
{
	qsort(numbers, PAIRS, sizeof(numbers[0]), compare);
	return numbers[PAIRS / 2];
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
	       what, median(a) / 1000, median(b) / 1000, median(ratio));
}

static void read_subtree(struct subtree *tree, const char *text, const char *count)
{
	tree->root_len = MAX_OID_LEN - 2;
	tree->count = atoi(count);
	if (!read_objid(text, tree->root, &tree->root_len) || tree->count < 1)
		fail("wrong arguments");
}

int main(int argc, char **argv)
{
	netsnmp_session settings, *session;
	struct subtree ours, other;

	if (argc != 5)
		fail("usage: requests ADDRESS OID COUNT OTHER-OID");
	setenv("MIBS", "", 1);
	netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
	init_snmp("requests");
	read_subtree(&ours, argv[2], argv[3]);
	read_subtree(&other, argv[4], argv[3]);
	snmp_sess_init(&settings);
	settings.version = SNMP_VERSION_2c;
	settings.peername = argv[1];
	settings.community = (u_char *)"public";
	settings.community_len = strlen("public");
	session = snmp_open(&settings);
	if (session == NULL)
		fail("no session");
	race("bulk walk", walk_all, session, &ours, &other);
	race("GETs of 60", get_all, session, &ours, &other);
	snmp_close(session);
	return 0;
}
