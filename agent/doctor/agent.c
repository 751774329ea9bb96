/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that an agent runs, and that snmpd passes managers' requests on to it. */
#include "question.h"

#include <stdio.h>
#include <string.h>

#include "mib/modules.h"

#define PRIORITY_OF_SNMPD 127 /* of its own modules */

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
	   shown			? ", version "
	   : tcx_answer_has_own(answer) ? ", but the view hides what it answers"
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
	if (tcx_question_is_outdated(question))
		say_outdated(doctor, question);
	else if (tcx_question_has_nothing(question))
		say_not_connected(doctor);
	else if (question->answer.version[0] != '\0' || question->answer.rows)
		say_connected(doctor, question);
	else
		say_processes(doctor, DOCTOR_OK,
			      tcx_doctor_serves(doctor, "tcpext") ? "the view hides it, see below"
								  : "'register' leaves tcpext out");
}

void tcx_check_agent(struct doctor *doctor)
{
	struct question question = {.doctor = doctor};

	if (!tcx_doctor_serves(doctor, "all")) {
		say_processes(doctor, DOCTOR_WARN, "'register' leaves all groups out");
		return;
	}
	tcx_question_ask(&question);
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
