/* SPDX-License-Identifier: BSD-2-Clause */
/* What snmpd shows to a manager. */
#ifndef TCX_DOCTOR_ASK_H
#define TCX_DOCTOR_ASK_H

#include <stdbool.h>

#include "snmpdconf/conf.h"

struct doctor_answer {
	bool came;	      /* snmpd answered */
	char version[64];     /* the agent's; empty: not shown */
	bool rows;	      /* sysORTable is shown */
	unsigned int modules; /* the agent's modules in it, as bits */
	unsigned int twice;   /* those with more than one row */
};

/* Call once, before the first request. */
void tcx_doctor_ask_init(void);

/*
 * Asks snmpd at an address, as that community or, if given, that user. Takes two seconds without an
 * answer. False when it cannot be that user: a password is too short, or the library lacks a hash
 * or cipher.
 */
bool tcx_doctor_ask(const struct tcx_snmpd_access *access, const struct tcx_snmpd_user *user,
		    const char *address, struct doctor_answer *answer);

#endif
