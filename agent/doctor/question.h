/* SPDX-License-Identifier: BSD-2-Clause */
/* A question to whoever serves managers, by those whom the files let in, and what its answer says.
 */
#ifndef TCX_DOCTOR_QUESTION_H
#define TCX_DOCTOR_QUESTION_H

#include "checks.h"

struct question {
	const struct doctor *doctor;
	const struct tcx_snmpd_access *access;
	char address[DOCTOR_PATH_MAX];
	const char *kind; /* of communities that work there */
	struct doctor_answer answer;
};

/*
 * Asks where this host can, as each user and community in turn, those first who may see all of
 * LINUX-TCPEXT-MIB, until one is answered. access is then that one, or the last that was not, or
 * NULL.
 */
void tcx_question_ask(struct question *question);

/* Neither the agent's objects nor its rows of sysORTable are there, though one should be. */
bool tcx_question_has_nothing(const struct question *question);

/* Whether something is hidden that the files show: they changed after they were read. */
bool tcx_question_is_outdated(const struct question *question);

/* Whether LINUX-TCPEXT-MIB is among the modules. */
bool tcx_answer_has_own(const struct doctor_answer *answer);

#endif
