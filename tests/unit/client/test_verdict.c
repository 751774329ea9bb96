/* SPDX-License-Identifier: BSD-2-Clause */
/* A line for a host: of its thresholds, of the default limits, and of what is no answer. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/fleet.h"
#include "client/health_rows.h"
#include "client/hosts.h"
#include "client/verdict.h"

/* The value of a cell of the response; those that none is given for are noSuchInstance. */
struct given {
	int cell;
	u_char type;
	long number;
	const char *text;
};

#define VALUE(row, number)                                                                         \
	{                                                                                          \
		TCX_HEALTH_VALUES + TCX_##row, ASN_GAUGE, number, NULL                             \
	}
#define AGENT                                                                                      \
	{                                                                                          \
		TCX_HEALTH_SEQUENCE, ASN_COUNTER64, 7, NULL                                        \
	}
#define ACTIVE(number)                                                                             \
	{                                                                                          \
		TCX_HEALTH_ACTIVE, ASN_GAUGE, number, NULL                                         \
	}
#define WORST(text)                                                                                \
	{                                                                                          \
		TCX_HEALTH_WORST, ASN_OCTET_STR, 0, text                                           \
	}
#define SEVERITY(number)                                                                           \
	{                                                                                          \
		TCX_HEALTH_SEVERITY, ASN_INTEGER, number, NULL                                     \
	}
#define GIVEN_MAX 6

static const struct row {
	struct given given[GIVEN_MAX]; /* ends with type 0 */
	long error;
	enum tcx_rank rank;
	const char *text;
} rows[] = {
	{{AGENT, VALUE(healthListenDrops, 0)}, 0, TCX_WELL, ""},
	{{AGENT, VALUE(healthListenDrops, 100)}, 0, TCX_WELL, ""},
	{{AGENT, VALUE(healthListenDrops, 101)},
	 0,
	 TCX_WARNING,
	 "healthListenDrops 1.01 %, of the default limit > 1 %"},
	{{AGENT, VALUE(healthListenDrops, 10000), VALUE(healthSyncookies, 500),
	  VALUE(healthTcpMemoryUse, 9600)},
	 0,
	 TCX_CRITICAL,
	 "healthTcpMemoryUse 96.00 %, of the default limit > 95 %, and 3 more"},
	{{AGENT, VALUE(healthSyncookies, 1999)},
	 0,
	 TCX_WARNING,
	 "healthSyncookies 19.99 %, of the default limit < 20 %"},
	{{AGENT, VALUE(healthConntrackInsertFails, 11)},
	 0,
	 TCX_WARNING,
	 "healthConntrackInsertFails 11 entries, of the default limit > 10"},
	{{AGENT, ACTIVE(0), VALUE(healthListenDrops, 10000)}, 0, TCX_WELL, ""},
	{{AGENT, ACTIVE(1), WORST("listen-drops"), SEVERITY(2), VALUE(healthListenDrops, 1234)},
	 0,
	 TCX_WARNING,
	 "listen-drops: healthListenDrops 12.34 %"},
	{{AGENT, ACTIVE(3), WORST("listen-drops"), SEVERITY(3)},
	 0,
	 TCX_CRITICAL,
	 "listen-drops, and 2 more"},
	{{AGENT, ACTIVE(1), WORST("mine\x1b[2J"), SEVERITY(1)}, 0, TCX_INFO, "mine\\x1b[2J"},
	{{AGENT}, 0, TCX_UNKNOWN, "its agent has no value of health now"},
	{{AGENT, ACTIVE(0)}, 0, TCX_UNKNOWN, "its agent has no value of health now"},
	{{VALUE(healthListenDrops, 0)},
	 0,
	 TCX_UNKNOWN,
	 "shows nothing of LINUX-TCPEXT-MIB: no tcpextd is connected there, or the view leaves it "
	 "out"},
	{{AGENT, ACTIVE(1), SEVERITY(2)},
	 0,
	 TCX_UNKNOWN,
	 "answers with what is no health of an agent"},
	{{AGENT, ACTIVE(0), WORST("a"), SEVERITY(2)},
	 0,
	 TCX_UNKNOWN,
	 "answers with what is no health of an agent"},
	{{AGENT, ACTIVE(1), WORST("a"), SEVERITY(4)},
	 0,
	 TCX_UNKNOWN,
	 "answers with what is no health of an agent"},
	{{AGENT, {TCX_HEALTH_VALUES, ASN_INTEGER, 5, NULL}},
	 0,
	 TCX_UNKNOWN,
	 "answers with what is no health of an agent"},
	{{AGENT},
	 16,
	 TCX_UNKNOWN,
	 "refuses the request: authorizationError (access denied to that object)"},
};

