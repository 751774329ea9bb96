/* Where snmpd listens for managers: agentaddress. */
#include "checks.h"

#include <stdio.h>
#include <string.h>

void tcx_check_addresses(struct doctor *doctor)
{
	const struct tcx_snmpd_conf *snmpd = &doctor->snmpd;
	const char *addresses = tcx_doctor_listens_at(snmpd);
	char list[PATH_MAX];
	char *rest = NULL;
	bool local = true;

	snprintf(list, sizeof(list), "%s", addresses);
	for (char *one = strtok_r(list, ", \t", &rest); one != NULL;
	     one = strtok_r(NULL, ", \t", &rest))
		local = local && tcx_doctor_is_local(one);
	if (!local) {
		tcx_doctor_say(doctor, DOCTOR_OK, "agentaddress: snmpd listens for managers at %s",
			       addresses);
		return;
	}
	tcx_doctor_say(doctor, DOCTOR_WARN,
		       "agentaddress: snmpd listens at %s only: managers on other hosts cannot ask",
		       addresses);
	tcx_doctor_add("if they are to, write to %s and restart snmpd:",
		       tcx_doctor_file_to_write(snmpd));
	tcx_doctor_add("  agentaddress ADDRESS");
	tcx_doctor_add("ADDRESS is one of this host's; it comes in addition to the others");
}
