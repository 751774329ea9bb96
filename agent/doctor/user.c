/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks that the agent can become its user. */
#include "checks.h"

#include <unistd.h>

#include "daemon/process.h"

void tcx_check_user(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;
	struct tcx_fault fault = {""};
	bool became = tcx_process_become(options->user, options->group, &fault);
	char group[DOCTOR_NAME_MAX];

	tcx_doctor_user(geteuid(), doctor->user);
	tcx_doctor_group(getegid(), group);
	if (!became) {
		FAIL("user: %s", fault.text);
		MORE("what follows was tried as user %s, group %s", doctor->user, group);
		return;
	}
	OK("user: what follows was tried as user %s, group %s", doctor->user, group);
	if (geteuid() == 0 && options->user == NULL)
		MORE("give -u USER if the agent is to run as another one");
}
