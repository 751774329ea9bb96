/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom to ask as: a community or a user of the files that may ask from here, and what that shows.
 */
#include "question.h"

#include <string.h>
#include <unistd.h>

#include "mib/modules.h"
#include "mib/objects.h"

#define SYS_OR_LAST_CHANGE 1, 3, 6, 1, 2, 1, 1, 8

/* How many of those whom the files let in are tried: each may take two seconds. */
#define ASKERS_MAX 4

/* How long a running agent may take to connect. */
#define TIMEOUT_S 5

#define SHOWS(view, ...)                                                                           \
	(vacm_checkSubtree(view, (oid[]){__VA_ARGS__},                                             \
			   sizeof((oid[]){__VA_ARGS__}) / sizeof(oid)) == VACM_SUCCESS)

static const struct tcx_snmpd_user *find_user(const struct tcx_snmpd_conf *snmpd, const char *name)
{
	for (size_t i = 0; i < snmpd->user_count; i++)
		if (strcmp(snmpd->users[i].name, name) == 0)
			return &snmpd->users[i];
	return NULL;
}

/* Whether a community may come from this host, as far as its addresses tell. */
static bool is_for_us(const char *source)
{
	return source[0] == '\0' || strcmp(source, "default") == 0 ||
	       strncmp(source, "localhost", 9) == 0 || strncmp(source, "127.", 4) == 0 ||
	       strcmp(source, "::1") == 0 || strncmp(source, "0.0.0.0/0", 9) == 0;
}

static bool can_ask_as(const struct question *question, const struct tcx_snmpd_access *access)
{
	if (access->context[0] != '\0')
		return false;
	if ((access->versions & TCX_SNMPD_V3) != 0 && strcmp(access->kind, "user") == 0)
		return find_user(&question->doctor->snmpd, access->name) != NULL;
	return strcmp(access->kind, question->kind) == 0 &&
	       (access->versions & TCX_SNMPD_V2C) != 0 && is_for_us(access->source);
}

/*
 * Whether the files show the agent's version. snmpd takes the first line of a community whose
 * source fits: any of several may be in force.
 */
static bool is_to_see_version(const struct question *question)
{
	const struct tcx_snmpd_conf *snmpd = &question->doctor->snmpd;

	for (size_t i = 0; i < snmpd->access_count; i++)
		if (snmpd->accesses[i].context[0] == '\0' &&
		    strcmp(snmpd->accesses[i].name, question->access->name) == 0 &&
		    !SHOWS(snmpd->accesses[i].view, TCX_OBJECTS_ROOT))
			return false;
	return tcx_doctor_serves(question->doctor, "tcpext");
}

static bool lacks_version(const struct question *question)
{
	return question->answer.came && question->answer.version[0] == '\0';
}

bool tcx_answer_has_own(const struct doctor_answer *answer)
{
	return (answer->modules & tcx_modules_bit("tcpext")) != 0;
}

bool tcx_question_has_nothing(const struct question *question)
{
	return lacks_version(question) && (question->answer.rows ? question->answer.modules == 0
								 : is_to_see_version(question));
}

bool tcx_question_is_outdated(const struct question *question)
{
	return lacks_version(question) && is_to_see_version(question) &&
	       (question->answer.rows ? tcx_answer_has_own(&question->answer)
				      : SHOWS(question->access->view, SYS_OR_LAST_CHANGE));
}

/* A new agent needs a moment to connect. */
static bool ask_patiently(struct question *question)
{
	const struct tcx_snmpd_access *access = question->access;
	const struct tcx_snmpd_user *user = find_user(&question->doctor->snmpd, access->name);

	for (int i = 0; tcx_doctor_ask(access, user, question->address, &question->answer); i++) {
		if (i == TIMEOUT_S || question->doctor->agents == 0 ||
		    (!tcx_question_has_nothing(question) && !tcx_question_is_outdated(question)))
			return true;
		sleep(1);
	}
	return false;
}

void tcx_question_ask(struct question *question)
{
	const struct tcx_snmpd_conf *snmpd = &question->doctor->snmpd;
	const struct tcx_snmpd_access *asked = NULL;
	unsigned int tries = 0;

	question->kind = tcx_doctor_ask_address(snmpd, question->address);
	tcx_doctor_ask_init();
	for (int shown = 1; shown >= 0; shown--)
		for (size_t i = 0;
		     i < snmpd->access_count && tries < ASKERS_MAX && !question->answer.came; i++) {
			question->access = &snmpd->accesses[i];
			if (!can_ask_as(question, question->access) ||
			    SHOWS(question->access->view, TCX_OBJECTS_ROOT) != shown ||
			    !ask_patiently(question))
				continue;
			tries++;
			asked = question->access;
		}
	question->access = asked;
}
