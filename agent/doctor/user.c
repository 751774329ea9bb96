/* Whether the agent can become the user that it is to be. */
#include "checks.h"

#include <unistd.h>

#include "daemon/process.h"

void tcx_check_user(struct doctor *doctor)
{
	const struct tcx_options *options = doctor->options;
	struct tcx_fault fault = {""};

	if (!tcx_process_become(options->user, options->group, &fault)) {
		tcx_doctor_say(doctor, DOCTOR_FAIL, "user: %s", fault.text);
		tcx_doctor_add("what follows was tried as user %s, group %s",
			       tcx_doctor_user(geteuid()), tcx_doctor_group(getegid()));
		return;
	}
	tcx_doctor_say(doctor, DOCTOR_OK, "user: what follows was tried as user %s, group %s",
		       tcx_doctor_user(geteuid()), tcx_doctor_group(getegid()));
	if (geteuid() == 0 && options->user == NULL)
		tcx_doctor_add("give -u USER if the agent is to run as another one");
}
