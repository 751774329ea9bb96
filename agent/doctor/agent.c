/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that an agent runs, and that snmpd passes managers' requests on to it. */
#include "checks.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mib/modules.h"
#include "mib/objects.h"

#define PRIORITY_OF_SNMPD 127 /* of its own modules */

#define SYS_OR_LAST_CHANGE 1, 3, 6, 1, 2, 1, 1, 8

/* How many of those whom snmpd.conf lets in are tried: each may take two seconds. */
#define ASKERS_MAX 4

/* How long a running agent may take to connect. */
#define TIMEOUT_S 5

struct question {
	const struct doctor *doctor;
	const struct tcx_snmpd_access *access;
	char address[DOCTOR_PATH_MAX];
	const char *kind; /* of communities that work there */
	struct doctor_answer answer;
};

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

/* What the configuration leaves out is invisible, whatever the views show. */
static bool serves(const struct doctor *doctor, const char *word)
{
	return (doctor->served & tcx_modules_bit(word)) != 0;
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
	return serves(question->doctor, "tcpext");
}

static bool lacks_version(const struct question *question)
{
	return question->answer.came && question->answer.version[0] == '\0';
}

static bool has_private_group(const struct doctor_answer *answer)
{
	return (answer->modules & tcx_modules_bit("tcpext")) != 0;
}

/* Neither the agent's objects nor its rows of sysORTable are there, though one should be. */
static bool has_nothing(const struct question *question)
{
	return lacks_version(question) && (question->answer.rows ? question->answer.modules == 0
								 : is_to_see_version(question));
}

/* Whether snmpd hides what the files show: they changed after its start. */
static bool is_outdated(const struct question *question)
{
	return lacks_version(question) && is_to_see_version(question) &&
	       (question->answer.rows ? has_private_group(&question->answer)
				      : SHOWS(question->access->view, SYS_OR_LAST_CHANGE));
}

/* A new agent needs a moment to connect. */
static bool ask_patiently(struct question *question)
{
	const struct tcx_snmpd_access *access = question->access;
	const struct tcx_snmpd_user *user = find_user(&question->doctor->snmpd, access->name);

	for (int i = 0; tcx_doctor_ask(access, user, question->address, &question->answer); i++) {
		if (i == TIMEOUT_S || question->doctor->agents == 0 ||
		    (!has_nothing(question) && !is_outdated(question)))
			return true;
		sleep(1);
	}
	return false;
}

/*
 * Asks as each user and community in turn, those first who may see all of LINUX-TCPEXT-MIB, until
 * one is answered. access is then that one, or the last that was not, or NULL.
 */
