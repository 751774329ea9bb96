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
	unsigned int modules; /* those of the agent in it, as bits of tcx_modules_bit() */
	unsigned int twice;   /* those that are there more than once */
};

/* Once, before the first question. */
void tcx_doctor_ask_init(void);

/*
 * Asks snmpd at an address: as that community, or as that user where one is given. Takes two
 * seconds when nobody answers. False when it cannot be that user: passwords that are too short, or
 * a hash or cipher that the library does not have.
 */
bool tcx_doctor_ask(const struct tcx_snmpd_access *access, const struct tcx_snmpd_user *user,
		    const char *address, struct doctor_answer *answer);

#endif