static void give(netsnmp_pdu *pdu, const struct given *given)
{
	netsnmp_variable_list *variable = pdu->variables;

	for (int i = 0; i < given->cell; i++)
		variable = variable->next_variable;
	if (given->text != NULL)
		snmp_set_var_typed_value(variable, given->type, given->text, strlen(given->text));
	else if (given->type == ASN_COUNTER64)
		snmp_set_var_typed_value(variable, given->type,
					 &(struct counter64){0, (u_long)given->number},
					 sizeof(struct counter64));
	else
		snmp_set_var_typed_integer(variable, given->type, given->number);
}

static void judge(const struct row *row, struct tcx_verdict *verdict)
{
	netsnmp_pdu *pdu = tcx_scalars_request(tcx_health_scalars, TCX_HEALTH_CELLS);

	assert_non_null(pdu);
	for (netsnmp_variable_list *each = pdu->variables; each != NULL; each = each->next_variable)
		snmp_set_var_typed_value(each, SNMP_NOSUCHINSTANCE, NULL, 0);
	for (size_t i = 0; i < GIVEN_MAX && row->given[i].type != 0; i++)
		give(pdu, &row->given[i]);
	pdu->errstat = row->error;
	tcx_verdict_take(verdict, pdu);
	snmp_free_pdu(pdu);
}

static void verdicts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct tcx_verdict verdict;

		judge(&rows[i], &verdict);
		assert_string_equal(verdict.text, rows[i].text);
		assert_int_equal(verdict.rank, rows[i].rank);
	}
}

/* The worst first, and of a rank in the order of the file; what is too long pushes its own line. */
static void lines(void **state)
{
	struct tcx_host items[] = {
		{.name = "one", .verdict = {TCX_WELL, ""}},
		{.name = "two", .own = "secret", .verdict = {TCX_WARNING, "listen-drops"}},
		{.name = "three", .verdict = {TCX_CRITICAL, "disk"}},
		{.name = "a-name-that-is-longer-than-the-columns-of-others",
		 .verdict = {TCX_UNKNOWN, "does not answer"}},
		{.name = "five", .own = "blue", .verdict = {TCX_WARNING, "mine"}},
	};
	const struct tcx_hosts hosts = {items, COUNT(items), NULL};

	(void)state;
	for (int contexts = 0; contexts < 2; contexts++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		tcx_fleet_print(out, &hosts, contexts != 0);
		fclose(out);
		assert_string_equal(
			text,
			contexts == 0
				? "three  critical  disk\n"
				  "a-name-that-is-longer-than-the-columns-of-others  unknown   "
				  "does not answer\n"
				  "two    warning   listen-drops\n"
				  "five   warning   mine\n"
				  "one    well\n"
				  "5 hosts: 1 critical, 1 unknown, 2 warning, 0 info, 1 well.\n"
				: "three       critical  disk\n"
				  "a-name-that-is-longer-than-the-columns-of-others  unknown   "
				  "does not answer\n"
				  "two@secret  warning   listen-drops\n"
				  "five@blue   warning   mine\n"
				  "one         well\n"
				  "5 hosts: 1 critical, 1 unknown, 2 warning, 0 info, 1 well.\n");
		free(text);
	}
	assert_true(tcx_fleet_lacks(&hosts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
