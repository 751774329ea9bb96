/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks of --master: where it listens, its state, and whether managers are answered. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "question.h"
#include "session/master.h"

/* --- Where it listens --------------------------------------------------------------------------*/

static void check_address(struct doctor *doctor, const char *address)
{
	struct tcx_fault fault = {""};
	int error = tcx_master_try(address, &fault);

	if (error == EADDRINUSE && doctor->agents > 0)
		OK("--master: %s is taken, as it is to be while process %ld runs", address,
		   (long)doctor->agent);
	else if (error == EADDRINUSE)
		FAIL("--master: %s is taken by another program, such as snmpd: end that, or give "
		     "another address",
		     address);
	else if (error != 0)
		FAIL("--master: %s", fault.text);
	else if (doctor->agents > 0)
		WARN("--master: %s is free, though process %ld runs: it was started with another "
		     "address, or as a subagent of snmpd",
		     address, (long)doctor->agent);
	else
		OK("--master: %s is free", address);
}

void tcx_check_listening(struct doctor *doctor)
{
	for (size_t i = 0; i < doctor->options->address_count; i++)
		check_address(doctor, doctor->options->addresses[i]);
}

/* --- Its state ---------------------------------------------------------------------------------*/

/* The folder that is there and in which the others of its path will be made, or itself. */
static void find_existing(char path[PATH_MAX])
{
	while (access(path, F_OK) != 0 && errno == ENOENT && strrchr(path, '/') > path)
		*strrchr(path, '/') = '\0';
}

void tcx_check_state(struct doctor *doctor)
{
	const char *path = tcx_master_state_directory();
	char existing[PATH_MAX];

	snprintf(existing, sizeof(existing), "%s", path);
	find_existing(existing);
	if (access(existing, W_OK | X_OK) == 0) {
		OK("state: user %s may write to %s", doctor->user, path);
		return;
	}
	WARN("state: user %s may not write to %s: %s", doctor->user, path, strerror(errno));
	MORE("make it a folder of that user's, or name another in SNMP_PERSISTENT_DIR: without one "
	     "managers with SNMPv3 have to be told of a new engine after each start");
}

/* --- Whether it answers ------------------------------------------------------------------------*/

static void advise_start(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;

	MORE("start it: tcpextd%s%s --master %s", options->user != NULL ? " -u " : "",
	     options->user != NULL ? options->user : "", doctor->snmpd.addresses);
}

static void say_asker(struct doctor *doctor, const struct question *question)
{
	MORE("asked as the %s of %s", question->access->kind, question->access->place);
}

static void say_served(struct doctor *doctor, const struct question *question)
{
	const char *version = question->answer.version;

	OK("agent: it answers at %s%s%s", question->address,
	   version[0] != '\0' ? ", version " : ", but the view hides its version", version);
	say_asker(doctor, question);
	if (version[0] != '\0' && strcmp(version, TCX_VERSION) != 0)
		WARN("agent: it is of version %s, and this doctor of " TCX_VERSION
		     ": restart the agent",
		     version);
}

static void judge(struct doctor *doctor, const struct question *question)
{
	if (tcx_question_is_outdated(question)) {
		FAIL("agent: at %s it hides what these files show: %s, which reads them again",
		     question->address, doctor->server->apply);
		say_asker(doctor, question);
	} else if (tcx_question_has_nothing(question)) {
		FAIL("agent: process %ld runs, but who answers at %s is another agent",
		     (long)doctor->agent, question->address);
		say_asker(doctor, question);
	} else {
		say_served(doctor, question);
	}
}

void tcx_check_answers(struct doctor *doctor)
{
	struct question question = {.doctor = doctor};

	if (doctor->agents == 0) {
		tcx_doctor_say(doctor, doctor->by_root ? DOCTOR_FAIL : DOCTOR_WARN,
			       "agent: none %s here", doctor->by_root ? "runs" : "is seen");
		advise_start(doctor);
		return;
	}
	tcx_question_ask(&question);
	if (question.answer.came) {
		judge(doctor, &question);
	} else if (question.access == NULL) {
		OK("agent: process %ld runs; no community and no user was found that could ask "
		   "from here",
		   (long)doctor->agent);
	} else {
		WARN("agent: process %ld runs, and does not answer at %s: see its log, and %s",
		     (long)doctor->agent, question.address, doctor->server->apply);
		say_asker(doctor, &question);
	}
}

/* --- Notifications -----------------------------------------------------------------------------*/

void tcx_check_sending(struct doctor *doctor)
{
	struct tcx_notice notice = tcx_doctor_test_notice();
	size_t sinks = doctor->snmpd.sink_count, informs = doctor->snmpd.inform_count;
	struct tcx_master_sent sent;

	if (!doctor->configured || sinks == 0)
		return;
	tcx_master_notify_once(&doctor->config->access, &notice, &sent);
	if (sent.sent < sinks)
		FAIL("notifications: of %zu testNotifications %zu were sent; the log says what "
		     "failed",
		     sinks, sent.sent);
	else
		OK("notifications: %zu testNotification%s sent", sinks,
		   sinks > 1 ? "s were" : " was");
	if (sent.answered < informs)
		FAIL("notifications: of %zu informs %zu were not acknowledged: see that somebody "
		     "listens there, and takes these",
		     informs, informs - sent.answered);
	else if (informs > 0)
		OK("notifications: %s acknowledged",
		   informs > 1 ? "the informs were" : "the inform was");
}
