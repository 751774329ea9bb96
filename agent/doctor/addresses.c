/* SPDX-License-Identifier: BSD-2-Clause */
/* Checks agentaddress: where snmpd listens for managers. */
#include "checks.h"

void tcx_check_addresses(struct doctor *doctor)
{
	const char *addresses = tcx_doctor_listens_at(&doctor->snmpd);

	if (!tcx_doctor_listens_locally(&doctor->snmpd)) {
		OK("agentaddress: snmpd listens for managers at %s", addresses);
		return;
	}
	WARN("agentaddress: snmpd listens at %s only: managers on other hosts cannot ask",
	     addresses);
	MORE("if they are to, write to %s and restart snmpd:", doctor->file_to_write);
	MORE("  agentaddress ADDRESS");
	MORE("ADDRESS is one of this host's; it comes in addition to the others");
}
