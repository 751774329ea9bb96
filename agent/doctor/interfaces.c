/* SPDX-License-Identifier: BSD-2-Clause */
/* Lists the interfaces that ignoreInterface leaves out. */
#include <net/if.h>
#include <stdio.h>

#include "checks.h"

void tcx_check_interfaces(struct doctor *doctor)
{
	const char *ignored = doctor->config->ignored.text;
	struct if_nameindex *names;
	size_t count = 0, all;

	if (ignored[0] == '\0')
		return;
	names = if_nameindex();
	if (names == NULL)
		return;
	for (all = 0; names[all].if_index != 0; all++)
		count += tcx_list_matches(ignored, names[all].if_name);
	tcx_doctor_say(doctor, all > 0 && count == all ? DOCTOR_WARN : DOCTOR_OK,
		       "interfaces: ignoreInterface leaves out %zu of %zu", count, all);
	if (all > 0 && count == all)
		MORE("ifTable is empty: give ignoreInterface narrower patterns");
	for (size_t i = 0; i < all && count < all; i++)
		if (tcx_list_matches(ignored, names[i].if_name))
			MORE("%s", names[i].if_name);
	if_freenameindex(names);
}