static void ask(struct question *question)
{
	const struct tcx_snmpd_conf *snmpd = &question->doctor->snmpd;
	const struct tcx_snmpd_access *asked = NULL;
	unsigned int tries = 0;

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

static void advise_start(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;

	MORE("start it: systemctl enable --now tcpextd");
	MORE("or, without systemd: tcpextd -u %s -g %s",
	     options->user != NULL ? options->user : "USER",
	     options->group != NULL ? options->group : "GROUP");
}

static void say_not_connected(struct doctor *doctor)
{
	if (doctor->agents > 0) {
		FAIL("agent: process %ld runs, but is not connected to this snmpd, which has "
		     "nothing of it",
		     (long)doctor->agent);
		MORE("its log says why; see that it was started with the -x, or the agentXSocket, "
		     "that was tried here");
		return;
	}
	FAIL("agent: none runs here, and snmpd has nothing of it: managers get 'No Such Object'");
	advise_start(doctor);
}

/* Checks what remains when no request shows the agent. Only root may see all processes. */
static void say_processes(struct doctor *doctor, enum doctor_verdict verdict, const char *why)
{
	if (doctor->agents > 0) {
		tcx_doctor_say(doctor, verdict,
			       "agent: process %ld runs; that snmpd has it could not be seen: %s",
			       (long)doctor->agent, why);
		return;
	}
	tcx_doctor_say(doctor, doctor->by_root ? DOCTOR_FAIL : DOCTOR_WARN,
		       "agent: none %s here, and snmpd could not be asked: %s",
		       doctor->by_root ? "runs" : "is seen", why);
	advise_start(doctor);
}

static void check_refused(struct doctor *doctor, const struct doctor_answer *answer)
{
	const struct tcx_config *config = doctor->config;
	unsigned int missing = doctor->served & tcx_modules_bit("all") & ~answer->modules;
	char text[DOCTOR_LIST_MAX];

	if (missing == 0)
		return;
	FAIL("agent: snmpd has refused it %s: somebody else is there at registerPriority %d",
	     tcx_doctor_list_modules(missing, text), config->priority);
	if (config->priority == PRIORITY_OF_SNMPD)
		MORE("%d is the number of snmpd's own modules: write a lower one to tcpextd.conf, "
		     "or none, and reload the agent",
		     PRIORITY_OF_SNMPD);
	else
		MORE("another subagent: write another registerPriority to tcpextd.conf, or leave "
		     "these out of register, and reload the agent; or the agent has left them to "
		     "snmpd, of which its log tells: see the files above");
}

static void check_others(struct doctor *doctor, const struct doctor_answer *answer)
{
	char text[DOCTOR_LIST_MAX];

	if (answer->twice != 0)
		WARN("agent: two are connected to this snmpd for %s: managers see the one with the "
		     "lower registerPriority; end the other, or give each an snmpd of its own",
		     tcx_doctor_list_modules(answer->twice, text));
	else if (doctor->agents > 1)
		WARN("agent: %zu run in this network namespace, one of them as process %ld: snmpd "
		     "refuses what it has from another one; end all but one",
		     doctor->agents, (long)doctor->agent);
}

static void say_outdated(struct doctor *doctor, const struct question *question)
{
	const struct tcx_snmpd_access *access = question->access;

	FAIL("agent: snmpd at %s hides what the view %s shows in these files: restart snmpd, which "
	     "reads them when it starts",
	     question->address, access->oid[0] != '\0' ? access->oid : access->view);
	MORE("if that does not help, write the OIDs of its lines in numbers: snmpd may lack the "
	     "MIBs for names");
	MORE("asked as the %s of %s", access->kind, access->place);
}

static void say_connected(struct doctor *doctor, const struct question *question)
{
	const struct doctor_answer *answer = &question->answer;
	bool shown = answer->version[0] != '\0';

	OK("agent: snmpd at %s passes questions on to it%s%s", question->address,
	   shown		       ? ", version "
	   : has_private_group(answer) ? ", but the view hides what it answers"
				       : "",
	   answer->version);
	MORE("asked as the %s of %s", question->access->kind, question->access->place);
	if (shown && strcmp(answer->version, TCX_VERSION) != 0)
		WARN("agent: it is of version %s, and this doctor of " TCX_VERSION
		     ": restart the agent",
		     answer->version);
	if (doctor->config->priority > PRIORITY_OF_SNMPD)
		WARN("agent: registerPriority %d: snmpd's own modules have %d and go before it, so "
		     "that of MIB-II managers see theirs",
		     doctor->config->priority, PRIORITY_OF_SNMPD);
	check_others(doctor, answer);
	if (answer->rows)
		check_refused(doctor, answer);
}

static void judge(struct doctor *doctor, const struct question *question)
{
	if (is_outdated(question))
		say_outdated(doctor, question);
	else if (has_nothing(question))
		say_not_connected(doctor);
	else if (question->answer.version[0] != '\0' || question->answer.rows)
		say_connected(doctor, question);
	else
		say_processes(doctor, DOCTOR_OK,
			      serves(doctor, "tcpext") ? "the view hides it, see below"
						       : "'register' leaves tcpext out");
}

void tcx_check_agent(struct doctor *doctor)
{
	struct question question = {.doctor = doctor};

	if (!serves(doctor, "all")) {
		say_processes(doctor, DOCTOR_WARN, "'register' leaves all groups out");
		return;
	}
	question.kind = tcx_doctor_ask_address(&doctor->snmpd, question.address);
	ask(&question);
	if (question.answer.came) {
		judge(doctor, &question);
	} else if (question.access == NULL) {
		say_processes(doctor, DOCTOR_OK,
			      "no community and no user was found that could ask from here");
	} else {
		say_processes(doctor, DOCTOR_WARN, "snmpd does not answer");
		MORE("asked at %s, as the %s of %s and its like: see agentaddress, and that snmpd "
		     "was started after the last change",
		     question.address, question.access->kind, question.access->place);
	}
}
