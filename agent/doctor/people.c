/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of users and groups, and membership of the user that is tried. */
#include "checks.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

static const char *name_or_number(char text[DOCTOR_NAME_MAX], const char *name, unsigned long id)
{
	if (name != NULL)
		snprintf(text, DOCTOR_NAME_MAX, "%s", name);
	else
		snprintf(text, DOCTOR_NAME_MAX, "%lu", id);
	return text;
}

const char *tcx_doctor_user(uid_t uid, char text[DOCTOR_NAME_MAX])
{
	const struct passwd *entry = getpwuid(uid);

	return name_or_number(text, entry != NULL ? entry->pw_name : NULL, uid);
}

const char *tcx_doctor_group(gid_t gid, char text[DOCTOR_NAME_MAX])
{
	const struct group *entry = getgrgid(gid);

	return name_or_number(text, entry != NULL ? entry->gr_name : NULL, gid);
}

bool tcx_doctor_in_group(gid_t gid)
{
	gid_t groups[1024];
	int count = getgroups(sizeof(groups) / sizeof(groups[0]), groups);

	for (int i = 0; i < count; i++)
		if (groups[i] == gid)
			return true;
	return gid == getegid();
}
